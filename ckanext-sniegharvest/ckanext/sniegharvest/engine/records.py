"""What goes from one stage of a run to the next."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from ckanext.sniegharvest.errors import Message
from ckanext.sniegharvest.readers import Record

Action = Literal["create", "update"]
State = Literal["running", "done", "done-errors", "held", "failed"]


@dataclass(frozen=True)
class Stored:
    """A dataset that an earlier run of the same source stored."""

    guid: str
    package_id: str
    name: str
    content_hash: str
    active: bool


@dataclass(frozen=True)
class Change:
    """A dataset to be written."""

    action: Action
    record: Record
    package_id: str
    #: As ``package_create`` and ``package_update`` take it.
    package: dict[str, Any]


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
class Plan:
    """What a run would do, before anything is written."""

    create: list[Record] = field(default_factory=list)
    update: list[tuple[Record, Stored]] = field(default_factory=list)
    unchanged: int = 0
    vanished: list[Stored] = field(default_factory=list)


@dataclass
class Report:
    """What a run did."""

    state: State = "running"
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    archived: int = 0
    warnings: int = 0
    seconds: float = 0.0
    problems: list[Problem] = field(default_factory=list)
    held: Message | None = None

    @property
    def failed(self) -> int:
        """How many records, or whole sources, came to nothing."""
        return len(self.problems)

    def as_dict(self) -> dict[str, Any]:
        """The contract of ``./portal harvest --json``."""
        return {
            "added": self.added,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "archived": self.archived,
            "failed": self.failed,
            "seconds": round(self.seconds, 2),
            "state": self.state,
            "held": str(self.held) if self.held else "",
            "errors": [
                {key: problem.as_dict()[key] for key in ("record", "stage", "reason")}
                for problem in self.problems
            ],
        }
