"""The worker of CKAN's job queue, which does not set CKAN up anew for each job.

A table takes less time to load than CKAN takes to start, so that most of a worker's time went
into starting.
"""

from __future__ import annotations

from ckan.lib import jobs
from rq import Queue
from rq.job import Job


class Worker(jobs.Worker):
    """CKAN's worker, whose child processes go on with the CKAN that the worker has loaded.

    Each job still has a process of its own: CKAN closes the connections to its databases before
    the fork, and one that dies or leaks takes nothing with it.
    """

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        """Do the job at once; CKAN's own method loads the whole environment first."""
        super(jobs.Worker, self).main_work_horse(job, queue)
