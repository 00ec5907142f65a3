"""One scheduler works at a time, also after PostgreSQL has lost the connection that says which."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckanext.sniegharvest.engine import scheduler
from ckanext.sniegharvest.engine.scheduler_lock import NAME, SchedulerLock

pytestmark = pytest.mark.usefixtures("with_plugins")

HOLDERS = sa.text(
    "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = "
    "(SELECT oid FROM pg_database WHERE datname = current_database()) "
    "AND ((classid::bigint << 32) | objid::bigint) = hashtextextended(:name, 0)"
)


def holders() -> list[int]:
    """The processes of PostgreSQL that hold the scheduler's lock."""
    with model.meta.engine.connect() as connection:
        return list(connection.scalars(HOLDERS, {"name": NAME}))


def lose_the_connection() -> int:
    """End the process of PostgreSQL that holds the lock, as a restart does; gives its number."""
    (pid,) = holders()
    with model.meta.engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    wait_for(lambda: not holders())
    return pid


def wait_for(condition: Callable[[], bool]) -> None:
    limit = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.02)


@pytest.fixture
def two() -> Iterator[tuple[SchedulerLock, SchedulerLock]]:
    """The locks of two schedulers."""
    locks = SchedulerLock(), SchedulerLock()
    yield locks
    for lock in locks:
        lock.release()


def test_one_of_two_has_it(two: tuple[SchedulerLock, SchedulerLock]) -> None:
    """The second gets it when the first gives it back, however often both ask."""
    first, second = two
    assert [first.is_held(), second.is_held(), first.is_held(), second.is_held()] == [
        True, False, True, False,
    ]  # fmt: skip
    assert len(holders()) == 1
    first.release()
    assert not holders()
    assert [second.is_held(), first.is_held()] == [True, False]


def test_taken_again_after_a_restart(two: tuple[SchedulerLock, SchedulerLock]) -> None:
    """The connection is gone and nobody took the lock meanwhile: it is taken at the next look."""
    first, second = two
    assert first.is_held()
    before = lose_the_connection()
    assert first.is_held()
    assert not second.is_held()
    assert holders() != [before]


def test_who_lost_it_stands_back(two: tuple[SchedulerLock, SchedulerLock]) -> None:
    """Another took it meanwhile: the first works no more until the other gives it back."""
    first, second = two
    assert first.is_held()
    lose_the_connection()
    assert second.is_held()
    assert not first.is_held()
    second.release()
    assert first.is_held()


def test_the_loop_ends_its_work_and_begins_again(
    monkeypatch: pytest.MonkeyPatch, two: tuple[SchedulerLock, SchedulerLock]
) -> None:
    """Rounds, and what other plugins do beside them, end with the lock and come back with it."""
    rounds: list[list[int]] = []
    turns: list[threading.Event] = []

    def begin(sender: object, *, stopping: threading.Event, **_: object) -> None:
        turns.append(stopping)

    monkeypatch.setattr(scheduler, "INTERVAL", 0.02)
    monkeypatch.setattr(scheduler, "JITTER", 0.0)
    monkeypatch.setattr(scheduler, "one_round", lambda: rounds.append(holders()))
    monkeypatch.setattr(scheduler, "begun", tk.signals.ckanext.signal("test:scheduler_begun"))
    scheduler.begun.connect(begin)
    stopping = threading.Event()
    loop = threading.Thread(target=scheduler.run_until, args=(stopping,))
    loop.start()
    try:
        wait_for(lambda: len(rounds) > 2)
        assert len(turns) == 1
        other = two[0]
        lose_the_connection_to(other)
        wait_for(turns[0].is_set)
        done = len(rounds)
        other.release()
        wait_for(lambda: len(rounds) > done + 1)
        assert [turn.is_set() for turn in turns] == [True, False]
    finally:
        stopping.set()
        loop.join(20)
    assert turns[-1].is_set()
    assert not holders()


def lose_the_connection_to(other: SchedulerLock) -> None:
    """End the connection that holds the lock, as often as it takes until another has it."""
    limit = time.monotonic() + 20
    while not other.is_held():
        assert time.monotonic() < limit
        for pid in holders():
            with model.meta.engine.connect() as connection:
                connection.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
