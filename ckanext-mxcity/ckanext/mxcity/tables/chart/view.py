"""IResourceView: the chart of a table."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context
from flask import request

from ckanext.mxcity.tables.chart import spec
from ckanext.mxcity.tables.chart.kinds.registry import KINDS
from ckanext.mxcity.tables.chart.table import (
    TableChart,
    chart_among,
    columns_or_none,
    measures,
    table_chart,
)
from ckanext.mxcity.tables.reading import reading

#: What a reader chooses in the address, and an editor in the preview's settings.
OPTIONS = ("kind", "x", "y", "measure")
#: Characters of what was asked that are said back.
_SAID = 60


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
        with reading() as within:
            columns = columns_or_none(resource["id"], ignore_auth=True, within=within)
            return chart_among(resource, data_dict.get("package"), columns, {}, within) is not None

    def setup_template_variables(
        self, context: Context, data_dict: dict[str, Any]
    ) -> dict[str, Any]:
        """Group the table as the address, else the preview's settings, say."""
        view = data_dict["resource_view"]
        asked = {name: request.args.get(name) or view.get(name) or "" for name in OPTIONS}
        found = table_chart(data_dict["resource"], data_dict.get("package"), asked)
        return {**variables(found), "asked": asked, "not_there": _not_there(found, asked)}

    def view_template(self, context: Context, data_dict: dict[str, Any]) -> str:
        """Return the template that shows the chart."""
        return "mxcity_tables/chart_view.html"

    def form_template(self, context: Context, data_dict: dict[str, Any]) -> str:
        """Return the template of the preview's settings."""
        return "mxcity_tables/chart_form.html"


def variables(found: TableChart) -> dict[str, Any]:
    """Return what the templates of a chart need."""
    kind, groups = found.kind, found.shown
    return {
        "chart": found.chart,
        "choices": spec.choices(found.columns),
        "titles": found.titles,
        "groups": groups,
        "kind": kind,
        "drawn": kind.draw(groups) if kind and groups else None,
        "measures": measures(),
        "kinds": {name: tk._(each.title) for name, each in KINDS.items()},
    }


def _not_there(found: TableChart, asked: dict[str, str]) -> list[str]:
    """Return what was asked for and the table has not, as it is said back."""
    chart = found.chart
    if chart is None:
        return [asked[name][:_SAID] for name in ("x", "y") if asked[name]]
    given = {"x": chart.x, "y": chart.y or asked["y"], "kind": chart.kind}
    return [asked[name][:_SAID] for name, taken in given.items() if asked[name] not in ("", taken)]
