"""The order of the files that wait for a worker: owners take turns, whoever sent more.

The id of a job begins with its owner, so that the queue alone tells whose turn it is.
"""

from __future__ import annotations

import logging
import secrets
from collections import Counter
from collections.abc import Sequence

from ckan.lib import jobs
from redis.exceptions import WatchError
from rq import Queue

log = logging.getLogger(__name__)
#: Stands between the owner and the rest of the id of a job.
_BETWEEN = "_"
#: How often the order is made while others change the queue.
_TRIES = 20


def new_job(owner: str) -> str:
    """Return the id of a new job of an owner."""
    return f"{owner}{_BETWEEN}{secrets.token_hex(16)}"


def owner_of(job: str) -> str:
    """Return the owner that the id of a job names; empty for a job of nobody."""
    return job.rpartition(_BETWEEN)[0]


def in_turns(waiting: Sequence[str]) -> list[str]:
    """Return jobs in the order in which they are done: the first of each owner, then the second.

    Args:
        waiting: the ids of the jobs that wait, in the order in which they were asked for.

    """
    seen: Counter[str] = Counter()
    turns = []
    for place, job in enumerate(waiting):
        owner = owner_of(job)
        turns.append((seen[owner], place, job))
        seen[owner] += 1
    return [job for _, _, job in sorted(turns)]


def put_in_turns(name: str) -> None:
    """Put the jobs of a queue, to whose end one was added, into the order of turns.

    Args:
        name: of the queue.

    """
    queue: Queue = jobs.get_queue(name)
    with queue.connection.pipeline() as pipe:
        for _ in range(_TRIES):
            pipe.watch(queue.key)  # type: ignore[no-untyped-call]
            waiting = queue.get_job_ids()
            ordered = in_turns(waiting)
            if ordered == waiting:
                return
            pipe.multi()
            pipe.delete(queue.key)
            pipe.rpush(queue.key, *ordered)
            try:
                pipe.execute()
            except WatchError:  # a worker or another request has changed the queue meanwhile
                continue
            return
    log.info("The queue %s changes all the time, and stays in its order", name)
