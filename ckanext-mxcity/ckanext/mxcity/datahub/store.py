"""Writing records: each change leaves its line in the log, in the same transaction.

Nothing here decides who may write; the actions do. Nothing commits either.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ckan.model as model
import sqlalchemy as sa

from ckanext.mxcity.datahub.model import MODELS, Asset, Change, Record, plain
from ckanext.mxcity.ground import clock


@dataclass(frozen=True)
class Author:
    """Who writes: the user's id, if there is one, and the name that the log shows."""

    id: str | None
    name: str


class ConflictError(Exception):
    """Somebody else changed the record since it was read; carries their lines of the log."""

    def __init__(self, changes: list[Change]) -> None:
        super().__init__("The record was changed by somebody else.")
        self.changes = changes


def find(kind: str, record_id: str, lock: bool = False) -> Record | None:
    """Return a record by id, or an asset also by nothing else; ``lock`` it until the commit."""
    table = MODELS[kind]
    query = sa.select(table).where(table.id == record_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found: Record | None = model.Session.scalar(query)
    return found


def create(kind: str, organization_id: str, values: Mapping[str, Any], author: Author) -> Record:
    """Add a record with its first line of the log; the caller flushes."""
    record: Record = MODELS[kind](
        id=str(uuid.uuid4()),
        organization_id=organization_id,
        version=1,
        created=clock.utc_now(),
        modified=clock.utc_now(),
        **values,
    )
    model.Session.add(record)
    after = {name: value for name, value in record.values().items() if value is not None}
    _log(record, "create", {}, after, author)
    return record


def change(
    record: Record, values: Mapping[str, Any], author: Author, version: int | None = None
) -> bool:
    """Write what differs in a locked record, and log it; return whether anything did.

    The caller flushes.

    Args:
        record: as ``find(…, lock=True)`` gave it.
        values: the new values by field; fields left out stay.
        author: who writes.
        version: the version that the edit started from; None does not check.

    Raises:
        ConflictError: the record is newer than ``version``.

    """
    before = record.values()
    after = {name: plain(value) for name, value in values.items()}
    differs = [name for name in after if before[name] != after[name]]
    if not differs:
        return False
    if version is not None and version != record.version:
        raise ConflictError(_since(record.id, version))
    for name in differs:
        setattr(record, name, values[name])
    record.version += 1
    record.modified = clock.utc_now()
    _log(
        record,
        "update",
        {name: before[name] for name in differs},
        {name: after[name] for name in differs},
        author,
    )
    return True


def remove(record: Record, author: Author) -> None:
    """Delete a record, what belongs to it included; the log keeps all of it."""
    if isinstance(record, Asset):
        for table in MODELS.values():
            if table.definition().of_asset:
                query = sa.select(table).where(table.asset_id == record.id)
                for part in model.Session.scalars(query.with_for_update()).all():
                    _remove_one(part, author)
        model.Session.flush()
    _remove_one(record, author)
    model.Session.flush()


def history(record_id: str) -> sa.Select[tuple[Change]]:
    """Select the log of a record, the newest first."""
    return sa.select(Change).where(Change.record_id == record_id).order_by(Change.id.desc())


def _remove_one(record: Record, author: Author) -> None:
    record.version += 1
    before = {name: value for name, value in record.values().items() if value is not None}
    _log(record, "delete", before, {}, author)
    model.Session.delete(record)


def _since(record_id: str, version: int) -> list[Change]:
    query = history(record_id).where(Change.version > version)
    return list(model.Session.scalars(query))


def _log(
    record: Record, what: str, before: dict[str, Any], after: dict[str, Any], author: Author
) -> None:
    model.Session.add(
        Change(
            kind=record.KIND,
            record_id=record.id,
            organization_id=record.organization_id,
            user_id=author.id,
            user_name=author.name,
            at=clock.utc_now(),
            what=what,
            version=record.version,
            before=before,
            after=after,
        )
    )
