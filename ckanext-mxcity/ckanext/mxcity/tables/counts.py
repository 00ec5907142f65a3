"""How many rows a table has: the DataStore keeps what it counted, and forgets it in time.

Somebody may count the rows of before a change, and keep their number after the change has had the
kept one forgotten. So who forgets a number waits for those who are counting: see ``KEPT_COUNTS``
of ``portalctl.postgres``, which is the other half of this.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import sqlalchemy as sa

from ckanext.datastore.backend import DatastoreBackend
from ckanext.datastore.backend.postgres import DatastorePostgresqlBackend, get_write_engine

_WAIT = "SELECT pg_advisory_xact_lock(hashtext('_table_stats'), hashtext(:table))"
_FORGET = "DELETE FROM _table_stats WHERE resource_id = :table"


def install() -> None:
    """Have CKAN forget and count so, too, once, where the DataStore is loaded."""
    backend: Any = DatastorePostgresqlBackend
    if hasattr(backend.calculate_record_count, "__wrapped__"):
        return
    backend.clear_table_stats = _forget
    backend.calculate_record_count = _anew(backend.calculate_record_count)


def forget(resource_id: str) -> None:
    """Have the rows of a table counted when somebody asks next."""
    DatastoreBackend.get_active_backend().clear_table_stats(resource_id)


def forget_within(connection: sa.Connection, resource_id: str) -> None:
    """Have them counted anew once a transaction is done that holds the whole table locked.

    Nobody counts meanwhile, and a transaction that fails leaves the number that was kept.
    """
    connection.execute(sa.text(_FORGET), {"table": resource_id})


def _forget(_: DatastorePostgresqlBackend, resource_id: str) -> None:
    with get_write_engine().begin() as connection:
        connection.execute(sa.text(_WAIT), {"table": resource_id})
        connection.execute(sa.text(_FORGET), {"table": resource_id})


def _anew(count: Callable[..., None]) -> Callable[..., None]:
    @wraps(count)
    def calculate_record_count(backend: DatastorePostgresqlBackend, resource_id: str) -> None:
        """Count the rows; CKAN leaves a number that is kept as it is."""
        backend.clear_table_stats(resource_id)
        count(backend, resource_id)

    return calculate_record_count
