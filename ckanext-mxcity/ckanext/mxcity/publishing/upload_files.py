"""Writing the files of an upload: whole or not at all, and one writer at a time."""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

#: What the system says when a disk, or what one may use of it, is full.
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})


class UploadError(Exception):
    """An upload cannot go on; ``code`` names the reason, ``status`` is its HTTP status."""

    def __init__(self, code: str, status: int) -> None:
        super().__init__(code)
        self.code = code
        self.status = status


def write_whole(path: Path, text: str) -> None:
    """Write a file so that a reader sees the old text or the new one, never a part."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def write_all(target: BinaryIO, data: bytes) -> None:
    """Write every byte: a disk that is nearly full takes a part and tells only the number."""
    left = memoryview(data)
    while left:
        left = left[target.write(left) :]


@contextmanager
def append_to(path: Path) -> Iterator[BinaryIO]:
    """Open the bytes of an upload for adding.

    Raises:
        UploadError: another request adds to them, or they were removed.

    """
    try:
        # Not created anew: another request may have removed the upload meanwhile.
        opened = os.open(path, os.O_WRONLY | os.O_APPEND)
    except FileNotFoundError:
        raise UploadError("not_found", 404) from None
    with os.fdopen(opened, "ab", buffering=0) as target:
        try:
            fcntl.flock(target, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UploadError("busy", 423) from None
        yield target
        os.fsync(target.fileno())


@contextmanager
def disk_has_room() -> Iterator[None]:
    """Turn the system's error of a full disk into an UploadError."""
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise UploadError("no_room", 507) from error
        raise


def last_change(path: Path) -> float:
    """Return when any file of an upload was last written, in Unix seconds."""
    changes = [0.0]
    for part in path.parent.glob(f"{path.name}*"):
        with suppress(FileNotFoundError):  # another request may remove it
            changes.append(part.stat().st_mtime)
    return max(changes)


def remove_all(path: Path) -> None:
    """Remove every file of an upload."""
    # The bytes last: without its description an upload is not there for anybody.
    for part in sorted(path.parent.glob(f"{path.name}*"), reverse=True):
        part.unlink(missing_ok=True)
