"""What a run did, for its page, the command line and programs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal

from ckanext.mxcity.ground.messages import Message
from ckanext.sniegharvest.engine.records import Counts
from ckanext.sniegharvest.engine.report import causes
from ckanext.sniegharvest.engine.report.losses import Losses
from ckanext.sniegharvest.engine.report.repairs import Repairs

State = Literal["running", "done", "done-errors", "held", "failed", "planned"]
#: Problems beyond this are counted and not kept one by one in memory; the plan has them all.
KEPT_PROBLEMS = 1000


@dataclass(frozen=True)
class Problem:
    """What could not be done, at which stage, with which record; for people and programs."""

    record: str
    stage: str
    message: Message
    title: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Plain data: the reason in English, and its parts to be translated."""
        return {
            "record": self.record,
            "stage": self.stage,
            "reason": str(self.message),
            "title": self.title,
            "slug": self.message.slug,
            "template": self.message.template,
            "params": {key: str(value) for key, value in self.message.params.items()},
        }


@dataclass
class Report:
    """What a run did."""

    run_id: str = ""
    state: State = "running"
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    #: Not listed any more, and kept until their grace is over.
    missing: int = 0
    archived: int = 0
    seconds: float = 0.0
    #: How many records, or whole sources, came to nothing.
    failed: int = 0
    #: The first ``KEPT_PROBLEMS`` of them.
    problems: list[Problem] = field(default_factory=list)
    #: How many of them have each cause, by slug.
    causes: Counter[str] = field(default_factory=Counter)
    held: Message | None = None
    plan: Counts = field(default_factory=Counts)
    #: Fields of the source that found no place.
    losses: Losses = field(default_factory=Losses)
    #: What was mended in records, or left out of them.
    repairs: Repairs = field(default_factory=Repairs)

    def add(self, problem: Problem) -> None:
        """Count a problem, and keep it while there is room."""
        self.failed += 1
        self.causes[problem.message.slug] += 1
        if len(self.problems) < KEPT_PROBLEMS:
            self.problems.append(problem)

    def as_dict(self) -> dict[str, Any]:
        """Return the contract of ``./portal harvest --json``."""
        return {
            "run": self.run_id,
            "added": self.added,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "missing": self.missing,
            "archived": self.archived,
            "filtered": self.plan.filtered,
            "failed": self.failed,
            "seconds": round(self.seconds, 2),
            "state": self.state,
            "held": str(self.held) if self.held else "",
            "plan": self.plan.as_dict(),
            "losses": self.losses.as_list(),
            "losses_others": self.losses.others,
            "repairs": self.repairs.as_list(),
            "causes": causes.told(self.causes),
            "errors": [
                {key: problem.as_dict()[key] for key in ("record", "stage", "slug", "reason")}
                for problem in self.problems
            ],
        }
