"""The scheduler: makes the jobs of sources that are due, without cron.

One loop in one process. ckanext-harvest decides which source is due (``harvest_jobs_run``); a
run that was missed while the portal was off is made up for once.
"""

from __future__ import annotations

import logging
import random
import signal
import threading
from types import FrameType

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

log = logging.getLogger(__name__)

INTERVAL = 60.0  # seconds
JITTER = 10.0  # seconds; portals of one network do not all ask at the full minute
LOCK = "sniegharvest scheduler"


def run_forever() -> None:
    """Do a round each minute until the process is told to stop."""
    stopping = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    with model.meta.engine.connect() as connection:
        lock = sa.select(sa.func.pg_try_advisory_lock(sa.func.hashtextextended(LOCK, 0)))
        while not connection.scalar(lock):
            connection.commit()
            log.warning("Another scheduler is at work; this one waits")
            if stopping.wait(INTERVAL):
                return
        connection.commit()
        while not stopping.wait(INTERVAL + random.uniform(0, JITTER)):  # noqa: S311
            one_round()


def one_round() -> None:
    """Make the jobs that are due and finish those that are done; a failure waits for the next."""
    try:
        user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
        tk.get_action("harvest_jobs_run")(
            {"user": user, "ignore_auth": True, "model": model, "session": model.Session}, {}
        )
    except Exception:  # noqa: BLE001 - the loop outlives any fault of its servers
        log.exception("A round of the scheduler failed; the next follows")
        model.Session.rollback()
    finally:
        model.Session.remove()
