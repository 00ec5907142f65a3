"""The scheduler: what is due gets one job, and what was left behind is taken up again."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
from ckanext.harvest import queue
from ckanext.harvest.model import HarvestJob, HarvestSource
from ckanext.mxcity.ground import clock
from ckanext.sniegharvest.engine import lease, scheduler
from ckanext.sniegharvest.engine.run import Run
from ckanext.sniegharvest.model import Run as HarvestRun

pytestmark = pytest.mark.ckan_config("ckanext.sniegharvest.allow_loopback", "true")


@pytest.fixture
def source(
    with_plugins: None, organization: str, site: Any, harvest: Callable[..., Any]
) -> Iterator[HarvestSource]:
    """A source that was harvested once, and an empty queue."""
    queue.purge_queues()
    scheduler._SENT.clear()
    harvest(site.put("s.json", json.dumps({"dataset": [{"identifier": "a"}]}).encode()))
    yield model.Session.query(HarvestSource).one()
    queue.purge_queues()


def due(source: HarvestSource, frequency: str, late: dt.timedelta) -> None:
    """Make the source due since some time."""
    source.frequency, source.next_run = frequency, clock.utc_now() - late
    model.Session.commit()


def jobs(status: str) -> int:
    model.Session.rollback()
    return model.Session.query(HarvestJob).filter_by(status=status).count()


@pytest.mark.parametrize("frequency", scheduler.EVERY)
def test_interval_has_jitter(frequency: str) -> None:
    """The next run follows after the interval, a little later at random."""
    moment = clock.utc_now()
    late = scheduler.next_run(frequency, moment) - moment - scheduler.EVERY[frequency]
    assert dt.timedelta(0) <= late <= scheduler.EVERY[frequency] / 100


def test_missed_runs_are_made_up_for_once(source: HarvestSource) -> None:
    """An hourly source that was due for a week gets one job, then waits an hour."""
    due(source, "HOURLY", dt.timedelta(days=7))
    scheduler.one_round()
    assert jobs("Running") == 1
    scheduler.one_round()
    assert jobs("Running") == 1
    waits = model.Session.query(HarvestSource).one().next_run - clock.utc_now()
    assert dt.timedelta(minutes=59) < waits < dt.timedelta(minutes=61)


def test_yearly_is_a_frequency_of_the_form(source: HarvestSource) -> None:
    """ckanext-harvest's own form and validator take our frequencies."""
    context = {"ignore_auth": True, "user": scheduler._context()["user"]}
    shown = tk.get_action("harvest_source_show")({**context}, {"id": source.id})
    saved = tk.get_action("harvest_source_update")({**context}, {**shown, "frequency": "YEARLY"})
    assert saved["frequency"] == "YEARLY"
    assert "YEARLY" in [option["value"] for option in tk.h.harvest_frequencies()]


def test_run_whose_process_died_is_taken_up(source: HarvestSource) -> None:
    """A run that nobody works on is sent again, once, and finishes its job."""
    job = HarvestJob(source=source, status="Running", gather_started=clock.utc_now())
    model.Session.add(job)
    model.Session.flush()
    left = HarvestRun(id=job.id, source_id=source.id)
    left.state, left.started, left.counts, left.problems = "running", clock.utc_now(), {}, []
    model.Session.add(left)
    model.Session.commit()
    with lease.hold(source.id):
        assert scheduler.resume_abandoned_jobs() == []
    assert scheduler.resume_abandoned_jobs() == [job.id]
    assert scheduler.resume_abandoned_jobs() == []
    Run(job.id, source).execute()
    assert jobs("Running") == 0
    assert model.Session.get(HarvestRun, job.id).state == "done"


def test_stopped_run_ends(source: HarvestSource, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person stops a run: it ends in order, and says so; a stopped job is not begun."""
    monkeypatch.setattr(lease, "LOOK_EVERY", 0.0)
    job = HarvestJob(source=source, status="Running")
    model.Session.add(job)
    model.Session.commit()
    job_id = job.id
    stopped = []

    def stop(text: str) -> None:
        if not stopped and "new" in text:
            stopped.append(tk.get_action("harvest_job_abort")(scheduler._context(), {"id": job_id}))

    run = Run(job_id, source, progress=stop)
    run.settings = '{"defaults": {"notes": "x"}}'
    report = run.execute()
    assert stopped
    assert report.state == "failed"
    assert report.problems[0].message.slug == "stopped"
    assert Run(job_id, source).execute().state == "failed"


@pytest.mark.ckan_config("ckanext.sniegharvest.read_deadline", "0")
def test_stage_that_takes_too_long_ends(source: HarvestSource) -> None:
    """No run goes on for ever: a stage past its deadline ends the run, which says so."""
    job = HarvestJob(source=source, status="Running")
    model.Session.add(job)
    model.Session.commit()
    run = Run(job.id, source)
    run.settings = '{"defaults": {"notes": "x"}}'  # so that it is read again
    assert run.execute().problems[0].message.slug == "too-long"
    assert jobs("Running") == 0
