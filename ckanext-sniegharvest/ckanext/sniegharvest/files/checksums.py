"""Check whether a file is still what its source declares, byte for byte.

A file has a checksum that its source declares, or the SHA-256 of the copy that the portal fetched
to load its table. When it is fetched again its bytes are compared with that, and what came out is
kept: one changed byte is told on the page of the file.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import ckan.model as model
import sqlalchemy as sa
from ckan.lib import files
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError

from ckanext.mxcity.dataset.uploaded import uploaded
from ckanext.mxcity.ground import clock
from ckanext.mxcity.ground.digests import digest_of, measured, pieces_of
from ckanext.mxcity.ground.errors import FetchError
from ckanext.mxcity.net import GuardedClient
from ckanext.sniegharvest.model import FILE

log = logging.getLogger(__name__)

State = Literal["same", "differs", "new", "unreachable"]


@dataclass(frozen=True)
class FileCheck:
    """What is known of the bytes of a file; the fields are the columns of ``FILE``."""

    resource_id: str
    address: str
    state: State
    declared: str = ""
    expected: str = ""
    found: str = ""
    size: int = 0
    reason: str = ""
    checked: dt.datetime | None = None


def judged(before: FileCheck | None, resource: Mapping[str, Any], file: Any) -> FileCheck:
    """Compare a file that was fetched to be loaded with what its source declares of it.

    The checksum that a resource has is its source's, unless it is the one that we left there.

    Args:
        before: what was known of the file.
        resource: it, with the checksum that it has now.
        file: open, whole.

    """
    kept = digest_of(resource.get("hash"))
    declared = kept
    if before is not None and kept == before.found != before.declared:
        declared = ""
    found, size = measured(pieces_of(file), like=declared)
    state: State = "differs" if declared and declared != found else "same"
    address = str(resource.get("url") or "")
    return FileCheck(
        str(resource["id"]),
        address,
        state,
        declared,
        declared or found,
        found,
        size,
        "",
        clock.utc_now(),
    )


def verify(resource: Mapping[str, Any], client: GuardedClient, *, polite: bool) -> FileCheck:
    """Fetch a file and compare it with the checksum that is kept of it; keeps what came out.

    Args:
        resource: as ``resource_show`` gives it.
        client: that fetches it.
        polite: whether robots.txt is obeyed: a person asks for one file, a program for many.

    """
    before = known(str(resource["id"]))
    address = str(resource.get("url") or "")
    expected = digest_of(resource.get("hash"))
    # What a file has before the portal ever fetched it is its source's word.
    declared = before.declared if before is not None else expected
    last = before.found if before is not None and before.address == address else ""
    expected = expected or last
    check = FileCheck(
        str(resource["id"]),
        address,
        "new",
        declared,
        expected,
        last,
        checked=clock.utc_now(),
    )
    try:
        found, size = _fetched(resource, client, expected, polite)
    except (FetchError, files.exc.FilesError, OSError) as error:
        check = replace(check, state="unreachable", reason=str(error)[:500])
    else:
        state: State = "new" if not expected else "same" if found == expected else "differs"
        check = replace(check, state=state, expected=expected or found, found=found, size=size)
    keep(check)
    return check


def _fetched(
    resource: Mapping[str, Any], client: GuardedClient, like: str, polite: bool
) -> tuple[str, int]:
    """Return the checksum and the size of a file: of the portal's own store, or at its source."""
    if resource.get("url_type") == "upload":
        return measured(uploaded(resource), like)
    response = client.get(str(resource["url"]), obey_robots=polite)
    try:
        if isinstance(response.body, bytes):
            return measured([response.body], like)
        with response.body.open("rb") as file:
            return measured(pieces_of(file), like)
    finally:
        response.close()


def compare_downloaded(sender: str, resource: Mapping[str, Any], file: Any, **_more: Any) -> None:
    """Keep whether a file that was fetched to be loaded is the one that its source declares.

    Args:
        sender: id of the resource.
        resource: the resource; a file that was uploaded to the portal has no other source.
        file: the whole file, open.

    """
    if resource.get("url_type"):
        return
    try:
        keep(judged(known(sender), resource, file))
    except SQLAlchemyError:  # the table is loaded all the same
        log.warning("What was found of the file %s could not be kept", sender)


def keep(check: FileCheck) -> None:
    """Keep what is known of a file, in a transaction of its own."""
    values = asdict(check)
    statement = insert(FILE).values(values)
    with model.ensure_engine().begin() as connection:
        connection.execute(
            statement.on_conflict_do_update(index_elements=["resource_id"], set_=values)
        )


def known(resource_id: str) -> FileCheck | None:
    """Return what is known of a file, None if it was never fetched."""
    with model.ensure_engine().connect() as connection:
        row = connection.execute(
            sa.select(FILE).where(FILE.c.resource_id == resource_id)
        ).one_or_none()
    return FileCheck(**row._mapping) if row is not None else None


def current(resource: Mapping[str, Any]) -> FileCheck | None:
    """Return what is known of a file, if it is still the one that was looked at."""
    check = known(str(resource.get("id") or ""))
    if check is None or check.address != resource.get("url"):
        return None
    kept = digest_of(resource.get("hash"))
    return check if not kept or kept in (check.expected, check.found) else None
