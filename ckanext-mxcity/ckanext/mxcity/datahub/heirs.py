"""What became of ministries that were renamed, merged or closed, whatever the number of changes.

The table is small: a city changes a few ministries in an administration. It is read whole, and
kept for a few seconds, since the index asks once a dataset.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

import ckan.model as model
import sqlalchemy as sa

from ckanext.mxcity.datahub.model import Succession

#: Seconds for which one process keeps what it read.
KEPT = 10.0
_kept: tuple[float, Heirs] | None = None


@dataclass(frozen=True)
class Step:
    """One change: the ministry that changed and the one that goes on; they may be the same."""

    organization_id: str
    successor_id: str | None
    old_name: str
    old_title: str

    @property
    def heir_id(self) -> str:
        """Return the ministry that the change leads to."""
        return self.successor_id or self.organization_id


class Heirs:
    """The changes of all ministries, from the first to the last."""

    def __init__(self, steps: Iterable[Step]) -> None:
        self._steps = tuple(steps)
        self._next = {
            step.organization_id: step.heir_id
            for step in self._steps
            if step.heir_id != step.organization_id
        }

    def last(self, organization_id: str) -> str:
        """Return the id of the ministry that a ministry has become in the end, maybe itself."""
        seen = {organization_id}
        while (after := self._next.get(organization_id)) and after not in seen:
            seen.add(after)
            organization_id = after
        return organization_id

    def of_address(self, old_name: str) -> str | None:
        """Return the id of the ministry to which a former address leads today."""
        for step in reversed(self._steps):
            if step.old_name == old_name:
                return self.last(step.heir_id)
        return None

    def former_titles(self, organization_id: str) -> list[str]:
        """Return what a ministry, and those that became part of it, were called before."""
        titles = (s.old_title for s in self._steps if self.last(s.heir_id) == organization_id)
        return list(dict.fromkeys(titles))

    def called(self, text: str) -> list[str]:
        """Return the ids of the ministries of which a former name or address has a text in it."""
        wanted = text.casefold()
        found = (
            self.last(step.heir_id)
            for step in self._steps
            if wanted in step.old_title.casefold() or wanted in step.old_name.casefold()
        )
        return list(dict.fromkeys(found))


def heirs(fresh: bool = False) -> Heirs:
    """Return the changes of all ministries: one statement, or none for a few seconds."""
    global _kept
    if not fresh and _kept and time.monotonic() - _kept[0] < KEPT:
        return _kept[1]
    table = Succession
    query = sa.select(
        table.organization_id, table.successor_id, table.old_name, table.old_title
    ).order_by(sa.text("date"), table.created)
    found = Heirs(Step(*row) for row in model.Session.execute(query))
    _kept = (time.monotonic(), found)
    return found


def forget() -> None:
    """Forget what was read: it has just been changed."""
    global _kept
    _kept = None


def address_today(old_name: str) -> str | None:
    """Return the address of the ministry that a former address belongs to today, if any.

    An address that an active ministry has today is nobody's former one.
    """
    heir_id = heirs(fresh=True).of_address(old_name)
    if heir_id is None:
        return None
    group = model.Group
    query = sa.select(group.id, group.name).where(
        group.is_organization.is_(True),
        group.state == "active",
        sa.or_(group.id == heir_id, group.name == old_name),
    )
    found = {row.name: row.id for row in model.Session.execute(query)}
    if old_name in found:
        return None
    return next(iter(found), None)
