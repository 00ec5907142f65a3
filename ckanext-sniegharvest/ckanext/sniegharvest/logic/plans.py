"""Actions on the plans of runs: what a run did or would do with each record, and its release."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.types import Context

from ckanext.harvest.model import HarvestSource
from ckanext.mxcity.dataset.arguments import whole_argument
from ckanext.mxcity.ground import clock
from ckanext.sniegharvest.engine.records import DECISIONS
from ckanext.sniegharvest.model import PLAN, Run

ROWS = 20
MOST_ROWS = 100


@tk.side_effect_free
def sniegharvest_plan_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Show the plan of a run: what it does, or did, with each record.

    Args:
        id: id of the run, which is that of its job.
        decision: only rows with it: create, update, unchanged, vanish, duplicate, invalid, held
            or filtered: outside the areas of the source (optional).
        after: position after which to begin, for the next page (0).
        limit: at most so many rows, 100 at most (20).

    Returns:
        ``run`` as in ``sniegharvest_run_list``, ``rows`` and ``next``: the value of ``after`` for
        the next page, None on the last. A row has ``position``, ``guid``, ``decision``,
        ``title``, ``package_id`` and, where they apply, ``fields`` (what differs:
        ``{"field", "before", "after"}``), ``kept`` (what the city changed and stays as it is:
        ``{"field", "city", "source"}``), ``where`` (what a filtered record is
        about, and how that was known), ``problem``, ``reason``, ``since`` and ``runs``. The rows
        of old runs are dropped: see the option ``plans_kept``.

    Example::

        ckanapi action sniegharvest_plan_show id=… decision=update

    """
    tk.check_access("sniegharvest_plan_show", context, data_dict)
    run = _run(data_dict)
    after, limit = whole_argument(data_dict, "after", 0), whole_argument(data_dict, "limit", ROWS)
    limit = min(MOST_ROWS, max(1, limit))
    query = sa.select(PLAN).where(PLAN.c.run_id == run.id, PLAN.c.position > after)
    decision = data_dict.get("decision")
    if decision:
        if decision not in DECISIONS:
            raise tk.ValidationError({"decision": [tk._("Invalid value")]})
        query = query.where(PLAN.c.decision == decision)
    rows = model.Session.execute(query.order_by(PLAN.c.position).limit(limit + 1)).all()
    return {
        "run": run.dictize(),
        "rows": [dictize(row) for row in rows[:limit]],
        "next": rows[limit - 1].position if len(rows) > limit else None,
    }


def sniegharvest_run_release(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Carry out a run that is held: a person has looked at its plan.

    A job is queued. It reads the source again; where that still says what the run was held for,
    that is done. Where it has changed since, there is a new plan, which may be held in its turn.

    Args:
        id: id of the held run; it has to be the last of its source.

    Returns:
        The new job, as ``harvest_job_create`` gives it.

    Example::

        ckanapi action sniegharvest_run_release id=…

    """
    tk.check_access("sniegharvest_run_release", context, data_dict)
    run = _run(data_dict)
    last = model.Session.scalars(Run.of_source(run.source_id).where(Run.state != "planned")).first()
    if run.state != "held" or last is None or last.id != run.id:
        raise tk.ValidationError(
            {"id": [tk._("This run is not held, or a later one followed it.")]}
        )
    # The person may release; making and queueing the job follows from that.
    allowed: Context = {"ignore_auth": True, "user": context.get("user", "")}
    create, send = (
        tk.get_action(name) for name in ("harvest_job_create", "harvest_send_job_to_gather_queue")
    )
    job: dict[str, Any] = create({**allowed}, {"source_id": run.source_id, "run": False})
    marked = Run(id=job["id"], source_id=run.source_id)
    marked.state, marked.started, marked.counts = "running", clock.utc_now(), {"releases": run.id}
    marked.problems = []
    model.Session.add(marked)
    model.Session.commit()
    send({**allowed}, {"id": job["id"]})
    return job


def _run(data_dict: dict[str, Any]) -> Run:
    run = model.Session.get(Run, tk.get_or_bust(data_dict, "id"))
    if run is None or model.Session.get(HarvestSource, run.source_id) is None:
        raise tk.ObjectNotFound(tk._("Run not found"))
    return run


def dictize(row: Any) -> dict[str, Any]:
    """Return a row of a plan as plain data."""
    return {
        "position": row.position,
        "guid": row.guid,
        "decision": row.decision,
        "title": row.title,
        "package_id": row.package_id,
        **row.detail,
    }
