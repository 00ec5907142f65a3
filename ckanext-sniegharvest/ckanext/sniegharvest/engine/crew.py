"""Writes batches in several processes at the same time.

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

from ckanext.sniegharvest.engine import lease
from ckanext.sniegharvest.engine.records import Change, Problem
from ckanext.sniegharvest.errors import N_, Message

GONE = N_(
    "A process that wrote datasets was ended from outside, perhaps for want of memory."
    " The next run goes on from here."
)
#: Seconds between two looks of a process at whether the run still lives.
LOOK_EVERY = 0.5


@dataclass(frozen=True)
class Outcome:
    """What became of a batch."""

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
    waiting: deque[tuple[list[Change], Future[Outcome]]] = deque()

    def finish() -> tuple[Problem, ...]:
        batch, future = waiting.popleft()
        outcome = future.result()
        for change in batch:
            if change.package_id in outcome.stored:
                written(change)
        return outcome.problems

    stream = iter(changes)
    try:
        with pool:
            try:
                while batch := list(islice(stream, size)):
                    model.Session.commit()  # what mapping asked for is no open transaction
                    waiting.append((batch, pool.submit(_put, batch)))
                    if len(waiting) > processes + 1:
                        yield from finish()
            finally:  # a run that is stopped still tells of what it wrote
                problems = [problem for _ in range(len(waiting)) for problem in finish()]
            yield from problems
    except BrokenProcessPool as error:
        raise lease.StoppedError("write", Message("writer-gone", GONE)) from error
    search.commit()


def _processes(count: int, beginning: Callable[[], Put], source_id: str) -> ProcessPoolExecutor:
    """Processes that are copies of this one, with connections of their own."""
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
    """What one of the processes keeps from batch to batch."""

    put: Put
    #: Holds the source's second lock for as long as the process lives.
    held: object


def _begin(beginning: Callable[[], Put], source_id: str, parent: int) -> None:
    """Begin in the copy: the connections of the original are left to it."""
    threading.Thread(target=_leave_with, args=(parent,), daemon=True).start()
    model.meta.engine.dispose(close=False)
    model.Session.remove()
    _Process.held = lease.join(source_id)
    _Process.put = beginning()


def _leave_with(parent: int) -> None:
    """End the process when the run has been killed: nobody would use what it does."""
    while os.getppid() == parent:
        time.sleep(LOOK_EVERY)
    os._exit(1)


def _put(batch: Sequence[Change]) -> Outcome:
    return _Process.put(batch)
