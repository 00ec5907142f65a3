"""One connection to the DataStore for all that a page asks of a table."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa


class Reading:
    """A read-only connection that is opened when something is asked, and bounded in time."""

    def __init__(self) -> None:
        self._connection: sa.Connection | None = None

    def execute(self, statement: sa.Select[Any], timeout: int) -> sa.CursorResult[Any]:
        """Run a statement that the database may take ``timeout`` milliseconds for.

        Raises:
            OperationalError: it takes longer; others may be run afterwards.

        """
        if self._connection is None:
            from ckanext.datastore.backend.postgres import get_read_engine

            self._connection = get_read_engine().connect()
        try:
            self._connection.execute(sa.text(f"SET LOCAL statement_timeout = {timeout:d}"))
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
def reading(given: Reading | None = None) -> Iterator[Reading]:
    """Give the reading that the caller has, or one of its own for the block."""
    if given is not None:
        yield given
        return
    own = Reading()
    try:
        yield own
    finally:
        own.close()
