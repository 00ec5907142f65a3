"""Find the ministry that a renamed, merged or closed ministry has become.

The table of successions is small: a city changes a few ministries in an administration. It is
read whole and cached for a few seconds, since the index asks once a dataset.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import ckan.model as model
import sqlalchemy as sa

from ckanext.mxcity.datahub import model as tables
from ckanext.mxcity.ground.timed_cache import TimedCache

#: Seconds for which one process caches the table.
CACHE_SECONDS = 10.0


@dataclass(frozen=True)
class Succession:
    """One change: the ministry that changed, and its successor; they may be the same."""

    organization_id: str
    successor_id: str | None
    old_name: str
    old_title: str

    @property
    def goes_to(self) -> str:
        """Return the id of the ministry that takes over."""
        return self.successor_id or self.organization_id


class Successions:
    """The changes of all ministries, from the first to the last."""

    def __init__(self, steps: Iterable[Succession]) -> None:
        self._steps = tuple(steps)
        self._next = {
            step.organization_id: step.goes_to
            for step in self._steps
            if step.goes_to != step.organization_id
        }

    def last(self, organization_id: str) -> str:
        """Return the id of the last successor of a ministry; without one, its own id."""
        seen = {organization_id}
        while (after := self._next.get(organization_id)) and after not in seen:
            seen.add(after)
            organization_id = after
        return organization_id

    def of_address(self, old_name: str) -> str | None:
        """Return the id of the ministry to which a former address leads today."""
        for step in reversed(self._steps):
            if step.old_name == old_name:
                return self.last(step.goes_to)
        return None

    def former_titles(self, organization_id: str) -> list[str]:
        """Return the former titles of a ministry and of the ministries that became part of it."""
        titles = (s.old_title for s in self._steps if self.last(s.goes_to) == organization_id)
        return list(dict.fromkeys(titles))

    def called(self, text: str) -> list[str]:
        """Return the ids of the ministries whose former title or address contains a text."""
        wanted = text.casefold()
        found = (
            self.last(step.goes_to)
            for step in self._steps
            if wanted in step.old_title.casefold() or wanted in step.old_name.casefold()
        )
        return list(dict.fromkeys(found))


def successions(fresh: bool = False) -> Successions:
    """Return the changes of all ministries, from the cache unless ``fresh``."""
    return _successions.get(fresh=fresh)


def forget() -> None:
    """Drop the cached table after a change."""
    _successions.forget()


def _read() -> Successions:
    table = tables.Succession
    query = sa.select(
        table.organization_id, table.successor_id, table.old_name, table.old_title
    ).order_by(sa.text("date"), table.created)
    return Successions(Succession(*row) for row in model.Session.execute(query))


_successions = TimedCache(_read, CACHE_SECONDS)


def address_today(old_name: str) -> str | None:
    """Return today's address of the ministry that had a former address, None if none had it.

    An address that an active ministry has today is no former address.
    """
    successor_id = successions(fresh=True).of_address(old_name)
    if successor_id is None:
        return None
    group = model.Group
    query = sa.select(group.id, group.name).where(
        group.is_organization.is_(True),
        group.state == "active",
        sa.or_(group.id == successor_id, group.name == old_name),
    )
    found = {row.name: row.id for row in model.Session.execute(query)}
    if old_name in found:
        return None
    return next(iter(found), None)
