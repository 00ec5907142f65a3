"""What a run leaves in ckanext-harvest's tables and in ours, for its pages and for people."""

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
from ckanext.sniegharvest.engine.records import Plan, Problem, Report
from ckanext.sniegharvest.model import Run, now

#: Problems beyond this are counted and not kept one by one.
KEPT_PROBLEMS = 1000
RETRY_AFTER = dt.timedelta(hours=1)
WHOLE_SOURCE = ("list", "fetch")


class Journal:
    """The written side of one run."""

    def __init__(self, job_id: str, source_id: str) -> None:
        self.job_id = job_id
        self.source_id = source_id

    def begin(self) -> None:
        """Note that the run has begun; a run that is taken up again starts its record anew."""
        job = model.Session.get(HarvestJob, self.job_id)
        if job is not None:
            job.status = "Running"
            job.gather_started = job.gather_started or now()
        record = model.Session.get(Run, self.job_id) or Run(
            id=self.job_id, source_id=self.source_id
        )
        record.state, record.started, record.counts, record.problems = "running", now(), {}, []
        model.Session.add(record)
        model.Session.commit()

    def is_new(self) -> bool:
        """Whether no run was ever recorded for the job."""
        return model.Session.get(Run, self.job_id) is None

    def planned(self, plan: Plan) -> None:
        """Keep what the run is going to do, before anything is written."""
        record = model.Session.get(Run, self.job_id)
        if record is not None:
            record.counts = {
                "plan": {
                    "create": len(plan.create),
                    "update": len(plan.update),
                    "unchanged": plan.unchanged,
                    "vanish": len(plan.vanished),
                }
            }
            model.Session.commit()

    def end(self, report: Report) -> None:
        """Keep the report, mark the job as finished, and let the source's page know."""
        for problem in report.problems[:KEPT_PROBLEMS]:
            self._keep(problem)
        if report.held:
            model.Session.add(
                HarvestGatherError(harvest_job_id=self.job_id, message=str(report.held))
            )
        record = model.Session.get(Run, self.job_id)
        counts = report.as_dict()
        counts.pop("errors")
        record.state, record.finished, record.counts = (
            report.state,
            now(),
            {**record.counts, **counts},
        )
        record.problems = [problem.as_dict() for problem in report.problems[:KEPT_PROBLEMS]]
        job = model.Session.get(HarvestJob, self.job_id)
        if job is not None:
            job.gather_finished = job.finished = now()
            job.status = "Finished"
            self._retry_later(job.source, report)
        model.Session.commit()
        user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
        tk.get_action("harvest_source_reindex")(
            {"user": user, "ignore_auth": True, "model": model, "session": model.Session},
            {"id": self.source_id},
        )

    def _retry_later(self, source: HarvestSource, report: Report) -> None:
        """Ask a scheduled source that could not be reached again soon, not at its next date."""
        unreachable = any(problem.stage == "fetch" for problem in report.problems)
        if report.state == "failed" and unreachable and source.frequency != "MANUAL":
            source.next_run = now() + RETRY_AFTER

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
            import_finished=now(),
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
