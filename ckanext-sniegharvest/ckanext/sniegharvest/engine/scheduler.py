"""Create the jobs of sources that are due, without cron.

One loop in one process. A run that was missed while the portal was off is made up for once.
A run whose process died is sent to the queue again: it then finishes its job. Jobs of other
harvesters are finished by ckanext-harvest's ``harvest_jobs_run``.
"""

from __future__ import annotations

import datetime as dt
import logging
import random
import signal
import threading
from types import FrameType

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.types import Context

from ckanext.harvest.logic import HarvestJobExists
from ckanext.harvest.model import UPDATE_FREQUENCIES, HarvestJob, HarvestSource
from ckanext.mxcity.ground import clock
from ckanext.mxcity.ground.messages import N_
from ckanext.sniegharvest.engine import lease
from ckanext.sniegharvest.engine.scheduler_lock import SchedulerLock
from ckanext.sniegharvest.model import Run
from ckanext.sniegharvest.sources.types import SOURCE_TYPES

log = logging.getLogger(__name__)

INTERVAL = 60.0  # seconds
JITTER = 10.0  # seconds; portals of one network do not all ask at the full minute
DAY = dt.timedelta(days=1)
#: How long after one run the next is due.
EVERY = {
    "ALWAYS": dt.timedelta(0),
    "HOURLY": dt.timedelta(hours=1),
    "DAILY": DAY,
    "WEEKLY": 7 * DAY,
    "BIWEEKLY": 14 * DAY,
    "MONTHLY": 30 * DAY,
    "QUARTERLY": 91 * DAY,
    "YEARLY": 365 * DAY,
}
#: Their names in the form of a source, as ckanext-harvest makes them from the keys.
NAMES = (
    N_("Manual"),
    N_("Always"),
    N_("Hourly"),
    N_("Daily"),
    N_("Weekly"),
    N_("Biweekly"),
    N_("Monthly"),
    N_("Quarterly"),
    N_("Yearly"),
)
#: A job that was queued and not begun may wait so long behind others, or for so long be lost.
QUEUE_PATIENCE = dt.timedelta(minutes=10)
#: Sent when the one scheduler of a portal begins, with ``stopping`` (an event that is set when it
#: ends, or another scheduler has its place): for work of other plugins that one process has to do.
begun = tk.signals.ckanext.signal("sniegharvest:scheduler")
#: When each job was last sent again, by id; so that a long queue is not filled with copies.
_SENT: dict[str, dt.datetime] = {}


def offer_frequencies() -> None:
    """Set the frequencies that ckanext-harvest's form and validator accept."""
    UPDATE_FREQUENCIES[:] = ["MANUAL", *reversed(EVERY)]


def run_forever() -> None:
    """Do a round each minute until the process is told to stop."""
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    run_until(stopping)


def run_until(stopping: threading.Event) -> None:
    """Do a round each minute, while this process holds the scheduler's lock.

    The lock is asked for before each round: a database that was restarted has given it back, and
    another scheduler may have taken it. Then this one ends what it began, and waits again.
    """
    lock = SchedulerLock()
    turn: threading.Event | None = None
    try:
        while not stopping.is_set():
            if not lock.is_held():
                log.warning("Another scheduler is at work, or the database is away; this one waits")
                if turn:
                    turn.set()
                turn = None
            elif turn is None:
                turn = threading.Event()
                begun.send(None, stopping=turn)
            else:
                one_round()
            stopping.wait(INTERVAL + random.uniform(0, JITTER))  # noqa: S311
    finally:
        if turn:
            turn.set()
        lock.release()


def one_round() -> None:
    """Make the jobs that are due and finish those that are done; a failure waits for the next."""
    try:
        resume_abandoned_jobs()
        tk.get_action("harvest_jobs_run")(_context(), {})  # which makes the jobs that are due
    except Exception:  # the loop outlives any fault of its servers
        log.exception("A round of the scheduler failed; the next follows")
        model.Session.rollback()
    finally:
        model.Session.remove()


def create_due_jobs() -> list[str]:
    """Make a job for every source that is due, and set when the next is.

    Returns:
        The ids of the sources that got a job. One that is switched off, or has a job under way,
        gets none and is looked at again at its next date.

    """
    moment = clock.utc_now()
    due = model.Session.scalars(
        sa.select(HarvestSource).where(
            HarvestSource.active.is_(True),
            HarvestSource.frequency != "MANUAL",
            sa.or_(HarvestSource.next_run.is_(None), HarvestSource.next_run <= moment),
        )
    ).all()
    waiting = [(source.id, source.frequency) for source in due]
    for source in due:
        source.next_run = next_run(source.frequency, moment)
    model.Session.commit()
    return [source_id for source_id, _ in waiting if _create_job(source_id)]


def resume_abandoned_jobs() -> list[str]:
    """Send the jobs whose process died, or whose message was lost, to the queue again.

    Returns:
        The ids of those jobs. One that a living process works on is left alone.

    """
    moment = clock.utc_now()
    running = sa.select(Run.id).where(Run.id == HarvestJob.id, Run.state == "running").exists()
    jobs = model.Session.execute(
        sa.select(HarvestJob.id, HarvestJob.source_id)
        .join(HarvestSource, HarvestSource.id == HarvestJob.source_id)
        .where(
            HarvestJob.status == "Running",
            HarvestSource.active.is_(True),
            HarvestSource.type.in_(list(SOURCE_TYPES)),
            sa.or_(running, HarvestJob.created < moment - QUEUE_PATIENCE),
        )
    ).all()
    for job_id in set(_SENT) - {job_id for job_id, _ in jobs}:
        del _SENT[job_id]
    resumed = []
    for job_id, source_id in jobs:
        recent = job_id in _SENT and moment - _SENT[job_id] < QUEUE_PATIENCE
        if recent or lease.is_held(source_id):
            continue
        _SENT[job_id] = moment
        tk.get_action("harvest_send_job_to_gather_queue")(_context(), {"id": job_id})
        log.warning("Job %s was left behind; it is sent to the queue again", job_id)
        resumed.append(job_id)
    return resumed


def next_run(frequency: str, moment: dt.datetime) -> dt.datetime:
    """Return when a source is due again; up to a hundredth of the interval later, at random."""
    every = EVERY.get(frequency, DAY)
    return moment + every * (1 + random.random() / 100)  # noqa: S311


def _create_job(source_id: str) -> bool:
    try:
        tk.get_action("harvest_job_create")(_context(), {"source_id": source_id, "run": True})
    except (tk.ValidationError, HarvestJobExists) as error:
        log.info("No job for source %s: %s", source_id, error)
        model.Session.rollback()
        return False
    return True


def _context() -> Context:
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    return {"user": user, "ignore_auth": True}
