"""Record a run in the tables of ckanext-harvest and in ours."""

from __future__ import annotations

import datetime as dt

import ckan.model as model
import ckan.plugins.toolkit as tk

from ckanext.harvest.model import (
    HarvestGatherError,
    HarvestJob,
    HarvestObject,
    HarvestObjectError,
    HarvestSource,
)
from ckanext.mxcity.ground import clock
from ckanext.sniegharvest.engine.records import Counts
from ckanext.sniegharvest.engine.report.report import Problem, Report
from ckanext.sniegharvest.model import Run

RETRY_AFTER = dt.timedelta(hours=1)
WHOLE_SOURCE = ("list", "fetch")


class Journal:
    """Records one run in the database."""

    def __init__(self, job_id: str, source_id: str) -> None:
        self.job_id = job_id
        self.source_id = source_id

    def begin(self) -> None:
        """Note that the run has begun; a run that is taken up again starts its record anew."""
        job = model.Session.get(HarvestJob, self.job_id)
        if job is not None:
            job.status = "Running"
            job.gather_started = job.gather_started or clock.utc_now()
        record = model.Session.get(Run, self.job_id) or Run(
            id=self.job_id, source_id=self.source_id
        )
        record.state, record.started, record.problems = "running", clock.utc_now(), []
        record.counts = {
            key: value for key, value in (record.counts or {}).items() if key == "releases"
        }
        model.Session.add(record)
        model.Session.commit()

    def is_over(self) -> bool:
        """Return whether the job has ended already: it was stopped, or a message came twice."""
        job = model.Session.get(HarvestJob, self.job_id, populate_existing=True)
        return job is not None and job.status == "Finished"

    def is_new(self) -> bool:
        """Return whether no run was ever recorded for the job."""
        return model.Session.get(Run, self.job_id) is None

    def releases(self) -> bool:
        """Return whether a person asked for this run in order to carry a held one out."""
        record = model.Session.get(Run, self.job_id)
        return record is not None and bool(record.counts.get("releases"))

    def held_digest(self) -> str:
        """Return what the last held run of the source would have done; "" if there is none."""
        held = model.Session.scalars(
            Run.of_source(self.source_id).where(Run.state == "held", Run.id != self.job_id)
        ).first()
        return str(held.counts.get("digest", "")) if held is not None else ""

    def planned(self, counts: Counts, digest: str) -> None:
        """Keep what the run is going to do, before anything is written."""
        record = model.Session.get(Run, self.job_id)
        if record is not None:
            record.counts = {**record.counts, "plan": counts.as_dict(), "digest": digest}
            model.Session.commit()

    def writing(self) -> None:
        """Note that datasets are being written: if it ends here, the index has to be mended."""
        record = model.Session.get(Run, self.job_id)
        if record is not None:
            record.settled = False
            model.Session.commit()

    def end(self, report: Report, *, settled: bool = True) -> None:
        """Keep the report, mark the job as finished, and let the source's page know.

        Args:
            report: what was done.
            settled: whether the index holds all that was written.

        """
        for problem in report.problems if report.state != "planned" else []:
            self._keep(problem)
        if report.held:
            model.Session.add(
                HarvestGatherError(harvest_job_id=self.job_id, message=str(report.held))
            )
        self._close(report, settled)
        if report.state != "planned":
            user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
            tk.get_action("harvest_source_reindex")(
                {"user": user, "ignore_auth": True}, {"id": self.source_id}
            )

    def _close(self, report: Report, settled: bool) -> None:
        record = model.Session.get(Run, self.job_id)
        if record is None:  # the source was cleared meanwhile
            return
        counts = report.as_dict()
        for key in ("errors", "plan", "run", "state"):
            counts.pop(key)
        record.state, record.finished = report.state, clock.utc_now()
        record.counts = {**record.counts, **counts}
        if report.held:
            shown = Problem("", "list", report.held).as_dict()
            record.counts["held_reason"] = {
                key: shown[key] for key in ("reason", "template", "params")
            }
        record.settled = settled
        record.problems = [problem.as_dict() for problem in report.problems]
        job = model.Session.get(HarvestJob, self.job_id)
        if job is not None:
            job.gather_finished = job.finished = clock.utc_now()
            job.status = "Finished"
            self._retry_later(job.source, report)
        model.Session.commit()

    def _retry_later(self, source: HarvestSource, report: Report) -> None:
        """Ask a scheduled source that could not be reached again soon, not at its next date."""
        unreachable = any(problem.stage == "fetch" for problem in report.problems)
        if report.state == "failed" and unreachable and source.frequency != "MANUAL":
            source.next_run = clock.utc_now() + RETRY_AFTER

    def _keep(self, problem: Problem) -> None:
        if problem.stage in WHOLE_SOURCE:
            model.Session.add(
                HarvestGatherError(harvest_job_id=self.job_id, message=str(problem.message))
            )
            return
        failed = HarvestObject(
            guid=problem.record,
            current=False,
            state="ERROR",
            report_status="errored",
            job=model.Session.get(HarvestJob, self.job_id),
            harvest_source_id=self.source_id,
            import_finished=clock.utc_now(),
        )
        model.Session.add(failed)
        model.Session.flush()
        model.Session.add(
            HarvestObjectError(
                harvest_object_id=failed.id,
                message=f"{problem.title}: {problem.message}" if problem.title
                else str(problem.message),
                stage=problem.stage.capitalize(),
            )
        )  # fmt: skip
