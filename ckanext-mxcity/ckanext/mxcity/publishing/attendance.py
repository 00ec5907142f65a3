"""Whether somebody has an upload in hand: a process at work, a job in the queue, or nobody.

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
#: ``struct flock``: type, whence, start, length, process.
_FLOCK = "hhqqi4x"
#: The locks of this process: to open such a file and close it again would give the lock away.
_held: set[Path] = set()


@dataclass(frozen=True)
class Attendance:
    """Who has an upload: ``kind`` is working, waiting or nobody."""

    kind: str
    #: How many are served before it, itself counted, where that is known.
    place: int | None = None

    @property
    def missing(self) -> bool:
        """Whether nobody will do the work."""
        return self.kind == "nobody"


def find(upload: Path, job: str) -> Attendance:
    """Tell who has an upload, by where its bytes lie and the id of its job."""
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
    """Hold the lock of an upload for the time of the block; gives whether it was free."""
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
