"""Work that was asked for is done, once, whoever dies meanwhile.

An upload that waits for a worker, or has one, is marked by a file (see ``draft``). Whoever finds
it marked, and nobody at work with it, puts it into the queue again under a new job; the job of
before, should it turn up after all, finds that it is not the one that the upload names, and ends.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import ckan.model as model
import ckan.plugins.toolkit as tk
from redis.exceptions import RedisError

from ckanext.mxcity.publishing import attendance, config, draft, failures, turns, unfinished
from ckanext.mxcity.publishing.upload_files import UploadError
from ckanext.mxcity.publishing.uploads import Upload

log = logging.getLogger(__name__)
#: How often work is begun that does not come to its end.
TRIES = 3
#: Seconds to wait after a part of the portal did not answer, times the number of tries.
REST = 10
#: Seconds that a worker may take for one file.
TIMEOUT = 20 * 60
#: What an upload that is not there any more answers.
GONE = ("not_found", "expired")
#: What is put into the queue, by name (the jobs themselves use what is here), and its title.
PUBLISH = ("ckanext.mxcity.publishing.work.publish_job", "Publish a file")
JOBS = {"reading": ("ckanext.mxcity.publishing.work.read_job", "Read a file")}

Work = Callable[[Upload, draft.Draft], None]


def send(upload: Upload, state: draft.Draft) -> None:
    """Put an upload that waits for a worker into the queue; called with its state in hand.

    Owners take turns: what somebody sent before does not keep others waiting.
    Where the queue does not answer the upload stays marked, and is taken up when the queue is back.
    """
    state.job = turns.new_job(upload.owner)
    draft.keep(upload, state)
    function, title = JOBS.get(state.step, PUBLISH)
    try:
        tk.enqueue_job(
            function,  # type: ignore[arg-type]  # rq takes the name of a function too
            [upload.owner, upload.id, state.job],
            title=title,
            queue=attendance.QUEUE,
            rq_kwargs={"timeout": TIMEOUT, "job_id": state.job},
        )
        turns.put_in_turns(attendance.QUEUE)
    except RedisError as error:
        log.warning("The upload %s waits until the queue answers: %s", upload.id, error)


def is_left_alone(upload: Upload, state: draft.Draft) -> bool:
    """Return whether a worker has to do something with an upload, and none does or will."""
    return state.working and attendance.find(upload.path, state.job).missing


def take_up() -> int:
    """Put work that nobody does into the queue again; returns how many uploads that were."""
    store, taken = config.store(), 0
    for owner, upload_id in store.marked():
        try:
            taken += _take_up(store.get(owner, upload_id))
        except UploadError as error:
            log.debug("The upload %s is left alone: %s", upload_id, error.code)
        except OSError as error:
            log.warning("The upload %s cannot be taken up now: %s", upload_id, error)
    return taken


def _take_up(upload: Upload) -> bool:
    with draft.changed(upload, wait=False) as state:
        resting = state.rests_until > time.time()
        if not state.pending or resting or not attendance.find(upload.path, state.job).missing:
            return False
        if state.tries >= TRIES:
            _give_up(upload, state, failures.ENDLESS.said(tries=state.tries))
            return False
        log.warning("%s is taken up again; last at work: %s", upload.id, state.worker or "nobody")
        send(upload, state)
    return True


def perform(owner: str, upload_id: str, job: str, steps: tuple[str, ...], work: Work) -> None:
    """Do a job with an upload, as its only worker, and keep what stops the job.

    Args:
        owner: the id of the account that the upload belongs to.
        upload_id: the upload.
        job: the id of the job; an upload that names another is left alone.
        steps: the steps of an upload that the job is for; at any other it is left alone.
        work: what is done with the upload and its state.

    """
    try:
        upload = config.store().get(owner, upload_id)
        with _begun(upload, job, steps) as state:
            if state is None:
                return
            try:
                work(upload, state)
            except Exception as error:  # noqa: BLE001  whatever it is, the clerk is told
                _stopped(upload, error)
    except UploadError as error:
        log.info("The upload %s was left: %s", upload_id, error.code)


@contextmanager
def _begun(upload: Upload, job: str, steps: tuple[str, ...]) -> Iterator[draft.Draft | None]:
    """Give the state of an upload to the job that it names, while nobody else is at work."""
    with attendance.at_work(upload.path) as alone:
        if not alone:
            log.info("Another process is at work with the upload %s", upload.id)
            yield None
            return
        with draft.changed(upload) as state:
            mine = state.pending and state.job == job and state.step in steps
            if mine:
                state.tries += 1
                state.worker = f"{os.uname().nodename}, process {os.getpid()}"
        yield state if mine else None


def _stopped(upload: Upload, error: Exception) -> None:
    """Keep why the work stopped: for the clerk, or to go on when what failed may be back."""
    if isinstance(error, UploadError) and error.code in GONE:
        raise error
    failure = failures.of(error)
    log.error("The work with the upload %s stopped: %s", upload.id, failure.code, exc_info=error)
    try:
        model.Session.rollback()
    except Exception as lost:  # noqa: BLE001  the connection may be what was lost
        log.info("No transaction to roll back: %s", lost)
    with draft.changed(upload) as state:
        if failure.passing and state.tries < TRIES:
            state.rests_until = time.time() + REST * state.tries
        else:
            _give_up(upload, state, failure.said(error))


def _give_up(upload: Upload, state: draft.Draft, sentence: str) -> None:
    if state.step == "published":
        log.error("Searches do not look into the tables %s of %s", state.to_index, upload.id)
        state.to_index = []
        return
    state.move("failed")
    state.failure = " ".join(filter(None, [sentence, unfinished.take_back(upload, state)]))
