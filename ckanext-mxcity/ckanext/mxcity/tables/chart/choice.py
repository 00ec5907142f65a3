"""Work out which chart a reader asks for. No CKAN import."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ckanext.mxcity.ground.columns import is_key
from ckanext.mxcity.tables.chart.kinds.registry import KINDS
from ckanext.mxcity.tables.chart.spec import MEASURES, Chart, choices, is_time
from ckanext.mxcity.tables.downloads.columns import Column


def chart_of(columns: Sequence[Column], asked: Mapping[str, str]) -> Chart | None:
    """Return the chart that is asked for, with defaults in place of what a table has not.

    None for a table that has no column to go along.
    """
    offered = choices(columns)
    if not offered.along:
        return None
    x = _named(offered.along, asked.get("x", "")) or _first_along(offered.along)
    y = _named(offered.measured, asked.get("y", ""))
    measure = asked.get("measure", "")
    if y is None and measure != "count" and offered.measured:
        y = offered.measured[0]
    if y is None:
        measure = "count"
    elif measure not in MEASURES:
        measure = "sum"
    return Chart(
        _kind(asked.get("kind", ""), x), x.name, y.name if y and measure != "count" else "", measure
    )


def _kind(asked: str, along: Column) -> str:
    """Return the kind that is asked for if it fits the column, else the usual one."""
    if asked in KINDS and KINDS[asked].fits(along):
        return asked
    usual = (name for name, kind in KINDS.items() if kind.is_usual(along))
    return next(usual, next(iter(KINDS)))


def _named(columns: Sequence[Column], name: str) -> Column | None:
    return next((column for column in columns if column.name == name), None)


def _first_along(columns: Sequence[Column]) -> Column:
    """Prefer time, then words, then codes; of words the last, which tell more apart."""
    times = [column for column in columns if is_time(column)]
    words = [column for column in columns if not is_key(column.name)]
    return times[0] if times else (words or list(columns))[-1]
