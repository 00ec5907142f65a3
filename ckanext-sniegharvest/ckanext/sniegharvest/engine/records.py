"""The values that one stage of a run hands to the next."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from ckanext.mxcity.reading.records import Record

Action = Literal["create", "update"]
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
        """Return the counts by decision."""
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
