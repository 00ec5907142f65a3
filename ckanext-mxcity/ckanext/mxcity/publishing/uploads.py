"""Files that arrive in pieces: kept apart for each user until they are published or expire.

One upload is some files in the folder of its owner: the bytes received so far, a small JSON
description, and what is known of the file since. The offset is the size of the first, so that
nothing can disagree after a crash.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import BinaryIO

PIECE = 1 << 16
#: What the system says when a disk, or what one may use of it, is full.
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
#: Ends the name of the file that says that a worker has something to do; it has the owner in it.
MARK = ".pending"
_LENGTH = 32
_ID = re.compile(rf"[0-9a-f]{{{_LENGTH}}}")


class UploadError(Exception):
    """An upload cannot go on; ``code`` names the reason, ``status`` is its HTTP status."""

    def __init__(self, code: str, status: int) -> None:
        super().__init__(code)
        self.code = code
        self.status = status


@dataclass(frozen=True)
class Upload:
    """What is known of one upload: ``size``, ``offset`` in bytes, ``created`` in Unix seconds."""

    id: str
    name: str
    size: int
    created: float
    offset: int

    @property
    def complete(self) -> bool:
        """Whether every byte has arrived."""
        return self.offset == self.size


@dataclass(frozen=True)
class UploadStore:
    """The uploads under ``folder``.

    At most ``largest`` bytes each, ``quota`` bytes and ``most`` files an owner that are not
    published, kept until ``lifetime`` seconds have passed without a change.
    """

    folder: Path
    largest: int
    lifetime: float
    quota: int = 1 << 40
    most: int = 1 << 20

    def create(self, owner: str, name: str, size: int) -> Upload:
        """Begin an upload of ``size`` bytes; raises UploadError when the size is not allowed."""
        if size <= 0:
            raise UploadError("empty", 400)
        if size > self.largest:
            raise UploadError("too_large", 413)
        # Both separators: a browser on Windows may send the whole path.
        plain = re.split(r"[/\\]", name.replace("\0", ""))[-1][-200:] or "archivo"
        upload = Upload(secrets.token_hex(16), plain, size, time.time(), 0)
        with disk_has_room(), self._alone(owner) as folder:
            waiting = [there.size for there in self.list(owner) if there.size]
            if size + sum(waiting) > self.quota or len(waiting) >= self.most:
                raise UploadError("quota", 413)
            path = folder / upload.id
            try:
                path.touch(mode=0o600)
                write_whole(path.with_suffix(".json"), _facts(upload))
            except OSError:
                self._remove(path)
                raise
        return upload

    def list(self, owner: str) -> list[Upload]:
        """Describe the uploads of ``owner``, the newest first."""
        found = []
        for path in self._home(owner).glob("*.json"):
            if _ID.fullmatch(path.stem):
                with suppress(UploadError):
                    found.append(self.show(owner, path.stem))
        return sorted(found, key=lambda upload: -upload.created)

    def show(self, owner: str, upload_id: str) -> Upload:
        """Describe an upload of ``owner``; raises UploadError when there is none."""
        path = self.path(owner, upload_id)
        try:
            facts = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
            upload = Upload(**facts, offset=path.stat().st_size)
        except FileNotFoundError:
            raise UploadError("not_found", 404) from None
        if self._last_change(path) + self.lifetime < time.time():
            raise UploadError("expired", 410)
        return upload

    def append(self, owner: str, upload_id: str, offset: int, piece: BinaryIO) -> Upload:
        """Add the bytes of ``piece`` at ``offset``, which has to be where the upload stands."""
        path = self.path(owner, upload_id)
        self.show(owner, upload_id)
        with disk_has_room(), _locked(path) as target:
            upload = self.show(owner, upload_id)
            if offset != upload.offset:
                raise UploadError("wrong_offset", 409)
            left = upload.size - offset
            while data := piece.read(min(PIECE, left + 1)):
                if len(data) > left:
                    target.truncate(offset)
                    raise UploadError("more_than_announced", 413)
                _write(target, data)
                left -= len(data)
        return self.show(owner, upload_id)

    def delete(self, owner: str, upload_id: str) -> None:
        """Remove an upload with what has arrived of it; one that is not there is no error."""
        self._remove(self.path(owner, upload_id))

    def empty(self, owner: str, upload_id: str) -> None:
        """Let the bytes of an upload go; what is known of it stays until its time is over."""
        path, upload = self.path(owner, upload_id), self.show(owner, upload_id)
        write_whole(path.with_suffix(".json"), _facts(replace(upload, size=0)))
        os.truncate(path, 0)

    def sweep(self) -> int:
        """Remove every upload whose time is over; returns how many went."""
        before = time.time() - self.lifetime
        # By any of its files: what a full disk or a killed process left may be without bytes.
        stems = {path.with_name(path.name[:_LENGTH]) for path in self.folder.glob("*/*")}
        old = [
            path for path in stems if _ID.fullmatch(path.name) and self._last_change(path) < before
        ]
        for path in old:
            self._remove(path)
        return len(old)

    def mark(self, owner: str, upload_id: str) -> None:
        """Remember that a worker has something to do with an upload."""
        path = self.path(owner, upload_id).with_suffix(MARK)
        if not path.exists():
            write_whole(path, owner)

    def unmark(self, owner: str, upload_id: str) -> None:
        """Forget that a worker has something to do with an upload."""
        self.path(owner, upload_id).with_suffix(MARK).unlink(missing_ok=True)

    def marked(self) -> Iterator[tuple[str, str]]:
        """Give the owner and the id of each upload that is marked, the oldest mark first."""
        found = []
        for path in self.folder.glob(f"*/*{MARK}"):
            with suppress(FileNotFoundError):  # it may be done by now
                found.append((path.stat().st_mtime, path.read_text(encoding="utf-8"), path.stem))
        return iter([(owner, upload_id) for _, owner, upload_id in sorted(found)])

    def path(self, owner: str, upload_id: str) -> Path:
        """Where the bytes of an upload lie; raises UploadError for what is no identifier."""
        if not _ID.fullmatch(upload_id):
            raise UploadError("not_found", 404)
        return self._home(owner) / upload_id

    @staticmethod
    def _last_change(path: Path) -> float:
        """When anything of an upload was last written, in Unix seconds."""
        changes = [0.0]
        for part in path.parent.glob(f"{path.name}*"):
            with suppress(FileNotFoundError):  # another request may remove it
                changes.append(part.stat().st_mtime)
        return max(changes)

    @staticmethod
    def _remove(path: Path) -> None:
        # The bytes last: without its description an upload is not there for anybody.
        for part in sorted(path.parent.glob(f"{path.name}*"), reverse=True):
            part.unlink(missing_ok=True)

    @contextmanager
    def _alone(self, owner: str) -> Iterator[Path]:
        """Give the folder of an owner while no other request of the same owner has it."""
        folder = self._home(owner)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with folder.with_suffix(".lock").open("ab") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield folder

    def _home(self, owner: str) -> Path:
        return self.folder / hashlib.sha256(owner.encode()).hexdigest()[:32]


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def write_whole(path: Path, text: str) -> None:
    """Write a file so that a reader sees the old text or the new one, never a part."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


@contextmanager
def disk_has_room() -> Iterator[None]:
    """Raise UploadError where the disk has no room for what the block writes."""
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise UploadError("no_room", 507) from error
        raise


def _facts(upload: Upload) -> str:
    return json.dumps({key: value for key, value in asdict(upload).items() if key != "offset"})


def _write(target: BinaryIO, data: bytes) -> None:
    """Write all of it: a disk that is nearly full takes a part and says so only by the number."""
    left = memoryview(data)
    while left:
        left = left[target.write(left) :]


@contextmanager
def _locked(path: Path) -> Iterator[BinaryIO]:
    """Open a file for adding, refused while another request adds to it."""
    with path.open("ab", buffering=0) as target:
        try:
            fcntl.flock(target, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UploadError("busy", 423) from None
        yield target
        os.fsync(target.fileno())
