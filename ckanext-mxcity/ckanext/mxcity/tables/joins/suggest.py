"""Which tables share the keys of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.mxcity.tables.joins.levels import AREA_LEVELS, PERIOD_LEVELS
from ckanext.mxcity.tables.joins.model import TableKey, TableKeyValue

#: Tables of a level that are compared: the last loaded.
CANDIDATES = 200
#: Areas in both: one says little.
LEAST = 2


@dataclass(frozen=True)
class Suggestion:
    """A table that can be joined: by which pairs of columns, and how many areas both hold.

    ``on`` has the pairs as ``mxcity_table_join`` takes them: of areas, and of the periods that
    both tell of, so that a year of one is put beside the same year of the other.
    """

    resource_id: str
    resource_name: str
    dataset_name: str
    dataset_title: str
    organization_title: str
    level: str
    left: str
    right: str
    shared: int
    on: str
    period: str

    def as_dict(self) -> dict[str, Any]:
        """Plain data for the API."""
        return asdict(self)


def suggest(resource_id: str, limit: int) -> list[Suggestion]:
    """Return the tables that share the most areas with one, that the user may find.

    Where both tell of the same periods (years, months or days), these are keys too.

    Bounded whatever the catalogue holds: the last ``CANDIDATES`` tables of each level are
    compared. A period alone joins nothing: every table has years.
    """
    found = list(_best(_shared(resource_id, AREA_LEVELS)).values())
    if not found:
        return []
    known = _resources({row.other for row in found}, resource_id)
    found = [row for row in found if row.other in known][:limit]
    others = [row.other for row in found]
    periods = _best(_shared(resource_id, PERIOD_LEVELS, others)) if others else {}
    suggestions = []
    for row in found:
        resource, dataset = known[row.other]
        period = periods.get(row.other)
        pairs = [row, period] if period else [row]
        suggestions.append(
            Suggestion(
                resource_id=row.other,
                resource_name=str(resource.get("name") or ""),
                dataset_name=dataset["name"],
                dataset_title=dataset["title"],
                organization_title=str((dataset.get("organization") or {}).get("title") or ""),
                level=row.level,
                left=row.left,
                right=row.right,
                shared=row.shared,
                on=",".join(f"{pair.left}:{pair.right}" for pair in pairs),
                period=period.level if period else "",
            )
        )
    return suggestions


def _best(rows: list[Any]) -> dict[str, Any]:
    """Return the first pair of columns for each table."""
    best: dict[str, Any] = {}
    for row in rows:
        best.setdefault(row.other, row)
    return best


def _shared(resource_id: str, levels: frozenset[str], others: Sequence[str] = ()) -> list[Any]:
    """Return pairs of columns with the number of values that they share, the most first.

    ``others`` are the tables to look at; the last ``CANDIDATES`` of each level without them.
    """
    mine = sa.alias(TableKey.__table__, "mine")
    theirs = (
        sa.select(TableKey.__table__)
        .where(
            TableKey.level == mine.c.level,
            TableKey.resource_id.in_(others) if others else TableKey.resource_id != resource_id,
        )
        .order_by(TableKey.found.desc())
        .limit(CANDIDATES)
        .lateral("theirs")
    )
    left, right = (sa.alias(TableKeyValue.__table__, name) for name in ("left_", "right_"))
    shared = sa.func.count().label("shared")
    query = (
        sa.select(
            theirs.c.resource_id.label("other"),
            mine.c.level,
            mine.c.column_name.label("left"),
            theirs.c.column_name.label("right"),
            shared,
        )
        .select_from(mine)
        .join(theirs, sa.true())
        .join(
            left,
            sa.and_(
                left.c.resource_id == mine.c.resource_id,
                left.c.column_name == mine.c.column_name,
            ),
        )
        .join(
            right,
            sa.and_(
                right.c.resource_id == theirs.c.resource_id,
                right.c.column_name == theirs.c.column_name,
                right.c.value == left.c.value,
            ),
        )
        .where(mine.c.resource_id == resource_id, mine.c.level.in_(levels))
        .group_by(theirs.c.resource_id, mine.c.level, mine.c.column_name, theirs.c.column_name)
        .having(shared >= (LEAST if levels is AREA_LEVELS else 1))
        .order_by(shared.desc(), theirs.c.resource_id)
    )
    return list(model.Session.execute(query))


def _resources(ids: set[str], than: str) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """Return the resources that the user may find, each with its dataset; one search.

    Those of the same dataset as ``than`` are left out: the same data in another form.
    """
    own = sa.select(model.Resource.package_id).where(model.Resource.id == than)
    packages = model.Session.scalars(
        sa.select(model.Resource.package_id)
        .where(
            model.Resource.id.in_(ids),
            model.Resource.state == model.State.ACTIVE,
            model.Resource.package_id.not_in(own),
        )
        .distinct()
    ).all()
    if not packages:
        return {}
    names = " OR ".join(f'"{name}"' for name in packages)
    found = tk.get_action("package_search")(
        {}, {"fq": f"+id:({names})", "rows": len(packages), "include_private": True}
    )
    return {
        resource["id"]: (resource, dataset)
        for dataset in found["results"]
        for resource in dataset["resources"]
        if resource["id"] in ids
    }
