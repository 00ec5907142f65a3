"""IResourceView: the chart of a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context
from flask import request

from ckanext.mxcity.tables.chart import spec
from ckanext.mxcity.tables.chart.choice import chart_of
from ckanext.mxcity.tables.chart.groups import groups_of, sizes_of, with_periods
from ckanext.mxcity.tables.chart.kinds.base import ChartKind
from ckanext.mxcity.tables.chart.kinds.registry import KINDS
from ckanext.mxcity.tables.downloads.columns import Column, columns_of

#: What a reader chooses in the address, and an editor in the preview's settings.
OPTIONS = ("kind", "x", "y", "measure")


class ChartViewMixin:
    """Draws a loaded table that has something to count along."""

    def info(self) -> dict[str, Any]:
        """Describe the view."""
        missing = tk.get_validator("ignore_missing")
        return {
            "name": "mxcity_chart_view",
            "title": tk._("Chart"),
            "default_title": tk._("Chart"),
            "icon": "chart-line",
            "iframed": False,
            "always_available": False,
            "preview_enabled": False,
            # Made by default once the table is loaded, not when the file is added.
            "requires_datastore": True,
            "schema": {name: [missing, tk.get_validator("unicode_safe")] for name in OPTIONS},
        }

    def can_view(self, data_dict: dict[str, Any]) -> bool:
        """Tell whether a resource has a table of which a chart is drawn that nobody asked for."""
        resource = data_dict["resource"]
        if not resource.get("datastore_active"):
            return False
        columns = columns_or_none(resource["id"], ignore_auth=True)
        return _chart(data_dict, columns, {}) is not None

    def setup_template_variables(
        self, context: Context, data_dict: dict[str, Any]
    ) -> dict[str, Any]:
        """Group the table as the address, else the preview's settings, say."""
        resource, view = data_dict["resource"], data_dict["resource_view"]
        columns = columns_or_none(resource["id"])
        asked = {name: request.args.get(name) or view.get(name) or "" for name in OPTIONS}
        chart = _chart(data_dict, columns, asked)
        kind = KINDS[chart.kind] if chart else None
        groups = _groups(resource, chart, kind) if chart and kind else None
        return {
            "chart": chart,
            "choices": spec.choices(columns),
            "asked": asked,
            "titles": {column.name: column.title for column in columns},
            "groups": groups,
            "kind": kind,
            "drawn": kind.draw(groups) if kind and groups else None,
            "measures": measures(),
            "kinds": {name: tk._(each.title) for name, each in KINDS.items()},
        }

    def view_template(self, context: Context, data_dict: dict[str, Any]) -> str:
        """Return the template that shows the chart."""
        return "mxcity_tables/chart_view.html"

    def form_template(self, context: Context, data_dict: dict[str, Any]) -> str:
        """Return the template of the preview's settings."""
        return "mxcity_tables/chart_form.html"


def _chart(
    data_dict: Mapping[str, Any], columns: list[Column], asked: Mapping[str, str]
) -> spec.Chart | None:
    table = data_dict["resource"]["id"]
    return chart_of(
        columns,
        asked,
        lambda some: sizes_of(table, [column.name for column in some]),
        indicator=(data_dict.get("package") or {}).get("type") == "indicator",
    )


def _groups(resource: dict[str, Any], chart: spec.Chart, kind: ChartKind) -> spec.Groups | None:
    version = str(resource.get("last_modified") or resource.get("metadata_modified") or "")
    return groups_of(resource["id"], version, chart, kind.most, last=kind.last)


def measures() -> dict[str, str]:
    """Return the ways to measure rows, each with its name."""
    return {"sum": tk._("Sum"), "avg": tk._("Average"), "count": tk._("Number of rows")}


def columns_or_none(resource_id: str, ignore_auth: bool = False) -> list[Column]:
    """Return the columns of a table; none where the user cannot read it.

    What a table can be shown as is asked by the loader too, which is nobody, of drafts.
    """
    try:
        return with_periods(resource_id, columns_of(resource_id, ignore_auth))
    except (tk.ObjectNotFound, tk.NotAuthorized, tk.ValidationError):
        return []
