"""Is a file still what its source says, byte for byte? (C30)

A file has a checksum that its source declares, or the SHA-256 of the copy that the portal fetched
to load its table. When it is fetched again its bytes are compared with that, and what came out is
kept: one changed byte is told on the page of the file.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import ckan.model as model
import sqlalchemy as sa
from ckan.lib import files, uploader
from sqlalchemy.dialects.postgresql import insert

from ckanext.sniegharvest.errors import FetchError
from ckanext.sniegharvest.http import GuardedClient
from ckanext.sniegharvest.model import FILE, now

State = Literal["same", "differs", "new", "unreachable"]

#: The length of a checksum in hexadecimal digits tells what made it.
_ALGORITHMS = {32: "md5", 40: "sha1", 64: "sha256", 128: "sha512"}
_HEXADECIMAL = re.compile(r"[0-9a-f]+")
_PIECE = 1 << 20


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


def digest_of(checksum: Any) -> str:
    """Return the hexadecimal digits of a checksum, "" if it is none that can be compared."""
    digits = str(checksum or "").strip().casefold().rpartition(":")[2]
    return digits if len(digits) in _ALGORITHMS and _HEXADECIMAL.fullmatch(digits) else ""


def measured(pieces: Iterable[bytes], like: str = "") -> tuple[str, int]:
    """Return the checksum of some bytes, made as ``like`` was or SHA-256, and how many they are."""
    made, size = hashlib.new(_ALGORITHMS.get(len(like), "sha256"), usedforsecurity=False), 0
    for piece in pieces:
        made.update(piece)
        size += len(piece)
    return made.hexdigest(), size


def pieces_of(file: Any) -> Iterator[bytes]:
    """Yield the bytes of an open file from its beginning, and leave it there."""
    file.seek(0)
    while piece := file.read(_PIECE):
        yield piece
    file.seek(0)


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
        str(resource["id"]), address, state, declared, declared or found, found, size, "", now()
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
        checked=now(),
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
    """The checksum and the size of a file: of the portal's own store, or at its source."""
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


def uploaded(resource: Mapping[str, Any]) -> Iterator[bytes]:
    """Yield the bytes of a file that was uploaded here, wherever CKAN keeps them."""
    upload = uploader.get_resource_uploader(dict(resource))
    place = upload.get_path(resource["id"])
    storage = getattr(upload, "storage", None)
    if storage is not None:
        yield from storage.stream(files.FileData(place))
        return
    with open(place, "rb") as file:
        yield from pieces_of(file)


def keep(check: FileCheck) -> None:
    """Keep what is known of a file, in a transaction of its own."""
    values = asdict(check)
    statement = insert(FILE).values(values)
    with model.meta.engine.begin() as connection:
        connection.execute(
            statement.on_conflict_do_update(index_elements=["resource_id"], set_=values)
        )


def known(resource_id: str) -> FileCheck | None:
    """What is known of a file, None if it was never fetched."""
    with model.meta.engine.connect() as connection:
        row = connection.execute(
            sa.select(FILE).where(FILE.c.resource_id == resource_id)
        ).one_or_none()
    return FileCheck(**row._mapping) if row is not None else None


def current(resource: Mapping[str, Any]) -> FileCheck | None:
    """What is known of a file, if it is still the one that was looked at."""
    check = known(str(resource.get("id") or ""))
    if check is None or check.address != resource.get("url"):
        return None
    kept = digest_of(resource.get("hash"))
    return check if not kept or kept in (check.expected, check.found) else None
