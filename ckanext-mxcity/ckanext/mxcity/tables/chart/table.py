"""The chart of a table: what is asked of it, its groups, and what they are called on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.mxcity.tables.chart import labels, spec
from ckanext.mxcity.tables.chart.choice import chart_of
from ckanext.mxcity.tables.chart.groups import groups_of, sizes_of, with_periods
from ckanext.mxcity.tables.chart.kinds.base import ChartKind
from ckanext.mxcity.tables.chart.kinds.registry import KINDS
from ckanext.mxcity.tables.downloads.columns import Column, columns_of
from ckanext.mxcity.tables.reading import Reading, reading
from ckanext.mxcity.tables.version import version_of


@dataclass(frozen=True)
class TableChart:
    """A chart of a table that the user may read."""

    columns: Sequence[Column]
    #: None where nobody asked for a chart that the table has, and no default has a meaning.
    chart: spec.Chart | None
    #: As the database gives them; None without a chart, or if it did not answer in time.
    groups: spec.Groups | None

    @property
    def kind(self) -> ChartKind | None:
        """How it is drawn."""
        return KINDS[self.chart.kind] if self.chart else None

    @property
    def titles(self) -> dict[str, str]:
        """What people call the columns."""
        return {column.name: column.heading for column in self.columns}

    @property
    def shown(self) -> spec.Groups | None:
        """The groups with their labels as people write them."""
        if self.groups is None or self.chart is None:
            return None
        along = next(column for column in self.columns if column.name == self.chart.x)
        return shown(self.groups, along)


def table_chart(
    resource: Mapping[str, Any], package: Mapping[str, Any] | None, asked: Mapping[str, str]
) -> TableChart:
    """Return the chart of a table that ``asked`` names, else the one that shows it best.

    Args:
        resource: as ``resource_show`` gives it.
        package: its dataset; the chart of an indicator is that of its ratio.
        asked: what a reader chose, by the names of ``view.OPTIONS``.

    """
    with reading() as within:
        columns = columns_or_none(resource["id"], within=within)
        chart = chart_among(resource, package, columns, asked, within)
        if chart is None:
            return TableChart(columns, None, None)
        kind = KINDS[chart.kind]
        groups = groups_of(
            resource["id"], version_of(resource), chart, kind.most, last=kind.last, within=within
        )
    if groups and says_nothing(chart, groups) and not any(asked.get(name) for name in asked):
        return TableChart(columns, None, None)
    return TableChart(columns, chart, groups)


def says_nothing(chart: spec.Chart, groups: spec.Groups) -> bool:
    """Return whether a chart counts rows of which each is a group of its own: all bars are 1."""
    return chart.measure == "count" and groups.most_rows <= 1


def chart_among(
    resource: Mapping[str, Any],
    package: Mapping[str, Any] | None,
    columns: Sequence[Column],
    asked: Mapping[str, str],
    within: Reading,
) -> spec.Chart | None:
    """Return which chart of these columns is asked for; see ``table_chart``."""
    return chart_of(
        columns,
        asked,
        lambda some: sizes_of(resource["id"], [column.name for column in some], within),
        indicator=(package or {}).get("type") == "indicator",
    )


def columns_or_none(
    resource_id: str, ignore_auth: bool = False, within: Reading | None = None
) -> list[Column]:
    """Return the columns of a table; none where the user cannot read it.

    What a table can be shown as is asked by the loader too, which is nobody, of drafts.
    """
    try:
        return with_periods(resource_id, columns_of(resource_id, ignore_auth), within)
    except (tk.ObjectNotFound, tk.NotAuthorized, tk.ValidationError):
        return []


def shown(groups: spec.Groups, along: Column) -> spec.Groups:
    """Return groups with their labels as people write them."""
    return labels.written(groups, along, (tk._("Yes"), tk._("No")))


def measures() -> dict[str, str]:
    """Return the ways to measure rows, each with its name."""
    return {"sum": tk._("Sum"), "avg": tk._("Average"), "count": tk._("Number of rows")}


@dataclass(frozen=True)
class Words:
    """What a chart shows, in words."""

    #: "Suma · Monto", or the column alone where each group is one row.
    measured: str
    #: "Suma · Monto, por Colonia".
    caption: str


def words(chart: spec.Chart, titles: Mapping[str, str], groups: spec.Groups | None) -> Words:
    """Return what a chart shows, in the language of the page."""
    measured = measures()[chart.measure]
    if chart.y and groups and groups.most_rows == 1:
        measured = titles[chart.y]
    elif chart.y:
        measured = f"{measured} · {titles[chart.y]}"
    caption = tk._("{measure}, for each {column}").format(measure=measured, column=titles[chart.x])
    return Words(measured, caption)
