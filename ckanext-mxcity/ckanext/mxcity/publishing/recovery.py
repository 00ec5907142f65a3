"""Work that was asked for is done, once, whoever dies meanwhile.

An upload that waits for a worker, or has one, is marked by a file (see ``draft``). Whoever finds
it marked, and nobody at work with it, puts it into the queue again under a new job; the job of
before, should it turn up after all, finds that it is not the one that the upload names, and ends.
"""

from __future__ import annotations

import logging
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import ckan.model as model
import ckan.plugins.toolkit as tk
from redis.exceptions import RedisError

from ckanext.mxcity.publishing import attendance, config, draft, reasons
from ckanext.mxcity.publishing.uploads import UploadError, UploadStore

log = logging.getLogger(__name__)
#: How often work is begun that does not come to its end.
TRIES = 3
#: Seconds to wait after a part of the portal did not answer, times the number of tries.
REST = 10
#: Seconds that a worker may take for one file.
TIMEOUT = 20 * 60
#: What an upload that is not there any more answers.
GONE = ("not_found", "expired")
#: What is put into the queue, by name: the jobs themselves use what is here.
PUBLISH = "ckanext.mxcity.publishing.work.publish_job"
JOBS = {"reading": "ckanext.mxcity.publishing.work.read_job"}

Step = Callable[[str, str, draft.Draft], None]


def send(store: UploadStore, owner: str, upload_id: str, state: draft.Draft) -> None:
    """Put an upload that waits for a worker into the queue; called with its state in hand.

    Where the queue does not answer it stays marked, and is taken up when the queue is back.
    """
    state.job = secrets.token_hex(16)
    draft.keep(store, owner, upload_id, state)
    try:
        tk.enqueue_job(
            JOBS.get(state.step, PUBLISH),
            [owner, upload_id, state.job],
            title="Publish a file",
            queue=attendance.QUEUE,
            rq_kwargs={"timeout": TIMEOUT, "job_id": state.job},
        )
    except RedisError as error:
        log.warning("The upload %s waits until the queue answers: %s", upload_id, error)


def take_up() -> int:
    """Put work that nobody does into the queue again; returns how many uploads that were."""
    store, taken = config.store(), 0
    for owner, upload_id in store.marked():
        try:
            taken += _take_up(store, owner, upload_id)
        except UploadError as error:
            log.debug("The upload %s is left alone: %s", upload_id, error.code)
        except OSError as error:
            log.warning("The upload %s cannot be taken up now: %s", upload_id, error)
    return taken


def _take_up(store: UploadStore, owner: str, upload_id: str) -> bool:
    path = store.path(owner, upload_id)
    with draft.changed(store, owner, upload_id, wait=False) as state:
        resting = state.rests_until > time.time()
        if not state.pending or resting or not attendance.find(path, state.job).missing:
            return False
        if state.tries >= TRIES:
            _give_up(upload_id, state, reasons.ENDLESS.said(tries=state.tries))
            return False
        log.warning("%s is taken up again; last at work: %s", upload_id, state.worker or "nobody")
        send(store, owner, upload_id, state)
    return True


def perform(owner: str, upload_id: str, job: str, step: Step) -> None:
    """Do a step of the way of an upload, as its only worker, and keep what stops it."""
    try:
        with _begun(owner, upload_id, job) as state:
            if state is None:
                return
            try:
                step(owner, upload_id, state)
            except Exception as error:  # noqa: BLE001  whatever it is, the clerk is told
                _stopped(owner, upload_id, error)
    except UploadError as error:
        log.info("The upload %s was left: %s", upload_id, error.code)


@contextmanager
def _begun(owner: str, upload_id: str, job: str) -> Iterator[draft.Draft | None]:
    """Give the state of an upload to the job that it names, while nobody else is at work."""
    store = config.store()
    store.show(owner, upload_id)
    with attendance.at_work(store.path(owner, upload_id)) as alone:
        if not alone:
            log.info("Another process is at work with the upload %s", upload_id)
            yield None
            return
        with draft.changed(store, owner, upload_id) as state:
            mine = state.pending and state.job == job
            if mine:
                state.tries += 1
                state.worker = f"{os.uname().nodename}, process {os.getpid()}"
        yield state if mine else None


def _stopped(owner: str, upload_id: str, error: Exception) -> None:
    """Keep why the work stopped: for the clerk, or to go on when what failed may be back."""
    if isinstance(error, UploadError) and error.code in GONE:
        raise error
    reason = reasons.of(error)
    log.error("The work with the upload %s stopped: %s", upload_id, reason.code, exc_info=error)
    try:
        model.Session.rollback()
    except Exception as lost:  # noqa: BLE001  the connection may be what was lost
        log.info("No transaction to roll back: %s", lost)
    with draft.changed(config.store(), owner, upload_id) as state:
        if reason.passing and state.tries < TRIES:
            state.rests_until = time.time() + REST * state.tries
        else:
            _give_up(upload_id, state, reason.said(error))


def _give_up(upload_id: str, state: draft.Draft, sentence: str) -> None:
    if state.step == "published":
        log.error("Searches do not look into the tables %s of %s", state.to_index, upload_id)
        state.to_index = []
        return
    state.move("failed")
    state.failure = sentence
