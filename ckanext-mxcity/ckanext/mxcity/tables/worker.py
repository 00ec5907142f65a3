"""The worker of CKAN's job queue, which does not set CKAN up anew for each job.

A table takes less time to load than CKAN takes to start, so that most of a worker's time went
into starting.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from typing import Any

from ckan.lib import jobs
from rq import Queue
from rq.job import Job

from ckanext.mxcity import room

log = logging.getLogger(__name__)
#: Seconds between two looks after work that was left behind.
LOOKS = 5


class Worker(jobs.Worker):
    """CKAN's worker, whose child processes go on with the CKAN that the worker has loaded.

    Each job still has a process of its own: CKAN closes the connections to its databases before
    the fork, and one that dies or leaks takes nothing with it.

    ``look_after`` is called when the worker starts, every few seconds while it waits for a job,
    between jobs, and after a job whose process was killed.
    """

    def __init__(
        self,
        queues: Iterable[str] | None = None,
        *args: Any,
        look_after: Callable[[], object] | None = None,
        **kwargs: Any,
    ) -> None:
        self._look_after = look_after
        self._looks_at = 0.0
        super().__init__(queues, *args, **kwargs)
        room.standing()  # or each of its processes would try anew what holds on this system

    @property
    def dequeue_timeout(self) -> int:
        """Seconds to wait for a job before looking after what else there is to do."""
        return LOOKS if self._look_after else super().dequeue_timeout

    @property
    def should_run_maintenance_tasks(self) -> bool:
        """Tell RQ, which asks before it waits for a job, whether there is something to do."""
        return self._is_due() or super().should_run_maintenance_tasks

    def run_maintenance_tasks(self) -> None:
        """Look after what was left behind; RQ's own tasks have a rhythm of their own."""
        if super().should_run_maintenance_tasks:
            super().run_maintenance_tasks()
        if self._look_after and self._is_due():
            self._looks_at = time.monotonic() + LOOKS
            try:
                self._look_after()
            except Exception:
                log.exception("Nothing was looked after this time")

    def handle_work_horse_killed(self, job: Job, *facts: Any) -> None:
        """Look after what a killed process left, at once."""
        super().handle_work_horse_killed(job, *facts)
        self._looks_at = 0.0

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        """Do the job at once; CKAN's own method loads the whole environment first."""
        super(jobs.Worker, self).main_work_horse(job, queue)

    def _is_due(self) -> bool:
        return self._look_after is not None and time.monotonic() >= self._looks_at
