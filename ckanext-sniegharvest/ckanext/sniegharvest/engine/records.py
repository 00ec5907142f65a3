"""What goes from one stage of a run to the next."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal

from ckanext.sniegharvest.engine import causes
from ckanext.sniegharvest.engine.losses import Losses
from ckanext.sniegharvest.engine.repairs import Repairs
from ckanext.sniegharvest.errors import Message
from ckanext.sniegharvest.readers import Record

Action = Literal["create", "update"]
State = Literal["running", "done", "done-errors", "held", "failed", "planned"]
#: What a plan says of a record. ``held`` is an abnormal record that waits for a person;
#: ``filtered`` is one that does not concern the areas that the source was narrowed to.
Decision = Literal[
    "create", "update", "unchanged", "vanish", "duplicate", "invalid", "held", "filtered"
]
DECISIONS: tuple[Decision, ...] = (
    "create",
    "update",
    "unchanged",
    "vanish",
    "duplicate",
    "invalid",
    "held",
    "filtered",
)
#: Problems beyond this are counted and not kept one by one in memory; the plan has them all.
KEPT_PROBLEMS = 1000


@dataclass(frozen=True)
class Stored:
    """A dataset that an earlier run of the same source stored."""

    guid: str
    package_id: str
    name: str
    content_hash: str
    active: bool
    #: Id of the harvest object with its last content.
    object_id: str = ""
    #: Where another source is the authority on the dataset: its id.
    authority: str = ""


@dataclass(frozen=True)
class Planned:
    """One row of a plan: a record of the source, or a dataset that it lists no more."""

    position: int
    guid: str
    decision: Decision
    title: str = ""
    content_hash: str = ""
    package_id: str = ""
    #: JSON: ``fields`` that differ, ``problem``, ``reason``, or since when it is missing.
    detail: dict[str, Any] = field(default_factory=dict)
    #: Only where it has to be written.
    record: Record | None = None


@dataclass
class Counts:
    """How many rows of a plan have each decision."""

    create: int = 0
    update: int = 0
    unchanged: int = 0
    vanish: int = 0
    duplicate: int = 0
    invalid: int = 0
    held: int = 0
    filtered: int = 0
    #: Of ``update``: those whose content is the same, and the settings of the source are not; and
    #: those that only add a provenance.
    remapped: int = 0
    #: Of ``vanish``: those whose grace is over.
    archive: int = 0

    @property
    def listed(self) -> int:
        """Records that the source lists."""
        return self.create + self.update + self.unchanged + self.filtered + self.troubled

    @property
    def troubled(self) -> int:
        """Records that cannot be taken."""
        return self.duplicate + self.invalid + self.held

    @property
    def idle(self) -> bool:
        """Whether there is nothing to do and nothing to tell."""
        return not (self.create or self.update or self.vanish or self.troubled)

    def add(self, row: Planned) -> None:
        """Count a row."""
        setattr(self, row.decision, getattr(self, row.decision) + 1)
        if row.detail.get("reason") in ("settings", "further", "nearer"):
            self.remapped += 1

    def as_dict(self) -> dict[str, int]:
        """The counts by decision."""
        return {decision: getattr(self, decision) for decision in DECISIONS}


@dataclass(frozen=True)
class Change:
    """A dataset to be written."""

    action: Action
    record: Record
    package_id: str
    #: As ``package_create`` and ``package_update`` take it.
    package: dict[str, Any]
    #: Another source is the authority: only the provenance is noted.
    further: bool = False


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
        """The contract of ``./portal harvest --json``."""
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
