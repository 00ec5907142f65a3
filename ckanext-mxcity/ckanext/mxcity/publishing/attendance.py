"""Tells who has an upload: a worker that works on it, a job in the queue, or nobody.

The process at work holds a lock on a file of the upload. The system lets go of it when the process
ends, in whatever way, so that no clock and no heartbeat has to tell a slow worker from a dead one.
The lock is POSIX's (``lockf``): a program that the worker starts does not inherit it.
"""

from __future__ import annotations

import fcntl
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ckan.lib import jobs
from redis.exceptions import RedisError
from rq.utils import now

#: Where files wait to be read and published; a worker looks here before any other queue.
QUEUE = "uploads"
#: The queues of a worker that is told none, in the order in which it serves them.
QUEUES = (QUEUE, jobs.DEFAULT_QUEUE_NAME)
#: Seconds that a job may take from its start until it holds the lock.
STARTS = 5
#: Seconds after which a job that was asked for and is nowhere is said to be lost.
BEGINS = 20
#: ``struct flock``: type, whence, start, length, process.
_FLOCK = "hhqqi4x"
#: The locks of this process: to open such a file and close it again would give the lock away.
_held: set[Path] = set()


@dataclass(frozen=True)
class Attendance:
    """Who has an upload: ``kind`` is ``working``, ``waiting`` or ``nobody``."""

    kind: str
    #: The place of its job in the queue, from 1, where that is known.
    place: int | None = None

    @property
    def missing(self) -> bool:
        """Whether no worker has the upload, and no job in the queue is about it."""
        return self.kind == "nobody"


def find(upload: Path, job: str) -> Attendance:
    """Return who has an upload.

    Args:
        upload: the path of its bytes.
        job: the id of its job in the queue; empty if it never had one.

    """
    if holder(upload):
        return Attendance("working")
    if not job:
        return Attendance("nobody")
    try:
        return _queued(job)
    except RedisError:
        # Without the queue nothing is begun, nor known to be lost.
        return Attendance("waiting")


def _queued(job: str) -> Attendance:
    try:
        found = jobs.job_from_id(job)
    except KeyError:
        return Attendance("nobody")
    place = found.get_position()
    if place is not None:
        return Attendance("waiting", place + 1)
    begun = found.started_at
    if found.is_started and begun and (now() - begun).total_seconds() < STARTS:
        return Attendance("working")
    return Attendance("nobody")


@contextmanager
def at_work(upload: Path) -> Iterator[bool]:
    """Hold the worker's lock of an upload during the block; gives False where another has it."""
    path = _lock(upload)
    if path in _held:
        yield False
        return
    with path.open("ab") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):  # the two that POSIX allows
            yield False
            return
        _held.add(path)
        try:
            yield True
        finally:
            _held.discard(path)


def holder(upload: Path) -> int | None:
    """Return the id of the process that is at work with an upload, None where there is none."""
    path = _lock(upload)
    if path in _held:
        return os.getpid()
    try:
        with path.open("rb") as file:
            asked = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
            kind, *_, process = struct.unpack(_FLOCK, fcntl.fcntl(file, fcntl.F_GETLK, asked))
    except FileNotFoundError:
        return None
    return None if kind == fcntl.F_UNLCK else int(process)


def _lock(upload: Path) -> Path:
    return upload.with_suffix(".worker")
