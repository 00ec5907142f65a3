"""The DataStore's database, as what only reads is let into it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa


@contextmanager
def reading(timeout: int) -> Iterator[sa.Connection]:
    """Give a connection that can only read, each statement for ``timeout`` milliseconds at most.

    OperationalError of SQLAlchemy, inside the block, where a statement takes longer.
    """
    with _connect() as connection:
        _bound(connection, timeout)
        yield connection


class Reading:
    """One connection for all that a page asks of a table, opened when something is asked."""

    def __init__(self) -> None:
        self._connection: sa.Connection | None = None

    def execute(self, statement: sa.Select[Any], timeout: int) -> sa.CursorResult[Any]:
        """Run a statement that the database may take ``timeout`` milliseconds for.

        Raises:
            OperationalError: it takes longer; others may be run afterwards.

        """
        if self._connection is None:
            self._connection = _connect()
        try:
            _bound(self._connection, timeout)
            return self._connection.execute(statement)
        except sa.exc.DBAPIError:
            self._connection.rollback()
            raise

    def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@contextmanager
def shared(given: Reading | None = None) -> Iterator[Reading]:
    """Give the reading that the caller has, or one of its own for the block."""
    if given is not None:
        yield given
        return
    own = Reading()
    try:
        yield own
    finally:
        own.close()


def _connect() -> sa.Connection:
    from ckanext.datastore.backend.postgres import get_read_engine

    connection: sa.Connection = get_read_engine().connect()
    return connection


def _bound(connection: sa.Connection, timeout: int) -> None:
    connection.execute(
        sa.text(f"SET TRANSACTION READ ONLY; SET LOCAL statement_timeout = {int(timeout)}")
    )
