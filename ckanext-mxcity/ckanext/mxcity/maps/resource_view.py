"""IResourceView: the map preview of a resource."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.types import Context
from flask import request

from ckanext.mxcity.interfaces import AREA_OPTIONS, IAreaMaps
from ckanext.mxcity.maps import layers, sources, tables

#: The parameter of the address that names a file to lay over the map.
OVER = "sobre"


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
        known = tables.place_of(resource, ignore_auth=True).known
        return known or _area_maps(resource) is not None

    def setup_template_variables(
        self, context: Context, data_dict: dict[str, Any]
    ) -> dict[str, Any]:
        """Say where the browser finds the features, or draw a table by its areas."""
        resource, view = data_dict["resource"], data_dict["resource_view"]
        layer = layers.layer_of(resource)
        areas = None if layer.source or layer.kind == "geojson" else _area_maps(resource)
        if areas is not None:
            asked = {name: request.args.get(name) or view.get(name) for name in AREA_OPTIONS}
            return {"map_kind": "areas", **areas.area_map(resource, asked)}
        return {
            "map_kind": layer.kind,
            "map_layer": layer,
            "map_list": layers.list_of(data_dict.get("package") or {}, resource),
            **_over(resource),
        }

    def form_template(self, context: Context, data_dict: dict[str, Any]) -> str:
        """Return the template of the preview's settings."""
        return "mxcity_maps/map_form.html"

    def view_template(self, context: Context, data_dict: dict[str, Any]) -> str:
        """Return the template that shows the map."""
        return "mxcity_maps/map_view.html"


def _over(resource: Mapping[str, Any]) -> dict[str, Any]:
    """Return the file that the address lays over the map, or the choice of one if it asks for it.

    ``over_asked`` says that the address does, ``over`` is the layer (None where there is no such
    map for the user), ``over_choices`` what can be chosen.
    """
    asked = request.args.get(OVER)
    if asked is None:
        return {"over_asked": False, "over": None, "over_choices": []}
    wanted = asked.strip()
    over = layers.other(wanted) if wanted else None
    return {
        "over_asked": True,
        "over_wanted": wanted,
        "over": over,
        "over_choices": layers.choices(str(resource["id"])),
    }


def _area_maps(resource: dict[str, Any]) -> IAreaMaps | None:
    """Return the plugin that draws the table of a resource by areas, None if none does."""
    plugins = p.PluginImplementations(IAreaMaps)
    return next((plugin for plugin in plugins if plugin.has_area_codes(resource)), None)
