"""Find the datasets that another source has brought already; two queries for many records."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

import ckan.model as model
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from ckanext.harvest.model import HarvestObject
from ckanext.mxcity.reading.records import Item, Record
from ckanext.sniegharvest.engine.identity import identifiers
from ckanext.sniegharvest.engine.identity.identifiers import Marks
from ckanext.sniegharvest.engine.records import Stored
from ckanext.sniegharvest.model import PROVENANCE

_CANDIDATES = """
SELECT package.id, package.title, package.url, package.extras ->> 'identifier' AS identifier,
       package.extras ->> 'source_identifier' AS remote, object.harvest_source_id AS authority,
       ARRAY(SELECT url FROM resource
             WHERE package_id = package.id AND state = 'active') AS files
FROM package
JOIN harvest_object AS object ON object.package_id = package.id AND object.current
WHERE package.state = 'active' AND object.harvest_source_id <> :source AND package.id IN (
    SELECT id FROM package WHERE extras ? 'source_identifier'
        AND md5(extras ->> 'identifier') = ANY (:identifiers)
    UNION SELECT id FROM package WHERE extras ? 'source_identifier'
        AND md5(extras ->> 'source_identifier') = ANY (:identifiers)
    UNION SELECT id FROM package WHERE extras ? 'source_identifier' AND md5(url) = ANY (:pages)
    UNION SELECT package_id FROM resource WHERE state = 'active' AND md5(url) = ANY (:files))
"""


def authorities(connection: sa.Connection, source_id: str) -> list[str]:
    """Return the sources that are the authority on datasets which this one has, too."""
    query = (
        sa.select(HarvestObject.harvest_source_id.distinct())
        .join(PROVENANCE, PROVENANCE.c.package_id == HarvestObject.package_id)
        .where(PROVENANCE.c.source_id == source_id, HarvestObject.current.is_(True))
    )
    return list(connection.scalars(query))


def elsewhere(
    connection: sa.Connection, source_id: str, items: Sequence[Item], known: Mapping[str, Stored]
) -> dict[str, Stored]:
    """Return the records whose dataset another source is the authority on; two queries for all.

    Args:
        connection: of the run.
        source_id: the source that is read.
        items: that it lists.
        known: those that it brought itself.

    """
    fresh = {
        item.identifier: item
        for item in items
        if isinstance(item, Record) and item.identifier not in known
    }
    if not fresh:
        return {}
    found = _noted(connection, source_id, list(fresh))
    asked = {
        guid: identifiers.marks(
            record.title,
            [guid, str(record.dataset.get("identifier") or "")],
            str(record.dataset.get("url") or ""),
            [str(file.get("url") or "") for file in record.dataset.get("resources") or []],
        )
        for guid, record in fresh.items()
        if guid not in found
    }
    candidates = _candidates(connection, source_id, asked.values())
    taken: set[str] = {item.package_id for item in found.values()}
    for guid, mine in asked.items() if candidates else ():
        match = identifiers.recognise(mine, {id_: row[0] for id_, row in candidates.items()})
        if match is not None and match[0] not in taken:
            taken.add(match[0])
            authority = candidates[match[0]][1]
            found[guid] = Stored(guid, match[0], "", "", True, authority=authority)
    return found


def _noted(connection: sa.Connection, source_id: str, guids: list[str]) -> dict[str, Stored]:
    rows = connection.execute(
        sa.select(
            PROVENANCE.c.guid,
            PROVENANCE.c.package_id,
            PROVENANCE.c.content_hash,
            model.Package.name,
            HarvestObject.harvest_source_id,
        )
        .join(model.Package, model.Package.id == PROVENANCE.c.package_id)
        .join(
            HarvestObject,
            sa.and_(HarvestObject.package_id == model.Package.id, HarvestObject.current.is_(True)),
        )
        .where(
            PROVENANCE.c.source_id == source_id,
            PROVENANCE.c.guid == sa.any_(sa.cast(guids, ARRAY(sa.Text))),
            model.Package.state == model.State.ACTIVE,
        )
    )
    return {
        guid: Stored(guid, package, name, digest, True, authority=authority)
        for guid, package, digest, name, authority in rows
    }


def _candidates(
    connection: sa.Connection, source_id: str, asked: Iterable[Marks]
) -> dict[str, tuple[Marks, str]]:
    """Datasets of other sources that have something in common with those asked for."""
    names: set[str] = set()
    pages: set[str] = set()
    files: set[str] = set()
    for item in asked:
        names |= item.identifiers | ({item.page} if item.page else set())
        pages |= {item.page} if item.page else set()
        pages |= {text for text in item.identifiers if "://" in text}
        files |= set(sorted(item.files)[: identifiers.FILES_ASKED])
    if not (names or files):
        return {}
    digests = {"identifiers": names, "pages": pages, "files": files}
    rows = connection.execute(
        sa.text(_CANDIDATES).bindparams(
            *(sa.bindparam(name, type_=ARRAY(sa.Text)) for name in digests)
        ),
        {"source": source_id, **{name: _digests(texts) for name, texts in digests.items()}},
    )
    return {
        row.id: (
            identifiers.marks(
                row.title or "", [row.identifier or "", row.remote or ""], row.url or "", row.files
            ),
            row.authority,
        )
        for row in rows
    }


def _digests(texts: Iterable[str]) -> list[str]:
    return [hashlib.md5(text.encode(), usedforsecurity=False).hexdigest() for text in sorted(texts)]
