"""How a source stood after its last complete run, so that the next can see that nothing changed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ckanext.sniegharvest.http.conditional import Version
from ckanext.sniegharvest.model import SOURCE

#: Raise it when the code gives something else than before for unchanged records.
MAPPING = 3
#: Settings that shape no dataset.
_SHAPELESS = frozenset({"enabled", "permission", "requires_permission", "grace_runs", "grace_days"})


@dataclass(frozen=True)
class Standing:
    """What is known of a source."""

    fingerprint: str
    version: Version
    #: Active datasets of it.
    datasets: int


def fingerprint(settings: str, *shaping: str) -> str:
    """A text that changes with whatever shapes the datasets of a source besides its records.

    Args:
        settings: of the source, as JSON.
        shaping: anything else, such as its title and the id of its organisation.

    """
    values = json.loads(settings or "{}")
    kept = {key: value for key, value in values.items() if key not in _SHAPELESS}
    text = json.dumps([MAPPING, mapping_files(), kept, shaping], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


@lru_cache(maxsize=1)
def mapping_files() -> str:
    """A text that changes with the files that say which field of a source goes where."""
    folder = resources.files("ckanext.mxcity.schemas") / "mappings"
    found = hashlib.sha256()
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".yaml"):
            found.update(entry.name.encode() + b"\0" + entry.read_bytes() + b"\0")
    return found.hexdigest()


def load(connection: sa.Connection, source_id: str) -> Standing | None:
    """How the source stood, None if no run of it was ever complete."""
    row = connection.execute(sa.select(SOURCE).where(SOURCE.c.id == source_id)).first()
    if row is None:
        return None
    found = Version(row.address, row.etag, row.last_modified, row.sha256)
    return Standing(row.fingerprint, found, row.datasets)


def save(connection: sa.Connection, source_id: str, standing: Standing) -> None:
    """Keep how the source stands; nothing is written if it stood so before."""
    if load(connection, source_id) == standing:
        return
    values = {
        "fingerprint": standing.fingerprint,
        "address": standing.version.address,
        "etag": standing.version.etag,
        "last_modified": standing.version.last_modified,
        "sha256": standing.version.sha256,
        "datasets": standing.datasets,
    }
    statement = insert(SOURCE).values(id=source_id, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))
