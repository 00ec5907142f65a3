"""Work out which chart a reader asks for. No CKAN import."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ckanext.mxcity.ground.columns import is_key
from ckanext.mxcity.ground.measures import UNKNOWN, measure
from ckanext.mxcity.tables.chart.kinds.registry import KINDS
from ckanext.mxcity.tables.chart.spec import Chart, choices, is_part_of_time, is_time, ways
from ckanext.mxcity.tables.downloads.columns import Column

#: Groups of words that a chart nobody asked for may have: fewer say nothing, more cannot be read.
FEWEST, MOST = 3, 40
#: Moments that such a chart of figures has at least.
MOMENTS = 2
#: Kinds of figures in the order in which an indicator is one of them.
_INDICATORS = ("percentage", "rate", "index")

#: How many groups the values of columns make, for those that are asked about; counted up to
#: ``MOST`` and one more.
Sizes = Callable[[Sequence[Column]], Mapping[str, int]]


def chart_of(
    columns: Sequence[Column],
    asked: Mapping[str, str],
    sizes: Sizes = lambda columns: {},
    indicator: bool = False,
) -> Chart | None:
    """Return the chart that is asked for, with defaults in place of what a table has not.

    What has no meaning is never drawn: a sum of percentages, or of what there was at several
    moments.

    Args:
        columns: those of the table.
        asked: what the reader chose, see ``view.OPTIONS``.
        sizes: is asked only where the reader did not say what to go along.
        indicator: whether the table is of an indicator, which is a ratio if one is there.

    Returns:
        The chart; None where nobody asked for one that the table has, and no default has a meaning.

    """
    offered = choices(columns)
    moments = MOMENTS if offered.measured else FEWEST
    x = _named(offered.along, asked.get("x", "")) or _usual_along(offered.along, sizes, moments)
    if x is None:
        return None
    y = None
    if asked.get("measure") != "count" or not offered.measured:
        y = _named(offered.measured, asked.get("y", "")) or usual_figure(columns, indicator)
    kind = _kind(asked.get("kind", ""), x)
    if y is None and asked.get("measure") != "count" and offered.measured:
        return None  # nobody knows what the figures are: no default brings them together
    if y is None:
        return Chart(kind, x.name, "", "count")
    way, last = _way(columns, x, y, asked.get("measure", ""))
    return Chart(kind, x.name, "" if way == "count" else y.name, way, last)


def usual_figure(columns: Sequence[Column], indicator: bool = False) -> Column | None:
    """Return the figures that a chart shows if nobody says which: the first of a known kind."""
    known = [column for column in choices(columns).measured if column.measure != UNKNOWN]
    if indicator:
        known.sort(key=lambda column: column.measure not in _INDICATORS)
    return next(iter(known), None)


def _way(columns: Sequence[Column], x: Column, y: Column, asked: str) -> tuple[str, str]:
    """Return how rows are brought together, and the column whose last moment alone counts."""
    allowed = ways(y)
    way = asked if asked in allowed else allowed[0]
    if way != "sum" or not measure(y.measure).last:
        return way, ""
    others = [c for c in columns if c != x and (is_time(c) or is_part_of_time(c))]
    if not others:
        return way, ""
    if is_time(x) or len(others) > 1 or not is_time(others[0]):
        return "avg", ""  # moments are told by several columns: none of them is the last alone
    return way, others[0].name


def _kind(asked: str, along: Column) -> str:
    """Return the kind that is asked for if it fits the column, else the usual one."""
    if asked in KINDS and KINDS[asked].fits(along):
        return asked
    usual = (name for name, kind in KINDS.items() if kind.is_usual(along))
    return next(usual, next(iter(KINDS)))


def _named(columns: Sequence[Column], name: str) -> Column | None:
    return next((column for column in columns if column.name == name), None)


def _usual_along(columns: Sequence[Column], sizes: Sizes, moments: int) -> Column | None:
    """Prefer time, then words, then codes, of as many groups as can be read; else none."""
    counted = sizes(columns)
    times = [column for column in columns if is_time(column)]
    columns = [column for column in columns if not (times and is_part_of_time(column))]
    words = [column for column in columns if not is_time(column) and not is_key(column.name)]
    codes = [column for column in columns if not is_time(column) and is_key(column.name)]
    for column in times:
        if counted.get(column.name, moments) >= moments:
            return column
    for column in (*words, *codes):
        if FEWEST <= counted.get(column.name, FEWEST) <= MOST:
            return column
    return None
