"""Helpers of the templates for tables."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from babel import localedata
from babel.numbers import format_compact_decimal, format_decimal

from ckanext.mxcity.tables.chart.spec import Chart, Groups
from ckanext.mxcity.tables.chart.table import Words, words
from ckanext.mxcity.tables.dictionary import kinds_of_figures
from ckanext.mxcity.tables.downloads.columns import columns_of
from ckanext.mxcity.tables.downloads.kinds import Kind, kinds_for


def mxcity_table_kinds(resource_id: str) -> list[Kind]:
    """Return the kinds of file that a table can be taken as; none where it cannot be read."""
    try:
        return kinds_for(columns_of(resource_id))
    except (tk.ObjectNotFound, tk.NotAuthorized, tk.ValidationError):
        return []


def mxcity_table_joins(resource_id: str) -> list[dict[str, Any]]:
    """Return the tables that have the same areas as one, the first five."""
    try:
        found: list[dict[str, Any]] = tk.get_action("mxcity_table_join_suggest")(
            {}, {"id": resource_id, "limit": 5}
        )
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return []
    return found


def mxcity_measure_options() -> list[dict[str, str]]:
    """Return what a data dictionary may say of the figures of a column, as a form's options."""
    kinds = kinds_of_figures(str(tk.h.lang()))
    named = [{"value": key, "text": title} for key, title in kinds.items()]
    return [{"value": "", "text": tk._("Not said")}, *named]


def mxcity_chart_words(chart: Chart, titles: dict[str, str], groups: Groups | None) -> Words:
    """Return what a chart shows in words: ``measured`` and ``caption``."""
    return words(chart, titles, groups)


def mxcity_figure(value: float | None) -> str:
    """Return a figure as readers of the page's language write it, with two decimals at most.

    Where there is none it says so.
    """
    if value is None:
        return str(tk._("no data"))
    return format_decimal(value, "#,##0.##", locale=_locale())


def mxcity_figure_short(value: float) -> str:
    """Return a figure for the scale of a chart: "60 k"."""
    return format_compact_decimal(value, locale=_locale(), fraction_digits=1)


def _locale() -> str:
    """Return the language of the page if figures are known in it."""
    language = str(tk.h.lang())
    return language if localedata.exists(language) else "es_MX"
