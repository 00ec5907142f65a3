"""Group a table for a chart, in the database."""

from __future__ import annotations

import hashlib
import json
import logging
import math
from collections.abc import Sequence
from dataclasses import asdict, astuple, replace
from typing import Any

import sqlalchemy as sa

from ckanext.mxcity.tables import answer_cache
from ckanext.mxcity.tables.chart.spec import Chart, Groups, is_named_as_period, is_period
from ckanext.mxcity.tables.database import Reading, shared
from ckanext.mxcity.tables.downloads.columns import Column
from ckanext.mxcity.tables.version import KEPT_SECONDS

log = logging.getLogger(__name__)

#: Milliseconds that the database may take; a longer table is charted after filtering elsewhere.
TIMEOUT = 5_000
#: Rows and groups that are counted to choose what a chart goes along.
_LOOKED_AT, _COUNTED = 50_000, 100


def groups_of(
    table: str,
    version: str,
    chart: Chart,
    most: int,
    *,
    last: bool = False,
    within: Reading | None = None,
) -> Groups | None:
    """Return the groups of a chart, kept for a day as long as the table has this version.

    The caller has made sure that the user may read the table, and that the chart names columns
    of it.

    Args:
        table: the table in the DataStore.
        version: changes with the content of the table: see ``version.version_of``.
        chart: what is grouped and measured.
        most: how many groups at most.
        last: of more groups, the last along the column, in its order; else the highest, sorted.
        within: the connection that is used; one of its own if left out.

    Returns:
        The groups; None if the database did not answer in time.

    """
    key = _key(table, version, chart, most)
    kept = _kept(key)
    if kept is not None:
        return kept
    try:
        with shared(within) as asked:
            found = _ask(asked, table, chart, most, last)
    except (sa.exc.OperationalError, ValueError):  # too long, or moments that Python cannot tell
        log.info("No chart of %s in %s ms", table, TIMEOUT)
        return None
    answer_cache.write(key, astuple(found), KEPT_SECONDS)
    return found


def _ask(asked: Reading, table: str, chart: Chart, most: int, last: bool) -> Groups:
    x: sa.ColumnClause[object] = sa.column(chart.x)
    y = (
        sa.func.count()
        if chart.measure == "count"
        else getattr(sa.func, chart.measure)(sa.column(chart.y))
    )
    value = sa.cast(y, sa.Float).label("value")
    groups = (
        sa.select(
            x.label("x"),
            value,
            sa.func.count().over().label("total"),
            sa.func.max(sa.func.count()).over().label("most_rows"),
            sa.cast(_moment(table, chart), sa.Text).label("moment"),
        )
        .select_from(sa.table(table))
        .where(x.is_not(None), *_of_moment(table, chart))
        .group_by(x)
        .order_by(sa.desc("x") if last else sa.desc("value").nulls_last(), "x")
        .limit(most)
    )
    rows = asked.execute(groups, TIMEOUT).all()
    if last:
        rows = rows[::-1]
    if not rows:
        return Groups((), 0)
    one = rows[0]
    figures = tuple((str(row.x), _figure(row.value)) for row in rows)
    return Groups(figures, one.total, one.most_rows, one.moment or "")


def _moment(table: str, chart: Chart) -> Any:
    """Return what is the last moment of a table whose rows of that moment alone are grouped."""
    if not chart.last:
        return sa.null()
    moment: sa.ColumnClause[object] = sa.column(chart.last)
    return sa.select(sa.func.max(moment)).select_from(sa.table(table)).scalar_subquery()


def _of_moment(table: str, chart: Chart) -> list[Any]:
    return [sa.column(chart.last) == _moment(table, chart)] if chart.last else []


def with_periods(
    table: str, columns: Sequence[Column], within: Reading | None = None
) -> list[Column]:
    """Return the columns, of which those that hold months, quarters or the like say so.

    The caller has made sure that the user may read the table.
    """
    texts = [c for c in columns if c.type == "text" and is_named_as_period(c)]
    if not texts:
        return list(columns)
    firsts = []
    for column in texts:
        value: sa.ColumnClause[str] = sa.column(column.name)
        some = sa.select(value).select_from(sa.table(table)).where(value.is_not(None)).limit(1)
        firsts.append(some.scalar_subquery())
    try:
        with shared(within) as asked:
            found = asked.execute(sa.select(*firsts), TIMEOUT).one()
    except sa.exc.OperationalError:
        return list(columns)
    periods = {c.name for c, text in zip(texts, found, strict=True) if text and is_period(text)}
    return [replace(c, periods=True) if c.name in periods else c for c in columns]


def sizes_of(table: str, names: Sequence[str], within: Reading | None = None) -> dict[str, int]:
    """Return how many groups the values of columns make, counted up to ``_COUNTED``.

    Only so many rows are looked at as tell which column can be gone along; none is returned if the
    database does not answer in time. The caller has made sure that the user may read the table.
    """
    if not names:
        return {}
    looked = sa.select(*map(sa.column, names)).select_from(sa.table(table)).limit(_LOOKED_AT).cte()
    counts = []
    for name in names:
        column = looked.c[name]
        some = sa.select(column).where(column.is_not(None)).distinct().limit(_COUNTED).subquery()
        counts.append(sa.select(sa.func.count()).select_from(some).scalar_subquery())
    try:
        with shared(within) as asked:
            found = asked.execute(sa.select(*counts), TIMEOUT).one()
    except sa.exc.OperationalError:
        return {}
    return dict(zip(names, found, strict=True))


def _figure(value: float | None) -> float | None:
    """Return a value that can be drawn; None for one that is missing, or is no number."""
    return value if value is not None and math.isfinite(value) else None


def _key(table: str, version: str, chart: Chart, most: int) -> str:
    asked = json.dumps([table, version, asdict(chart), most])
    return f"mxcity:chart-groups:{hashlib.blake2b(asked.encode(), digest_size=16).hexdigest()}"


def _kept(key: str) -> Groups | None:
    kept = answer_cache.read(key)
    if kept is None:
        return None
    rows, *rest = kept
    return Groups(tuple((label, value) for label, value in rows), *rest)
