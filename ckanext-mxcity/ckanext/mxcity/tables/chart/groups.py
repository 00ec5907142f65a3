"""Group a table for a chart, in the database."""

from __future__ import annotations

import hashlib
import json
import logging
import math
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from ckan.lib.redis import connect_to_redis
from redis.exceptions import RedisError

from ckanext.mxcity.tables.chart.spec import Chart, Groups

log = logging.getLogger(__name__)

#: Milliseconds that the database may take; a longer table is charted after filtering elsewhere.
TIMEOUT = 5_000
_KEPT_SECONDS = 24 * 3600


def groups_of(
    table: str, version: str, chart: Chart, most: int, *, last: bool = False
) -> Groups | None:
    """Return the groups of a chart, kept for a day as long as the table has this version.

    The caller has made sure that the user may read the table, and that the chart names columns
    of it.

    Args:
        table: the table in the DataStore.
        version: changes with the content of the table.
        chart: what is grouped and measured.
        most: how many groups at most.
        last: of more groups, the last along the column, in its order; else the highest, sorted.

    Returns:
        The groups; None if the database did not answer in time.

    """
    key = _key(table, version, chart, most)
    kept = _kept(key)
    if kept is not None:
        return kept
    try:
        found = _ask(table, chart, most, last)
    except sa.exc.OperationalError:
        log.info("No chart of %s in %s ms", table, TIMEOUT)
        return None
    _keep(key, found)
    return found


def _ask(table: str, chart: Chart, most: int, last: bool) -> Groups:
    from ckanext.datastore.backend.postgres import get_read_engine

    x: sa.ColumnClause[object] = sa.column(chart.x)
    y = (
        sa.func.count()
        if chart.measure == "count"
        else getattr(sa.func, chart.measure)(sa.column(chart.y))
    )
    value = sa.cast(y, sa.Float).label("value")
    groups = (
        sa.select(x.label("x"), value, sa.func.count().over().label("total"))
        .select_from(sa.table(table))
        .where(x.is_not(None))
        .group_by(x)
        .order_by(sa.desc("x") if last else sa.desc("value").nulls_last(), "x")
        .limit(most)
    )
    with get_read_engine().connect() as connection:
        connection.execute(sa.text(f"SET LOCAL statement_timeout = {TIMEOUT}"))
        rows = connection.execute(groups).all()
    if last:
        rows = rows[::-1]
    total = rows[0].total if rows else 0
    return Groups(tuple((str(row.x), _figure(row.value)) for row in rows), total)


def _figure(value: float | None) -> float | None:
    """Return a value that can be drawn; None for one that is missing, or is no number."""
    return value if value is not None and math.isfinite(value) else None


def _key(table: str, version: str, chart: Chart, most: int) -> str:
    asked = json.dumps([table, version, asdict(chart), most])
    return f"mxcity:groups:{hashlib.blake2b(asked.encode(), digest_size=16).hexdigest()}"


def _kept(key: str) -> Groups | None:
    try:
        text: Any = connect_to_redis().get(key)
    except RedisError:
        return None
    if not text:
        return None
    rows, total = json.loads(text)
    return Groups(tuple((label, value) for label, value in rows), total)


def _keep(key: str, groups: Groups) -> None:
    try:
        connect_to_redis().set(key, json.dumps([groups.rows, groups.total]), ex=_KEPT_SECONDS)
    except RedisError:
        log.warning("The chart was not kept: Redis does not answer")
