"""The plugin of tables: what people see and take of the DataStore."""

from __future__ import annotations

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.common import CKANConfig

from ckanext.mxcity.tables.chart.view import ChartViewMixin


@tk.blanket.blueprints
@tk.blanket.config_declarations
@tk.blanket.helpers
class TablesPlugin(ChartViewMixin, p.SingletonPlugin):
    """Downloads, joins and previews of the tables in the DataStore."""

    p.implements(p.IConfigurer)
    p.implements(p.IResourceView, inherit=True)

    def update_config(self, config: CKANConfig) -> None:
        """Add templates and assets."""
        tk.add_template_directory(config, "templates")
        tk.add_resource("assets", "mxcity_tables")
