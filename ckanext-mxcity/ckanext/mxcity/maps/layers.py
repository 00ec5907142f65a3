"""What a map draws: where the browser finds it, and the same as a list for who cannot see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

import ckan.plugins as p
import ckan.plugins.toolkit as tk

from ckanext.mxcity.maps import points, sources, tables
from ckanext.mxcity.maps.boxes import box_text

#: Files that can be chosen to lie over a map.
CHOICES = 50
TABLE_VIEW = "mxcity_table_view"


@dataclass(frozen=True)
class Layer:
    """What a map draws of a file."""

    #: "geojson": the address gives all; "points": it gives what lies in a rectangle.
    kind: str
    resource_id: str
    title: str
    #: A path of this portal; None for a file elsewhere, or a table that the user cannot read.
    source: str | None = None
    too_large: bool = False
    #: Rows of a table, of which the address may give fewer.
    total: int = 0
    #: Shapes that are drawn at most.
    limit: int = sources.FEATURE_LIMIT
    box: str = ""
    #: Titles of columns by name, where they are known.
    titles: Mapping[str, str] = field(default_factory=dict)
    facts: points.Facts | None = None
    #: Bytes that the browser is asked to read.
    most_bytes: int = sources.SIZE_LIMIT

    @property
    def latest(self) -> str:
        """Return the day, or the moment, of the last reading; empty where rows are no readings."""
        return tables.moment_text(self.facts.latest) if self.facts and self.facts.readings else ""


@dataclass(frozen=True)
class List:
    """The first things of a map as texts, and where all of them are."""

    columns: list[str]
    rows: list[list[str]]
    total: int
    #: The page with all the rows; empty where there is none.
    address: str
    readings: bool = False


def layer_of(resource: Mapping[str, Any], title: str = "") -> Layer:
    """Return what is drawn of a file, as far as the user may read it."""
    name = title or str(resource.get("name") or "")
    here: dict[str, Any] = {"resource_id": str(resource["id"]), "title": name}
    if sources.is_geojson(resource):
        path = sources.local_path(str(resource.get("url") or ""), tk.config["ckan.site_url"])
        too_large = int(resource.get("size") or 0) > sources.SIZE_LIMIT
        return Layer("geojson", source=path, too_large=too_large, **here)
    if not sources.is_loaded_table(resource):
        return Layer("points", **here)
    place = tables.place_of(resource)
    titles = dict(place.columns)
    if place.geometry:
        url = tk.url_for(
            "mxcity_tables.download",
            resource_id=resource["id"],
            suffix="geojson",
            limit=sources.SHAPE_LIMIT,
        )
        limit = sources.SHAPE_LIMIT
        return Layer("geojson", source=url, total=place.rows, limit=limit, titles=titles, **here)
    if place.points is None:
        return Layer("points", **here)
    facts = points.facts_of(place.points, tables.version_of(resource))
    url = tk.url_for("api.action", ver=3, logic_function="mxcity_map_points", id=resource["id"])
    return Layer(
        "points",
        source=url,
        total=place.rows,
        box=box_text(facts.box) if facts and facts.box else "",
        titles=titles,
        facts=facts,
        **here,
    )


def list_of(package: Mapping[str, Any], resource: Mapping[str, Any]) -> List | None:
    """Return the first rows of what a map draws, from its table or from the same one beside it.

    None where neither is in the DataStore, or the user cannot read it.
    """
    table = resource if sources.is_loaded_table(resource) else _beside(package, resource)
    if table is None:
        return None
    place = tables.place_of(table)
    columns = tables.list_columns(place)
    if not columns:
        return None
    facts = None
    if place.points:
        facts = points.facts_of(place.points, tables.version_of(table))
    last = bool(facts and facts.readings)
    try:
        rows = tables.listed(table, place, last)
    except (tk.ObjectNotFound, tk.NotAuthorized, tk.ValidationError):
        return None
    return List(
        [title for _, title in columns],
        [[tables.text_of(name, row.get(name)) for name, _ in columns] for row in rows],
        facts.places if facts and last else place.rows,
        _page_of(package, table),
        last,
    )


def _beside(package: Mapping[str, Any], resource: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the loaded table of a dataset that has the name of a file: the same rows, as CSV."""
    stem = _stem(resource)
    others = (one for one in package.get("resources") or [] if sources.is_loaded_table(one))
    return next((one for one in others if stem and _stem(one) == stem), None)


def _stem(resource: Mapping[str, Any]) -> str:
    return PurePosixPath(unquote(urlsplit(str(resource.get("url") or "")).path)).stem


def _page_of(package: Mapping[str, Any], table: Mapping[str, Any]) -> str:
    """Return the page that shows a table by pages, else the table as a file."""
    views = tk.get_action("resource_view_list")({}, {"id": table["id"]})
    view = next((one["id"] for one in views if one["view_type"] == TABLE_VIEW), "")
    if view and package.get("name"):
        kind = package.get("type") or "dataset"
        return str(
            tk.url_for(
                f"{kind}_resource.read",
                id=package["name"],
                resource_id=table["id"],
                view_id=view,
            )
        )
    if p.plugin_loaded("mxcity_tables"):
        return str(tk.url_for("mxcity_tables.download", resource_id=table["id"], suffix="csv"))
    return ""


def other(resource_id: str) -> Layer | None:
    """Return what is drawn of another file; None if the user has none of that name, or no map."""
    try:
        resource = tk.get_action("resource_show")({}, {"id": resource_id})
        package = tk.get_action("package_show")({}, {"id": resource["package_id"]})
    except (tk.ObjectNotFound, tk.NotAuthorized, tk.ValidationError):
        return None
    layer = layer_of(resource, str(package.get("title") or ""))
    return layer if layer.source and not layer.too_large else None


def choices(without: str) -> list[tuple[str, str]]:
    """Return files that can be laid over a map, by id and title: a GeoJSON of each dataset."""
    asked = {
        "fq": "res_format:GeoJSON",
        "rows": CHOICES,
        "sort": "title_string asc",
        "facet": "false",
    }
    found = tk.get_action("package_search")({}, asked)["results"]
    chosen = []
    for package in found:
        files = [one for one in package["resources"] if sources.is_geojson(one)]
        if files and all(one["id"] != without for one in files):
            chosen.append((str(files[0]["id"]), str(package["title"])))
    return chosen
