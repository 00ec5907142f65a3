"""Store what people change in harvested datasets, and apply it when the engine writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import ckan.model as model
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ckanext.mxcity.ground import clock
from ckanext.sniegharvest.engine.overlay.edits import Edit, Kept, apply, merge
from ckanext.sniegharvest.engine.records import Change
from ckanext.sniegharvest.model import OVERLAY

Overlays = dict[str, dict[str, Kept]]


def fetch(package_ids: Iterable[str], connection: sa.Connection | None = None) -> Overlays:
    """Return the overlays of datasets, by dataset and path; one query."""
    wanted = sorted(set(package_ids))
    if not wanted:
        return {}
    query = sa.select(OVERLAY).where(OVERLAY.c.package_id.in_(wanted)).order_by(OVERLAY.c.path)
    rows = connection.execute(query) if connection is not None else model.Session.execute(query)
    found: Overlays = {}
    for row in rows:
        kept = Kept(row.path, row.value, row.source_value)
        found.setdefault(row.package_id, {})[row.path] = kept
    return found


def lock(package_ids: Iterable[str]) -> None:
    """Lock the rows of datasets until the transaction ends, in the order of their ids."""
    wanted = sorted(set(package_ids))
    if wanted:
        packages = model.package_table
        model.Session.execute(
            sa.select(packages.c.id)
            .where(packages.c.id.in_(wanted))
            .order_by(packages.c.id)
            .with_for_update()
        )


def laid(changes: Sequence[Change]) -> list[Change]:
    """Return the changes of a batch with the overlays applied, and lock their datasets.

    What the source says of the fields now is noted; fields on which it has come to agree with the
    city are the source's again. Two queries a batch, none where everything is new.
    """
    ids = [change.package_id for change in changes if change.action == "update"]
    lock(ids)
    found = fetch(ids)
    if not found:
        return list(changes)
    moved: list[dict[str, Any]] = []
    settled: list[tuple[str, str]] = []
    ready = []
    for change in changes:
        kept = found.get(change.package_id)
        if kept is None:
            ready.append(change)
            continue
        result = apply(change.package, kept.values())
        ready.append(replace(change, package=result.package))
        moved += [
            {"of": change.package_id, "at": path, "says": says}
            for path, says in result.moved.items()
        ]
        settled += [(change.package_id, path) for path in result.settled]
    _note(moved, settled)
    return ready


def record(
    package_id: str, user_id: str, edits: Sequence[Edit], after: Mapping[str, Any]
) -> list[str]:
    """Store what a person changed, in the transaction of the change; return the paths."""
    kept = fetch([package_id]).get(package_id, {})
    stored, dropped = merge(kept, edits, after)
    if dropped:
        drop(package_id, dropped)
    if stored:
        moment = clock.utc_now()
        rows = [
            {
                "package_id": package_id,
                "path": item.path,
                "value": item.value,
                "source_value": item.source,
                "author": user_id,
                "changed": moment,
            }
            for item in stored.values()
        ]
        statement = insert(OVERLAY).values(rows)
        renewed = ("value", "source_value", "author", "changed")
        model.Session.execute(
            statement.on_conflict_do_update(
                index_elements=["package_id", "path"],
                set_={name: statement.excluded[name] for name in renewed},
            )
        )
    return sorted(stored)


def drop(package_id: str, paths: Iterable[str]) -> None:
    """Delete fields of an overlay."""
    model.Session.execute(
        sa.delete(OVERLAY).where(
            OVERLAY.c.package_id == package_id, OVERLAY.c.path.in_(list(paths))
        )
    )


def _note(moved: Sequence[Mapping[str, Any]], settled: Sequence[tuple[str, str]]) -> None:
    if moved:
        model.Session.connection().execute(
            sa.update(OVERLAY)
            .where(OVERLAY.c.package_id == sa.bindparam("of"), OVERLAY.c.path == sa.bindparam("at"))
            .values(source_value=sa.bindparam("says")),
            moved,
        )
    if settled:
        keys = sa.tuple_(OVERLAY.c.package_id, OVERLAY.c.path)
        model.Session.execute(sa.delete(OVERLAY).where(keys.in_(settled)))
