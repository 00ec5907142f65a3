"""Locks on sources: one run at a time harvests a source, for as long as its process lives."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import ckan.model as model
import sqlalchemy as sa

from ckanext.mxcity.ground.messages import N_, Message
from ckanext.sniegharvest.model import Run

STOPPED = N_("A person stopped the run. What was written until then stays.")
TOO_LONG = N_("The stage {stage} took longer than {limit} seconds. The next run goes on from here.")
#: State of a run that a person has asked to stop.
STOPPING = "stopping"
#: Seconds that PostgreSQL may need to see that the process that held a source is gone.
PATIENCE = 3.0
#: Seed of the lock that the processes of a run share, beside the run's own.
WRITERS = 1
LOOK_EVERY = 1.0  # seconds between two looks at whether a person stopped the run


class StoppedError(Exception):
    """Ends a run in order: a person stopped the run, or it took too long."""

    def __init__(self, stage: str, message: Message) -> None:
        self.stage = stage
        self.message = message
        super().__init__(str(message))


@contextmanager
def hold(source_id: str, wait: float = PATIENCE) -> Iterator[sa.Connection | None]:
    """Lock a source; yield a connection that commits each statement, None if it is locked.

    The lock belongs to the connection, so that a process that dies gives it back as soon as
    PostgreSQL sees that it is gone.

    Args:
        source_id: the source.
        wait: seconds to wait for another process to give it back.

    """
    limit = time.monotonic() + wait
    with model.ensure_engine().connect() as opened:
        connection = opened.execution_options(isolation_level="AUTOCOMMIT")
        while not _taken(connection, source_id):
            if time.monotonic() >= limit:
                yield None
                return
            time.sleep(0.1)
        try:
            yield connection
        finally:
            with suppress(sa.exc.DBAPIError):  # the connection is gone, and the lock with it
                connection.execute(sa.select(sa.func.pg_advisory_unlock(_key(source_id))))


def join(source_id: str) -> sa.Connection:
    """Hold a source together with the process that does; gives the connection that holds it.

    A run whose processes outlive it for a moment keeps the next one waiting.
    """
    connection = model.ensure_engine().connect().execution_options(isolation_level="AUTOCOMMIT")
    connection.execute(sa.select(sa.func.pg_advisory_lock_shared(_key(source_id, WRITERS))))
    return connection


def _taken(connection: sa.Connection, source_id: str) -> bool:
    """Lock a source, unless a process of another run still writes."""
    if not connection.scalar(sa.select(sa.func.pg_try_advisory_lock(_key(source_id)))):
        return False
    writers = _key(source_id, WRITERS)
    if connection.scalar(sa.select(sa.func.pg_try_advisory_lock(writers))):
        connection.execute(sa.select(sa.func.pg_advisory_unlock(writers)))
        return True
    connection.execute(sa.select(sa.func.pg_advisory_unlock(_key(source_id))))
    return False


def _key(source_id: str, whose: int = 0) -> sa.ColumnElement[int]:
    return sa.func.hashtextextended(source_id, whose)


class Watch:
    """Ends a stage that a person stops, or that takes too long."""

    def __init__(self, connection: sa.Connection, job_id: str, stage: str, limit: float) -> None:
        self.connection = connection
        self.job_id = job_id
        self.stage = stage
        self.limit = limit
        self._start = self._looked = time.monotonic()

    def check(self) -> None:
        """Raise StoppedError if the run has to end; asks the database at most once a second."""
        moment = time.monotonic()
        if moment - self._start > self.limit:
            values = {"stage": self.stage, "limit": round(self.limit)}
            raise StoppedError(self.stage, Message("too-long", TOO_LONG, values))
        if moment - self._looked < LOOK_EVERY:
            return
        self._looked = moment
        state = self.connection.scalar(sa.select(Run.state).where(Run.id == self.job_id))
        if state == STOPPING:
            raise StoppedError(self.stage, Message("stopped", STOPPED))


def is_held(source_id: str) -> bool:
    """Return whether a process has locked the source at this moment."""
    with hold(source_id, wait=0) as connection:
        return connection is None
