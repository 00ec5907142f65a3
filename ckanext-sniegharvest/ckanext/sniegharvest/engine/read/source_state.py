"""Keep the state of a source after a complete run, so that the next run sees no change."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ckanext.mxcity.dataset.fields import SOURCES
from ckanext.mxcity.dataset.source_rules import rules_of
from ckanext.mxcity.ground import schema_files
from ckanext.mxcity.net.conditional import Version
from ckanext.sniegharvest.model import SOURCE

#: Raise it when the code gives something else than before for unchanged records.
MAPPING = 3
#: Settings that shape no dataset.
_SHAPELESS = frozenset({"enabled", "permission", "requires_permission", "grace_runs", "grace_days"})


@dataclass(frozen=True)
class SourceState:
    """The state of a source when its last complete run ended."""

    fingerprint: str
    version: Version
    #: Active datasets of it.
    datasets: int


def fingerprint(settings: str, *shaping: str) -> str:
    """Return a digest of all that shapes the datasets of a source besides its records.

    Args:
        settings: of the source, as JSON.
        shaping: anything else, such as its title and the id of its organisation.

    """
    values = json.loads(settings or "{}")
    kept = {key: value for key, value in values.items() if key not in _SHAPELESS}
    text = json.dumps([MAPPING, mapping_files(), kept, shaping], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


@schema_files.kept
def mapping_files() -> str:
    """Return a text that changes with what says which field of a source goes where.

    That are the files of mappings, and the rules that follow from the fields of the schemas.
    """
    found = hashlib.sha256()
    for folder in schema_files.folders("mappings"):
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
            if entry.name.endswith(".yaml"):
                found.update(entry.name.encode() + b"\0" + entry.read_bytes() + b"\0")
    for name in SOURCES:
        found.update(repr(rules_of(name).dataset).encode() + b"\0")
    return found.hexdigest()


def load(connection: sa.Connection, source_id: str) -> SourceState | None:
    """Return the state of a source, None if no run of it was ever complete."""
    row = connection.execute(sa.select(SOURCE).where(SOURCE.c.id == source_id)).first()
    if row is None:
        return None
    found = Version(row.address, row.etag, row.last_modified, row.sha256)
    return SourceState(row.fingerprint, found, row.datasets)


def save(connection: sa.Connection, source_id: str, state: SourceState) -> None:
    """Keep the state of a source; write nothing if it is as before."""
    if load(connection, source_id) == state:
        return
    values = {
        "fingerprint": state.fingerprint,
        "address": state.version.address,
        "etag": state.version.etag,
        "last_modified": state.version.last_modified,
        "sha256": state.version.sha256,
        "datasets": state.datasets,
    }
    statement = insert(SOURCE).values(id=source_id, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))
