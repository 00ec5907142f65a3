"""Write batches in several processes at the same time.

What takes the time of a batch is Python: CKAN's validators, dictionaries and documents. A process
of its own for each core shares it. Batches are written whole or not at all, wherever that is done.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice

import ckan.model as model
import ckan.plugins as p
from ckan.lib import search

from ckanext.mxcity.ground.messages import N_, Message
from ckanext.sniegharvest.engine import lease
from ckanext.sniegharvest.engine.records import Change
from ckanext.sniegharvest.engine.report.report import Problem

GONE = N_(
    "A process that wrote datasets was ended from outside, perhaps for want of memory."
    " The next run goes on from here."
)
#: Seconds between two looks of a process at whether the run still lives.
LOOK_EVERY = 0.5


@dataclass(frozen=True)
class Outcome:
    """The result of a batch."""

    #: Ids of the datasets that are stored.
    stored: frozenset[str]
    problems: tuple[Problem, ...]


#: Writes a batch and has it indexed, and does not wait until it is seen.
Put = Callable[[Sequence[Change]], Outcome]


def write(
    changes: Iterable[Change],
    size: int,
    processes: int,
    beginning: Callable[[], Put],
    source_id: str,
    written: Callable[[Change], None],
) -> Iterator[Problem]:
    """Write changes in batches of ``size``, and yield those that were refused.

    Args:
        changes: of the run; at most ``size * (processes + 2)`` are held at once.
        size: datasets a batch.
        processes: how many write.
        beginning: called in each of them; gives what writes a batch there.
        source_id: the source that the run holds, and with it each of its processes.
        written: told of each that is stored.

    Raises:
        lease.StoppedError: a process was ended from outside.
        ckan.lib.search.SearchIndexError: the index did not take a batch; it is in the database.

    """
    pool = _processes(processes, beginning, source_id)
    batches = _Batches(pool, written)
    stream = iter(changes)
    try:
        with pool:
            try:
                while batch := list(islice(stream, size)):
                    model.Session.commit()  # what mapping asked for is no open transaction
                    batches.send(batch)
                    if len(batches) > processes + 1:
                        yield from batches.first()
            except Exception:  # a run that is stopped still tells what it wrote and refused
                yield from batches.rest()
                raise
            yield from batches.rest()
    except BrokenProcessPool as error:
        raise lease.StoppedError("write", Message("writer-gone", GONE)) from error
    search.commit()


class _Batches:
    """The batches that are on their way, the oldest first."""

    def __init__(self, pool: ProcessPoolExecutor, written: Callable[[Change], None]) -> None:
        self._pool, self._written = pool, written
        self._waiting: deque[tuple[list[Change], Future[Outcome]]] = deque()

    def __len__(self) -> int:
        return len(self._waiting)

    def send(self, batch: list[Change]) -> None:
        """Hand a batch to the next process that is free."""
        self._waiting.append((batch, self._pool.submit(_put, batch)))

    def first(self) -> Iterator[Problem]:
        """Wait for the oldest batch, and yield what was refused of it."""
        batch, future = self._waiting.popleft()
        outcome = future.result()
        for change in batch:
            if change.package_id in outcome.stored:
                self._written(change)
        yield from outcome.problems

    def rest(self) -> Iterator[Problem]:
        """Wait for all batches; one that fails keeps no other from being told."""
        failure: Exception | None = None
        while self._waiting:
            try:
                yield from self.first()
            except Exception as error:  # noqa: BLE001  # raised below, after the others
                failure = failure or error
        if failure is not None:
            raise failure


def _processes(count: int, beginning: Callable[[], Put], source_id: str) -> ProcessPoolExecutor:
    """Return a pool of forked processes with database connections of their own."""
    model.Session.commit()
    for plugin in p.PluginImplementations(p.IForkObserver):
        plugin.before_fork()
    return ProcessPoolExecutor(
        count,
        multiprocessing.get_context("fork"),
        _begin,
        (beginning, source_id, os.getpid()),
    )


class _Process:
    """The state of a writing process, kept from batch to batch."""

    put: Put
    #: Holds the source's second lock for as long as the process lives.
    held: object


def _begin(beginning: Callable[[], Put], source_id: str, parent: int) -> None:
    """Prepare a forked process; the connections stay with the process that forked."""
    threading.Thread(target=_leave_with, args=(parent,), daemon=True).start()
    model.ensure_engine().dispose(close=False)
    model.Session.remove()
    _Process.held = lease.join(source_id)
    _Process.put = beginning()


def _leave_with(parent: int) -> None:
    """End this process when the process of the run has been killed."""
    while os.getppid() == parent:
        time.sleep(LOOK_EVERY)
    os._exit(1)


def _put(batch: Sequence[Change]) -> Outcome:
    return _Process.put(batch)
