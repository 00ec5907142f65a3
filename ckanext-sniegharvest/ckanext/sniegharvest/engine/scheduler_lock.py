"""The lock that lets one scheduler of a portal work, and the others wait."""

from __future__ import annotations

import logging
from contextlib import suppress

import ckan.model as model
import sqlalchemy as sa

log = logging.getLogger(__name__)

NAME = "sniegharvest scheduler"
_KEY = sa.func.hashtextextended(NAME, 0)


class SchedulerLock:
    """An advisory lock of PostgreSQL, which belongs to one connection and ends with it.

    PostgreSQL gives the lock back when the connection is lost: by a restart of the database, or
    by an administrator. Ask ``is_held`` before each piece of work.
    """

    def __init__(self) -> None:
        self._connection: sa.Connection | None = None

    def is_held(self) -> bool:
        """Return whether this process holds the lock; take the lock if it is free.

        Returns:
            False while another process holds the lock or the database does not answer.

        """
        if self._connection is not None and self._answers(self._connection):
            return True
        try:
            self._connection = self._taken()
        except sa.exc.SQLAlchemyError as error:
            log.warning("The scheduler's lock cannot be asked for: %s", error)
        return self._connection is not None

    def release(self) -> None:
        """Give the lock back."""
        if self._connection is not None:
            with suppress(sa.exc.SQLAlchemyError):  # the connection is gone, and the lock with it
                self._connection.execute(sa.select(sa.func.pg_advisory_unlock(_KEY)))
            self._close(self._connection)

    def _answers(self, connection: sa.Connection) -> bool:
        """Return whether the connection that took the lock is alive; forget one that is not."""
        try:
            connection.execute(sa.select(1))
        except sa.exc.SQLAlchemyError as error:
            log.warning("The connection that held the scheduler's lock is lost: %s", error)
            self._close(connection)
            return False
        return True

    def _close(self, connection: sa.Connection) -> None:
        self._connection = None
        with suppress(sa.exc.SQLAlchemyError):
            connection.close()

    @staticmethod
    def _taken() -> sa.Connection | None:
        """Take the lock with a connection of its own; None if another process holds the lock."""
        opened = model.ensure_engine().connect()
        try:
            connection = opened.execution_options(isolation_level="AUTOCOMMIT")
            if connection.scalar(sa.select(sa.func.pg_try_advisory_lock(_KEY))):
                return connection
        except sa.exc.SQLAlchemyError:
            opened.close()
            raise
        opened.close()
        return None
