"""Find the key columns of a loaded table, and remember them."""

from __future__ import annotations

import logging
from collections.abc import Iterable

import ckan.model as model
import sqlalchemy as sa

from ckanext.mxcity.ground import clock
from ckanext.mxcity.ground.columns import is_key
from ckanext.mxcity.tables.chart.spec import is_time
from ckanext.mxcity.tables.database import reading
from ckanext.mxcity.tables.downloads.columns import Column
from ckanext.mxcity.tables.joins.levels import level_of
from ckanext.mxcity.tables.joins.model import TableKey, TableKeyValue

log = logging.getLogger(__name__)

#: Values of a key that are kept: more than the country has municipalities.
MOST = 5_000
_TIMEOUT = 30_000
Keys = dict[str, tuple[str, list[str]]]


def find(table: str, columns: Iterable[Column]) -> Keys:
    """Return the key columns of a table: what each is a code of, and its values, sorted.

    Only columns that their names or types give away are looked at, each up to ``MOST`` values.
    """
    keys: Keys = {}
    with reading(_TIMEOUT) as connection:
        for column in columns:
            if not (is_key(column.name) or is_time(column)):
                continue
            value: sa.ColumnElement[str] = sa.cast(sa.column(column.name), sa.Text)
            distinct = (
                sa.select(value)
                .select_from(sa.table(table))
                .where(value.is_not(None), value != "")
                .distinct()
                .limit(MOST + 1)
            )
            values = [found for (found,) in connection.execute(distinct)]
            level = level_of(values) if len(values) <= MOST else None
            if level:
                keys[column.name] = (level, sorted(values))
    return keys


def remember(resource_id: str, keys: Keys) -> None:
    """Keep the keys of a table in place of those it had; commits."""
    forget(resource_id)
    now = clock.utc_now()
    session = model.Session
    if keys:
        rows = [
            {"resource_id": resource_id, "column_name": name, "level": level, "found": now}
            for name, (level, _) in keys.items()
        ]
        session.execute(sa.insert(TableKey), rows)
        values = [
            {"resource_id": resource_id, "column_name": name, "value": value}
            for name, (_, found) in keys.items()
            for value in found
        ]
        session.execute(sa.insert(TableKeyValue), values)
    session.commit()


def forget(resource_id: str) -> None:
    """Drop the keys of a table; does not commit."""
    for table in (TableKeyValue, TableKey):
        model.Session.execute(sa.delete(table).where(table.resource_id == resource_id))
