"""``ckan mxcity worker``: background jobs without a new start for each."""

from __future__ import annotations

from collections.abc import Callable

import ckan.plugins as p
import click

from ckanext.mxcity.tables.worker import Worker


@click.command(short_help="Start a worker of CKAN's job queue.")
@click.option("--burst", is_flag=True, help="End when the queues are empty.")
@click.argument("queues", nargs=-1)
def worker(burst: bool, queues: tuple[str, ...]) -> None:
    """Do what ``ckan jobs worker`` does, without setting CKAN up again for each job.

    Without QUEUES it takes files to publish first, and then jobs from the default one. It puts
    the work with files whose worker has died into the queue again, and so the reading of tables.
    """
    tasks: list[Callable[[], object]] = []
    if p.plugin_loaded("mxcity_publishing"):
        from ckanext.mxcity.publishing import attendance, recovery

        queues = queues or attendance.QUEUES
        tasks.append(recovery.take_up)
    if p.plugin_loaded("mxcity_tables"):
        from ckanext.mxcity.tables.words import jobs

        tasks.append(jobs.take_up)
    worker = Worker(queues, look_after=(lambda: [task() for task in tasks]) if tasks else None)
    worker.work(burst=burst, with_scheduler=True)
