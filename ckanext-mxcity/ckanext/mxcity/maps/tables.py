"""Tables of the DataStore that have places, as far as the user may read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.types import Context

from ckanext.mxcity.ground.columns import geometry_column, is_key, is_year, point_columns
from ckanext.mxcity.maps import points
from ckanext.mxcity.maps.points import PointTable

MOMENTS = frozenset({"date", "timestamp", "timestamptz"})
#: Rows of the list beside a map, and columns of it.
LISTED, COLUMNS = 20, 5
#: Characters of a value that the list shows.
LONGEST = 120


@dataclass(frozen=True)
class Place:
    """How a loaded table says where its rows are, and how many they are."""

    points: PointTable | None = None
    geometry: str = ""
    rows: int = 0
    #: Name and title of each column, CKAN's row number left out.
    columns: tuple[tuple[str, str], ...] = ()

    @property
    def known(self) -> bool:
        """Whether the table can be drawn."""
        return bool(self.geometry) or self.points is not None


def place_of(resource: Mapping[str, Any], ignore_auth: bool = False) -> Place:
    """Look at a table that the user may read; without the DataStore there is nothing to draw.

    Whether it can be drawn is asked by the loader too, which is nobody, of drafts.
    """
    context: Context = {"ignore_auth": True} if ignore_auth else {}
    try:
        found = tk.get_action("datastore_search")(
            context, {"resource_id": resource["id"], "limit": 0}
        )
    except (KeyError, tk.ObjectNotFound, tk.NotAuthorized, tk.ValidationError):
        return Place()
    types = {field["id"]: str(field["type"]) for field in found["fields"]}
    titles = tuple(
        (field["id"], str((field.get("info") or {}).get("label") or field["id"]))
        for field in found["fields"]
        if not field["id"].startswith("_")
    )
    shapes = geometry_column(types) if p.plugin_loaded("mxcity_tables") else None
    place = point_columns(types)
    table = None
    if place:
        time = next((name for name, kind in types.items() if kind in MOMENTS), "")
        kinds = types[place.latitude], types[place.longitude]
        table = PointTable(resource["id"], place.latitude, place.longitude, kinds, time)
    return Place(table, shapes or "", int(found.get("total") or 0), titles)


def version_of(resource: Mapping[str, Any]) -> str:
    """Return what changes with a resource's table."""
    return str(resource.get("last_modified") or resource.get("metadata_modified") or "")


def rows_of(resource_id: str, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Return rows of a table by their numbers, as ``datastore_search`` gives them to the user."""
    wanted = list(ids)
    if not wanted:
        return {}
    asked = {
        "resource_id": resource_id,
        "filters": {"_id": wanted},
        "limit": len(wanted),
        "include_total": False,
    }
    found = tk.get_action("datastore_search")({}, asked)["records"]
    return {row.pop("_id"): row for row in found}


def listed(resource: Mapping[str, Any], place: Place, last: bool) -> list[dict[str, Any]]:
    """Return the first rows of a table, of readings the last ones of the first places."""
    if last and place.points:
        ids = points.last_rows(place.points, LISTED)
        if ids is not None:
            found = rows_of(str(resource["id"]), ids)
            return [found[number] for number in ids if number in found]
    asked = {"resource_id": resource["id"], "limit": LISTED, "include_total": False}
    return list(tk.get_action("datastore_search")({}, asked)["records"])


def list_columns(place: Place) -> list[tuple[str, str]]:
    """Return the columns of the list: the first ones that say more than where."""
    where = {place.geometry}
    if place.points:
        where |= {place.points.latitude, place.points.longitude}
    return [column for column in place.columns if column[0] not in where][:COLUMNS]


def text_of(name: str, value: Any) -> str:
    """Return how a value of a row is shown; empty where there is none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return tk._("Yes") if value else tk._("No")
    if isinstance(value, int | float):
        return str(value) if is_key(name) or is_year(name) else f"{value:,}"
    return moment_text(str(value)) or str(value)[:LONGEST]


def moment_text(value: str) -> str:
    """Return a moment in ISO 8601 as day and, where it has one, hour; empty for other texts."""
    if not value[:4].isdigit() or value[4:5] != "-":
        return ""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return ""
    day = moment.strftime("%d/%m/%Y")
    return day if (moment.hour, moment.minute) == (0, 0) else f"{day} {moment.strftime('%H:%M')}"
