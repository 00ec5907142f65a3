"""IDatasetOpening: the latest figure of a dataset's table, its chart, first rows and places."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.mxcity.city import clock
from ckanext.mxcity.dataset.one_file import files_of
from ckanext.mxcity.interfaces import Part
from ckanext.mxcity.tables import cells
from ckanext.mxcity.tables.chart.choice import chart_of, usual_figure
from ckanext.mxcity.tables.chart.groups import groups_of, sizes_of
from ckanext.mxcity.tables.chart.kinds.registry import KINDS
from ckanext.mxcity.tables.chart.spec import MOMENTS, Chart, Groups, is_figure, is_time
from ckanext.mxcity.tables.chart.table import columns_or_none, says_nothing
from ckanext.mxcity.tables.chart.table import shown as with_labels
from ckanext.mxcity.tables.downloads.columns import Column
from ckanext.mxcity.tables.headline import figures, periods, places, sketch
from ckanext.mxcity.tables.headline.indicator import Progress, progress_of
from ckanext.mxcity.tables.headline.sentence import Said, figure_name, period_name, sentence
from ckanext.mxcity.tables.preview import asked, rows
from ckanext.mxcity.tables.version import version_of

#: Tables of a dataset that are looked at for a chart.
MOST_TABLES = 3
#: Seconds after which no further part is begun.
PATIENCE = 4.0
#: Rows that are shown, periods of a chart, and bars.
ROWS, PERIODS, BARS = 6, 60, 10
INDICATOR = "indicator"


@dataclass(frozen=True)
class Table:
    """A table of the dataset that the user may read."""

    resource: Mapping[str, Any]
    columns: list[Column]

    @property
    def id(self) -> str:
        """The table's name in the DataStore."""
        return str(self.resource["id"])

    @property
    def version(self) -> str:
        """What changes with its content."""
        return version_of(self.resource)


class OpeningMixin:
    """Opens the page of a dataset with its first table of which something can be told."""

    def dataset_opening(self, package: Mapping[str, Any]) -> list[Part]:
        """Return the parts that could be read in time, each as far as the user may read it."""
        until = time.monotonic() + PATIENCE
        tables = _tables(package)
        if not tables:
            return _indicator_alone(package)
        table, first = _best(package, tables, until)
        views = _views(table)
        parts = [first] if first else _indicator_alone(package)
        drawn = _map(package, table, views) if time.monotonic() < until else None
        read = _rows(table) if time.monotonic() < until else None
        parts += [part for part in (read, drawn) if part]
        known = {"resource": table.resource, "views": views, "several": len(tables) > 1}
        return [Part(part.place, part.template, {**part.shown, **known}) for part in parts]


def _tables(package: Mapping[str, Any]) -> list[Table]:
    """Return the first tables that the user may read, each file once whatever its formats."""
    loaded = [
        file.first
        for file in files_of(package.get("resources") or ())
        if file.first.get("datastore_active") and not file.is_dictionary
    ]
    found = [Table(one, columns_or_none(one["id"])) for one in loaded[:MOST_TABLES]]
    return [table for table in found if table.columns]


def _best(
    package: Mapping[str, Any], tables: list[Table], until: float
) -> tuple[Table, Part | None]:
    """Return the table that tells most: a sentence, else figures along time, else any figures."""
    found: list[tuple[int, Table, Part]] = []
    for table in tables:
        if time.monotonic() > until:
            break
        part = _first(package, table)
        if part is not None:
            found.append((_worth(part.shown), table, part))
    if not found:
        return tables[0], None
    _, table, part = max(found, key=lambda one: one[0])
    return table, part


def _worth(shown: Mapping[str, Any]) -> int:
    chart: Chart = shown["chart"]
    return 4 * bool(shown.get("sentence")) + 2 * (chart.kind == "line") + bool(chart.y)


def _views(table: Table) -> dict[str, str]:
    """Return the previews of the table by their type."""
    try:
        found = tk.get_action("resource_view_list")({}, {"id": table.id})
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return {}
    return {view["view_type"]: view["id"] for view in reversed(found)}


def _first(package: Mapping[str, Any], table: Table) -> Part | None:
    """Return the sentence and the chart of a table; None where no chart of it has a meaning."""
    is_indicator = package.get("type") == INDICATOR
    chart = chart_of(
        [column for column in table.columns if not figures.is_of_a_thing(column)],
        {},
        lambda some: sizes_of(table.id, [column.name for column in some]),
        indicator=is_indicator,
    )
    if chart is None and is_indicator:
        chart = _chart_of_one_moment(table)
    if chart is None:
        return None
    shown = _of_periods(package, table, chart)
    if shown is not None:
        shown = shown or _of_groups(table, chart)
    if not shown:
        return None
    if is_indicator and "progress" not in shown:
        shown["progress"] = progress_of(package, None)
    kind = KINDS[chart.kind]
    titles = {column.name: figure_name(column) for column in table.columns}
    shown = {**shown, "chart": chart, "kind": kind, "titles": titles}
    return Part("first", "mxcity_tables/opening/first.html", shown)


def _indicator_alone(package: Mapping[str, Any]) -> list[Part]:
    """Return what is said of an indicator without a figure that could be read."""
    if package.get("type") != INDICATOR:
        return []
    shown = {"progress": progress_of(package, None)}
    return [Part("first", "mxcity_tables/opening/first.html", shown)]


def _chart_of_one_moment(table: Table) -> Chart | None:
    """Return what an indicator has that was measured once, of which no chart is drawn."""
    along = next((column for column in table.columns if is_time(column)), None)
    measured = usual_figure(table.columns, indicator=True)
    return Chart("line", along.name, measured.name, "avg") if along and measured else None


def _of_periods(package: Mapping[str, Any], table: Table, chart: Chart) -> dict[str, Any] | None:
    """Return what is told of a chart along time; nothing where periods are not known.

    None where the figures of a period are of unlike things, of which no chart has a meaning.
    """
    columns = {column.name: column for column in table.columns}
    along, measured = columns[chart.x], columns.get(chart.y)
    if not is_time(along) or not _can_be_brought_together(along, measured):
        return {}
    found = figures.figures_of(table.id, table.version, chart, table.columns)
    if found is None:
        return {"late": True, "groups": None}
    covered = _covered(package)
    buckets = periods.told(found.buckets, clock.today(), covered)
    if not buckets or _apart(buckets):
        return {}
    if found.mixed and chart.y and max(bucket.rows for bucket in buckets) > 1:
        return None
    added = chart.measure in ("sum", "count")
    latest = None
    if not (found.mixed and (added or max(bucket.rows for bucket in buckets) > 1)):
        latest = periods.latest(buckets, added=added, covered=covered)
    series = periods.gaps_filled(buckets, PERIODS)
    span = buckets[-1].period.ordinal - buckets[0].period.ordinal + 1
    groups = Groups(tuple(series), span, max(bucket.rows for bucket in buckets))
    return {
        "sentence": sentence(Said(latest, measured, chart.measure)) if latest else None,
        "rows": latest.now.rows if latest else None,
        "left_out": len(found.buckets) - len(buckets),
        "groups": groups,
        "drawn": KINDS["line"].draw(groups),
        **_progress(package, buckets, measured),
    }


def _progress(
    package: Mapping[str, Any],
    buckets: tuple[periods.Bucket, ...],
    measured: Column | None,
) -> dict[str, Progress]:
    """Return how far an indicator is, by the rows of its last period."""
    if package.get("type") != INDICATOR or measured is None:
        return {}
    last = next((bucket for bucket in reversed(buckets) if bucket.value is not None), None)
    if last is None:
        return {"progress": progress_of(package, None)}
    ends = (last.low, last.high) if last.low is not None and last.high is not None else None
    return {"progress": progress_of(package, ends, period_name(last.period), last.present)}


def _of_groups(table: Table, chart: Chart) -> dict[str, Any]:
    """Return the chart as its own page draws it."""
    kind = KINDS[chart.kind]
    groups = groups_of(table.id, table.version, chart, kind.most, last=kind.last)
    if groups is None:
        return {"late": True, "groups": None}
    if not groups.values or says_nothing(chart, groups):
        return {}
    if not kind.last:
        groups = Groups(groups.rows[:BARS], groups.total, groups.most_rows, groups.moment)
    along = next(column for column in table.columns if column.name == chart.x)
    groups = with_labels(groups, along)
    return {"groups": groups, "drawn": kind.draw(groups)}


def _can_be_brought_together(along: Column, measured: Column | None) -> bool:
    """Tell whether the days of a month may be: what there is at a moment is not added up."""
    by_months = along.type in MOMENTS
    return not (by_months and measured is not None and measured.measure == "stock")


def _apart(buckets: tuple[periods.Bucket, ...]) -> bool:
    """Tell whether months that have one day each are months apart: their figure is of longer."""
    dated = buckets[0].first is not None
    one_day = all(bucket.first == bucket.last for bucket in buckets)
    pairs = pairwise(buckets)
    return dated and one_day and not any(now.period.follows(before.period) for before, now in pairs)


def _covered(package: Mapping[str, Any]) -> Any:
    """Return the last day that the dataset says it covers, None if it does not say it."""
    told = package.get("temporal_coverage") or ()
    ends = [periods.ended(str(one.get("end") or "")) for one in told if isinstance(one, Mapping)]
    return max(filter(None, ends), default=None)


def _rows(table: Table) -> Part | None:
    """Return the first rows of a table."""
    question = asked.Asked()
    try:
        page = rows.page_of(table.id, question, table.columns)
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return None
    words = (tk._("Yes"), tk._("No"))
    shown = [
        [cells.cell(value, column, words) for value, column in zip(row, table.columns, strict=True)]
        for row in page.rows[:ROWS]
    ]
    if not shown and not page.problem:
        return None
    told = {
        "columns": table.columns,
        "figures": [is_figure(column) for column in table.columns],
        "rows": shown,
        "total": page.total,
    }
    return Part("table", "mxcity_tables/opening/rows.html", told)


def _map(package: Mapping[str, Any], table: Table, views: Mapping[str, str]) -> Part | None:
    """Return where the rows are; without places of their own, a link to the map if there is one."""
    if places.has_places(table.columns):
        found = places.sketch_of(table.id, table.version, table.columns)
        told = {"sketch": found, "size": sketch}
        return Part("map", "mxcity_tables/opening/map.html", told)
    resources = package.get("resources") or ()
    files = [one for one in resources if str(one.get("format") or "").lower() == "geojson"]
    if not (files or "mxcity_map_view" in views):
        return None
    return Part("map", "mxcity_tables/opening/map_link.html", {"file": next(iter(files), None)})
