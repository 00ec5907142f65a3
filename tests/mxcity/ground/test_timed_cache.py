"""Values that a process keeps: right under threads, and never older than what changed them."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator

import pytest
from ckanext.mxcity.ground.timed_cache import TimedCache


@pytest.fixture
def switching() -> Iterator[None]:
    """Let threads take turns a thousand times as often as they do."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(5e-6)
    yield
    sys.setswitchinterval(before)


def test_readers_always_get_a_value(switching: None) -> None:
    """Whoever reads while others forget gets a value, never nothing."""
    cache = TimedCache(lambda: 7, 60)
    stop = threading.Event()

    def forget() -> None:
        while not stop.is_set():
            cache.forget()

    workers = [threading.Thread(target=forget) for _ in range(2)]
    for worker in workers:
        worker.start()
    try:
        assert {cache.get() for _ in range(20_000)} == {7}
    finally:
        stop.set()
        for worker in workers:
            worker.join()


def test_an_answer_of_before_is_not_kept() -> None:
    """What was asked before something changed, and came after, serves one caller only."""
    truth = ["old"]

    def read() -> str:
        answer = truth[0]
        if answer == "old":
            truth[0] = "new"
            cache.forget()  # as another thread does, after its change
        return answer

    cache = TimedCache(read, 60)
    assert [cache.get(), cache.get(), cache.get()] == ["old", "new", "new"]


def test_an_answer_is_kept_for_its_time() -> None:
    """It is asked for once while it is young, each time when it is old, and when asked to."""
    asked: list[int] = []

    def read() -> int:
        asked.append(1)
        return len(asked)

    young, old = TimedCache(read, 60), TimedCache(read, 0)
    assert [young.get(), young.get(), young.get(fresh=True), young.get()] == [1, 1, 2, 2]
    assert [old.get(), old.get()] == [3, 4]
