"""The columns of few values of a table: each value, with how many rows have it.

They are counted in a job when a table was loaded or changed, and kept in Redis until it changes
again; a visitor counts them where that is lost, as far as it takes no longer than a moment.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

import sqlalchemy as sa
from ckan.lib.redis import connect_to_redis
from redis.exceptions import RedisError

from ckanext.mxcity.ground.columns import is_key, is_year
from ckanext.mxcity.tables import answer_cache
from ckanext.mxcity.tables.chart.groups import sizes_of
from ckanext.mxcity.tables.database import reading
from ckanext.mxcity.tables.downloads.columns import Column

log = logging.getLogger(__name__)

Lists = dict[str, tuple[tuple[str, int], ...]]

#: Values of a list, columns that have one, and columns that are looked at.
MOST_VALUES, MOST_LISTS, MOST_COLUMNS = 40, 6, 12
#: Seconds that a visitor waits for all counts, and that the job does.
VISIT, JOB = 1.0, 60.0
_KEPT_SECONDS = 24 * 3600


def lists_of(table: str, columns: Sequence[Column], seconds: float = VISIT) -> Lists:
    """Return the values of the columns that have few, by column; they are kept if all are counted.

    The caller has made sure that the user may read the table.
    """
    kept = _kept(table)
    if kept is not None:
        return kept
    found, is_whole = _counted(table, columns, seconds)
    if is_whole:
        answer_cache.write(_key(table), found, _KEPT_SECONDS)
    return found


def forget(table: str) -> None:
    """Have the values of a table counted anew: its rows change."""
    try:
        connect_to_redis().delete(_key(table))
    except RedisError as error:
        log.warning("The values of the table %s are kept although it changed: %s", table, error)


def _counted(table: str, columns: Sequence[Column], seconds: float) -> tuple[Lists, bool]:
    """Return the lists that were counted in time, and whether these are all."""
    some = [c for c in columns if is_year(c.name) or (c.type == "text" and not is_key(c.name))]
    names = [column.name for column in some[:MOST_COLUMNS]]
    end = time.monotonic() + seconds
    sizes = sizes_of(table, names)
    if names and not sizes:
        return {}, False
    found: Lists = {}
    for name in [name for name in names if 2 <= sizes[name] <= MOST_VALUES][:MOST_LISTS]:
        left = int((end - time.monotonic()) * 1000)
        try:
            values = _values(table, name, left) if left > 0 else None
        except sa.exc.OperationalError:
            values = None
        if values is None:
            return found, False
        if len(values) <= MOST_VALUES:
            found[name] = tuple(sorted(values))
    return found, True


def _values(table: str, name: str, milliseconds: int) -> list[tuple[str, int]]:
    value: sa.ColumnClause[object] = sa.column(name)
    query = (
        sa.select(sa.cast(value, sa.Text), sa.func.count())
        .select_from(sa.table(table))
        .where(value.is_not(None))
        .group_by(value)
        .limit(MOST_VALUES + 1)
    )
    with reading(milliseconds) as connection:
        return [(text, count) for text, count in connection.execute(query) if text]


def _key(table: str) -> str:
    return f"mxcity:table-lists:{table}"


def _kept(table: str) -> Lists | None:
    kept = answer_cache.read(_key(table))
    if kept is None:
        return None
    return {name: tuple((v, n) for v, n in values) for name, values in kept.items()}
