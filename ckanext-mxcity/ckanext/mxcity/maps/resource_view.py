"""IResourceView: the map preview of a resource."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.types import Context
from flask import request

from ckanext.mxcity.ground.columns import PointColumns, geometry_column, point_columns
from ckanext.mxcity.interfaces import AREA_OPTIONS, IAreaMaps
from ckanext.mxcity.maps import sources


class ResourceViewMixin:
    """Draws GeoJSON files, and loaded tables that have coordinates, shapes or INEGI's codes.

    Files elsewhere are not drawn.
    """

    def info(self) -> dict[str, Any]:
        """Describe the view."""
        return {
            "name": "mxcity_map_view",
            "title": tk._("Map"),
            "default_title": tk._("Map"),
            "icon": "map",
            "iframed": False,
            "always_available": False,
            "preview_enabled": False,
            "schema": {
                name: [tk.get_validator("ignore_missing"), tk.get_validator("unicode_safe")]
                for name in AREA_OPTIONS
            },
        }

    def can_view(self, data_dict: dict[str, Any]) -> bool:
        """Tell whether a resource can be drawn."""
        resource = data_dict["resource"]
        if sources.is_geojson(resource):
            return True
        if not sources.is_loaded_table(resource):
            return False
        return _place_of(resource, ignore_auth=True).known or _area_maps(resource) is not None

    def setup_template_variables(
        self, context: Context, data_dict: dict[str, Any]
    ) -> dict[str, Any]:
        """Say where the browser finds the features, or draw a table by its areas."""
        resource, view = data_dict["resource"], data_dict["resource_view"]
        found: dict[str, Any] = {"limit": sources.FEATURE_LIMIT, "size_limit": sources.SIZE_LIMIT}
        if sources.is_geojson(resource):
            path = sources.local_path(str(resource.get("url") or ""), tk.config["ckan.site_url"])
            too_large = int(resource.get("size") or 0) > sources.SIZE_LIMIT
            return {**found, "map_kind": "geojson", "map_source": path, "too_large": too_large}
        place = _place_of(resource)
        areas = None if place.known else _area_maps(resource)
        if areas is not None:
            asked = {name: request.args.get(name) or view.get(name) for name in AREA_OPTIONS}
            return {"map_kind": "areas", **areas.area_map(resource, asked)}
        if place.geometry:
            url = tk.url_for(
                "mxcity_tables.download",
                resource_id=resource["id"],
                suffix="geojson",
                limit=sources.SHAPE_LIMIT,
            )
            told = {"map_kind": "geojson", "map_source": url, "map_total": place.rows}
            return {**found, **told, "limit": sources.SHAPE_LIMIT}
        url = tk.url_for(
            "api.action",
            ver=3,
            logic_function="datastore_search",
            resource_id=resource["id"],
            limit=sources.FEATURE_LIMIT,
        )
        return {
            **found,
            "map_kind": "datastore",
            "map_source": url if place.points else None,
            "map_columns": place.points,
        }

    def form_template(self, context: Context, data_dict: dict[str, Any]) -> str:
        """Return the template of the preview's settings."""
        return "mxcity_maps/map_form.html"

    def view_template(self, context: Context, data_dict: dict[str, Any]) -> str:
        """Return the template that shows the map."""
        return "mxcity_maps/map_view.html"


@dataclass(frozen=True)
class _Place:
    """How a loaded table says where its rows are, and how many they are."""

    points: PointColumns | None = None
    geometry: bool = False
    rows: int = 0

    @property
    def known(self) -> bool:
        return self.geometry or self.points is not None


def _place_of(resource: dict[str, Any], ignore_auth: bool = False) -> _Place:
    """Look at a table that the user may read; without the DataStore there is nothing to draw.

    Whether it can be drawn is asked by the loader too, which is nobody, of drafts.
    """
    context: Context = {"ignore_auth": True} if ignore_auth else {}
    try:
        found = tk.get_action("datastore_search")(
            context, {"resource_id": resource["id"], "limit": 0}
        )
    except (KeyError, tk.ObjectNotFound, tk.NotAuthorized, tk.ValidationError):
        return _Place()
    names = [field["id"] for field in found["fields"]]
    shapes = p.plugin_loaded("mxcity_tables") and geometry_column(names) is not None
    return _Place(point_columns(names), shapes, int(found.get("total") or 0))


def _area_maps(resource: dict[str, Any]) -> IAreaMaps | None:
    """Return the plugin that draws the table of a resource by areas, None if none does."""
    plugins = p.PluginImplementations(IAreaMaps)
    return next((plugin for plugin in plugins if plugin.has_area_codes(resource)), None)
