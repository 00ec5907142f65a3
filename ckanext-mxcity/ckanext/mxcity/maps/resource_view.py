"""IResourceView: the map preview of a resource."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.mxcity.maps import sources


class ResourceViewMixin:
    """Draws GeoJSON files, and loaded tables that have coordinates, if they are on this portal."""

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
        }

    def can_view(self, data_dict: dict[str, Any]) -> bool:
        """Tell whether a resource can be drawn."""
        resource = data_dict["resource"]
        if sources.is_geojson(resource):
            return True
        return sources.is_loaded_table(resource) and _columns(resource) is not None

    def setup_template_variables(
        self, context: dict[str, Any], data_dict: dict[str, Any]
    ) -> dict[str, Any]:
        """Say where the browser finds the features."""
        resource = data_dict["resource"]
        found: dict[str, Any] = {"limit": sources.FEATURE_LIMIT, "size_limit": sources.SIZE_LIMIT}
        if sources.is_geojson(resource):
            path = sources.local_path(str(resource.get("url") or ""), tk.config["ckan.site_url"])
            too_large = int(resource.get("size") or 0) > sources.SIZE_LIMIT
            return {**found, "map_kind": "geojson", "map_source": path, "too_large": too_large}
        columns = _columns(resource)
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
            "map_source": url if columns else None,
            "map_columns": columns,
        }

    def view_template(self, context: dict[str, Any], data_dict: dict[str, Any]) -> str:
        """Return the template that shows the map."""
        return "mxcity_maps/map_view.html"


def _columns(resource: dict[str, Any]) -> sources.PointColumns | None:
    """Return the columns of coordinates of a loaded table that the user may read."""
    try:
        found = tk.get_action("datastore_search")({}, {"resource_id": resource["id"], "limit": 0})
    except (KeyError, tk.ObjectNotFound, tk.NotAuthorized, tk.ValidationError):
        # Without the DataStore, or while the table is being loaded, there is nothing to draw.
        return None
    return sources.point_columns(field["id"] for field in found["fields"])
