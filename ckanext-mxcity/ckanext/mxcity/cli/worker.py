"""``ckan mxcity worker``: background jobs without a new start for each."""

from __future__ import annotations

import click

from ckanext.mxcity.tables.worker import Worker


@click.command(short_help="Start a worker of CKAN's job queue.")
@click.option("--burst", is_flag=True, help="End when the queues are empty.")
@click.argument("queues", nargs=-1)
def worker(burst: bool, queues: tuple[str, ...]) -> None:
    """Do what ``ckan jobs worker`` does, without setting CKAN up again for each job.

    Without QUEUES it takes jobs from the default one.
    """
    Worker(queues).work(burst=burst, with_scheduler=True)
