"""The plugin that shows the rows of a table."""

from __future__ import annotations

from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.common import CKANConfig
from ckan.types import Context
from flask import request

from ckanext.mxcity.tables import cells, config, helpers
from ckanext.mxcity.tables.chart import spec
from ckanext.mxcity.tables.downloads.columns import columns_of
from ckanext.mxcity.tables.preview import asked, facets, rows

VIEW = "mxcity_table_view"


@tk.blanket.helpers(helpers)
class TablePreviewPlugin(p.SingletonPlugin):
    """Shows a table by pages, without a script; each state of it has an address."""

    p.implements(p.IConfigurer)
    p.implements(p.IResourceView, inherit=True)

    def update_config(self, config: CKANConfig) -> None:
        """Add templates and assets: those of tables, where only this plugin is loaded."""
        tk.add_template_directory(config, "../templates")
        tk.add_resource("../assets", "mxcity_tables")

    def info(self) -> dict[str, Any]:
        """Describe the view."""
        return {
            "name": VIEW,
            "title": tk._("Table"),
            "default_title": tk._("Table"),
            "icon": "table",
            "iframed": False,
            "always_available": False,
            "preview_enabled": False,
            "requires_datastore": True,
        }

    def can_view(self, data_dict: dict[str, Any]) -> bool:
        """Tell whether a resource has a table."""
        return bool(data_dict["resource"].get("datastore_active"))

    def setup_template_variables(
        self, context: Context, data_dict: dict[str, Any]
    ) -> dict[str, Any]:
        """Read the page of the table that the address asks for."""
        resource = data_dict["resource"]
        try:
            columns = columns_of(resource["id"])
        except (tk.ObjectNotFound, tk.NotAuthorized, tk.ValidationError):
            return {"columns": []}
        question = asked.read(request.args, columns)
        page = rows.page_of(resource["id"], question, columns)
        pages = min(-(-page.total // asked.SIZE), asked.MOST_PAGES)
        beyond = question.page > max(pages, 1)
        shown = question.columns(columns)
        words = (tk._("Yes"), tk._("No"))
        filters = rows.filters_of(resource, columns)
        return {
            "asked": question,
            "facets": facets.facets_of(resource["id"], question, filters),
            "at_once": facets.AT_ONCE,
            "columns": columns,
            "shown": shown,
            "figures": [spec.is_figure(column) for column in shown],
            "page": page,
            "pages": pages,
            "beyond": beyond,
            "turns_to_all": page.total <= asked.MOST_PAGES * asked.SIZE,
            "first": (question.page - 1) * asked.SIZE + 1,
            "rows": [
                [cells.cell(value, column, words) for value, column in zip(row, shown, strict=True)]
                for row in (() if beyond else page.rows)
            ],
            "filters": filters,
            "size": asked.SIZE,
            "asks_sql": config.sql(),
            "groups": p.plugin_loaded("mxcity_tables"),
        }

    def view_template(self, context: Context, data_dict: dict[str, Any]) -> str:
        """Return the template that shows the rows."""
        return "mxcity_tables/table_view.html"
