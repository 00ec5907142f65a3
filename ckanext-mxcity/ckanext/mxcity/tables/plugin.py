"""The plugin of tables: what people see and take of the DataStore."""

from __future__ import annotations

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.common import CKANConfig
from ckan.types import Action

from ckanext.mxcity.tables import loading
from ckanext.mxcity.tables.chart.view import ChartViewMixin
from ckanext.mxcity.tables.downloads import dumps
from ckanext.mxcity.tables.hooks import LoadedMixin
from ckanext.mxcity.tables.logic import action, joins
from ckanext.xloader.interfaces import IXloader


def _actions() -> dict[str, Action]:
    functions = [joins.mxcity_table_join, joins.mxcity_table_join_suggest]
    if p.plugin_loaded("datastore"):
        functions += [action.datastore_create, action.datastore_upsert, action.datastore_delete]
    if p.plugin_loaded("xloader"):
        functions += [action.xloader_submit]
    return {function.__name__: function for function in functions}


@tk.blanket.actions(_actions)
@tk.blanket.auth_functions
@tk.blanket.blueprints
@tk.blanket.config_declarations
@tk.blanket.helpers
class TablesPlugin(ChartViewMixin, LoadedMixin, p.SingletonPlugin):
    """Loading, downloads, joins and previews of the tables in the DataStore."""

    p.implements(p.IConfigurable)
    p.implements(p.IConfigurer)
    p.implements(p.IResourceView, inherit=True)
    p.implements(IXloader, inherit=True)

    def update_config(self, config: CKANConfig) -> None:
        """Add templates and assets."""
        tk.add_template_directory(config, "templates")
        tk.add_resource("assets", "mxcity_tables")

    def configure(self, config: CKANConfig) -> None:
        """Let the loader give columns their types, and dumps read once, with every plugin there."""
        loading.install()
        dumps.install()
