"""ckanext-harvest's actions on jobs, where our runs and frequencies need more."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.types import Action, Context

from ckanext.mxcity.ground import clock
from ckanext.sniegharvest.engine import lease, scheduler
from ckanext.sniegharvest.model import Run


@tk.chained_action
def harvest_jobs_run(original: Action, context: Context, data_dict: dict[str, Any]) -> list[Any]:
    """Make the jobs that are due, ours and hourly ones too (see ckanext-harvest)."""
    tk.check_access("harvest_jobs_run", context, data_dict)
    if not data_dict.get("source_id"):
        scheduler.create_due_jobs()
    result: list[Any] = original(context, data_dict)
    return result


@tk.chained_action
def harvest_job_abort(
    original: Action, context: Context, data_dict: dict[str, Any]
) -> dict[str, Any]:
    """Stop a job; a run of ours ends at its next batch (see ckanext-harvest)."""
    tk.check_access("harvest_job_abort", context, data_dict)
    job: dict[str, Any] = original(context, data_dict)
    alive = lease.is_held(job["source_id"])
    values = (
        {"state": lease.STOPPING} if alive else {"state": "failed", "finished": clock.utc_now()}
    )
    mine = sa.update(Run).where(Run.id == job["id"], Run.state == "running")
    model.Session.execute(mine.values(**values))
    model.Session.commit()
    return job
