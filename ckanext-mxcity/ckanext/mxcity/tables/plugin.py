"""The plugin of tables: what people see and take of the DataStore."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.common import CKANConfig

from ckanext.mxcity.interfaces import (
    IAreaMaps,
    IDatasetOpening,
    IDatasetWords,
    ITableStore,
)
from ckanext.mxcity.tables import counts, loading
from ckanext.mxcity.tables.areas.view import AreaMapsMixin
from ckanext.mxcity.tables.chart.view import ChartViewMixin
from ckanext.mxcity.tables.downloads import dumps
from ckanext.mxcity.tables.headline.opening import OpeningMixin
from ckanext.mxcity.tables.hooks import DatasetWordsMixin, LoadedMixin, TableStoreMixin
from ckanext.mxcity.tables.logic import action, joins, quotes
from ckanext.xloader.interfaces import IXloader


def _actions() -> dict[str, Callable[..., Any]]:
    functions: list[Callable[..., Any]] = [
        quotes.mxcity_chart_quote,
        quotes.mxcity_chart_quote_delete,
        quotes.mxcity_chart_quote_show,
        joins.mxcity_table_join,
        joins.mxcity_table_join_suggest,
        joins.mxcity_table_refresh,
    ]
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
class TablesPlugin(
    AreaMapsMixin,
    ChartViewMixin,
    DatasetWordsMixin,
    LoadedMixin,
    OpeningMixin,
    TableStoreMixin,
    p.SingletonPlugin,
):
    """Loading, downloads, joins and previews of the tables in the DataStore."""

    p.implements(p.IConfigurable)
    p.implements(p.IConfigurer)
    p.implements(p.IResourceView, inherit=True)
    p.implements(IAreaMaps)
    p.implements(IDatasetOpening)
    p.implements(IDatasetWords)
    p.implements(IXloader, inherit=True)
    p.implements(ITableStore, inherit=True)

    def update_config(self, config: CKANConfig) -> None:
        """Add templates and assets."""
        tk.add_template_directory(config, "templates")
        tk.add_resource("assets", "mxcity_tables")

    def configure(self, config: CKANConfig) -> None:
        """Change what the loader and the DataStore do, now that every plugin is there."""
        loading.install()
        dumps.install()
        counts.install()
