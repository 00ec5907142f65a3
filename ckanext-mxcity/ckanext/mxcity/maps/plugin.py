"""The maps plugin."""

from __future__ import annotations

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.common import CKANConfig

from ckanext.mxcity.maps.assets_library import register_leaflet
from ckanext.mxcity.maps.resource_view import ResourceViewMixin


@tk.blanket.actions
@tk.blanket.auth_functions
@tk.blanket.blueprints
@tk.blanket.helpers
class MapsPlugin(ResourceViewMixin, p.SingletonPlugin):
    """Map filter and map previews."""

    p.implements(p.IConfigurer)
    p.implements(p.IResourceView, inherit=True)

    def update_config(self, config: CKANConfig) -> None:
        """Add templates and assets."""
        tk.add_template_directory(config, "templates")
        tk.add_resource("assets", "mxcity_maps")
        register_leaflet()
