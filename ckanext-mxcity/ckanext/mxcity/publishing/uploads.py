"""Files that arrive in pieces: each is kept for its owner until it is published or expires.

One upload is some files in the folder of its owner: the bytes received so far, a small JSON
description, and what is known of the file since. The offset is the size of the first, so that
nothing can disagree after a crash.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from ckanext.mxcity.publishing.upload_files import (
    UploadError,
    append_to,
    disk_has_room,
    last_change,
    remove_all,
    write_all,
    write_whole,
)

PIECE = 1 << 16
#: Ends the name of the file that says that a worker has something to do; it has the owner in it.
MARK = ".pending"
#: Ends the names of files of a dataset that are kept while they are replaced.
REPLACED = ".replaced"
_LENGTH = 32
_ID = re.compile(rf"[0-9a-f]{{{_LENGTH}}}")


@dataclass(frozen=True)
class Upload:
    """One upload: ``size`` and ``offset`` are in bytes, ``created`` is in Unix seconds.

    Its bytes lie at ``path``; its other files lie beside, under the same name with other ends.
    """

    id: str
    name: str
    size: int
    created: float
    offset: int
    owner: str
    path: Path

    @classmethod
    def at(cls, path: Path, owner: str) -> Upload:
        """Read an upload from the disk.

        Raises:
            UploadError: there is none at this path.

        """
        try:
            facts = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
            return cls(**facts, offset=path.stat().st_size, owner=owner, path=path)
        except FileNotFoundError:
            raise UploadError("not_found", 404) from None

    @property
    def complete(self) -> bool:
        """Whether every byte has arrived."""
        return self.offset == self.size

    def as_dict(self) -> dict[str, Any]:
        """Return what the owner may know of the upload."""
        return {**self.facts(), "offset": self.offset}

    def append(self, offset: int, piece: BinaryIO) -> Upload:
        """Add bytes at an offset, which has to be where the upload stands.

        Raises:
            UploadError: another request adds bytes, the offset is another, the file becomes longer
                than was announced, or the disk is full.

        """
        with disk_has_room(), append_to(self.path) as target:
            upload = self._now()
            if offset != upload.offset:
                raise UploadError("wrong_offset", 409)
            left = upload.size - offset
            while data := piece.read(min(PIECE, left + 1)):
                if len(data) > left:
                    target.truncate(offset)
                    raise UploadError("more_than_announced", 413)
                write_all(target, data)
                left -= len(data)
        return self._now()

    def require_complete(self) -> None:
        """Raise an error unless every byte has arrived, and no request can take one back.

        Raises:
            UploadError: bytes are missing, or a request adds bytes at this moment.

        """
        with append_to(self.path):
            if not self._now().complete:
                raise UploadError("incomplete", 409)

    @contextmanager
    def locked(self, wait: bool = True) -> Iterator[None]:
        """Keep other requests and workers from changing the state of the upload.

        Args:
            wait: whether to wait while another has the lock.

        Raises:
            UploadError: another has the lock, or the upload was removed meanwhile.

        """
        self._now()
        lock = self.path.with_suffix(".state.lock")
        with disk_has_room(), lock.open("ab") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                raise UploadError("busy", 409) from None
            try:
                self._now()
            except UploadError:
                lock.unlink(missing_ok=True)
                raise
            yield

    def delete(self) -> None:
        """Remove every file of the upload."""
        remove_all(self.path)

    def empty(self) -> None:
        """Remove the bytes of the upload; what is known of it stays until its time is over."""
        emptied = replace(self._now(), size=0)
        write_whole(self.path.with_suffix(".json"), json.dumps(emptied.facts()))
        os.truncate(self.path, 0)
        for kept in self.path.parent.glob(f"{self.id}{REPLACED}-*"):
            kept.unlink(missing_ok=True)

    def mark(self) -> None:
        """Remember that a worker has something to do with the upload."""
        path = self.path.with_suffix(MARK)
        if not path.exists():
            write_whole(path, self.owner)

    def unmark(self) -> None:
        """Forget that a worker has something to do with the upload."""
        self.path.with_suffix(MARK).unlink(missing_ok=True)

    def sha256(self) -> str:
        """Return the SHA-256 of the bytes, in hexadecimal."""
        with self.path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()

    def _now(self) -> Upload:
        return Upload.at(self.path, self.owner)

    def facts(self) -> dict[str, Any]:
        """Return what is kept beside the bytes of the upload."""
        return {"id": self.id, "name": self.name, "size": self.size, "created": self.created}


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
        """Begin an upload of ``size`` bytes.

        Raises:
            UploadError: the size is not allowed, the owner has too many, or the disk is full.

        """
        if size <= 0:
            raise UploadError("empty", 400)
        if size > self.largest:
            raise UploadError("too_large", 413)
        # Both separators: a browser on Windows may send the whole path.
        plain = re.split(r"[/\\]", name.replace("\0", ""))[-1][-200:] or "archivo"
        with disk_has_room(), self._alone(owner) as folder:
            waiting = [there.size for there in self.list(owner) if there.size]
            if size + sum(waiting) > self.quota or len(waiting) >= self.most:
                raise UploadError("quota", 413)
            made = secrets.token_hex(_LENGTH // 2)
            upload = Upload(made, plain, size, time.time(), 0, owner, folder / made)
            try:
                upload.path.touch(mode=0o600)
                write_whole(upload.path.with_suffix(".json"), json.dumps(upload.facts()))
            except OSError:
                upload.delete()
                raise
        return upload

    def list(self, owner: str) -> list[Upload]:
        """Return the uploads of ``owner``, the newest first."""
        found = []
        for path in self._home(owner).glob("*.json"):
            if _ID.fullmatch(path.stem):
                with suppress(UploadError):
                    found.append(self.get(owner, path.stem))
        return sorted(found, key=lambda upload: -upload.created)

    def get(self, owner: str, upload_id: str) -> Upload:
        """Return an upload of ``owner``.

        Raises:
            UploadError: there is none of this id, or its time is over.

        """
        if not _ID.fullmatch(upload_id):
            raise UploadError("not_found", 404)
        upload = Upload.at(self._home(owner) / upload_id, owner)
        if last_change(upload.path) + self.lifetime < time.time():
            raise UploadError("expired", 410)
        return upload

    def sweep(self) -> int:
        """Remove every upload whose time is over; returns how many went."""
        before = time.time() - self.lifetime
        # By any of its files: what a full disk or a killed process left may be without bytes.
        stems = {path.with_name(path.name[:_LENGTH]) for path in self.folder.glob("*/*")}
        old = [path for path in stems if _ID.fullmatch(path.name) and last_change(path) < before]
        for path in old:
            remove_all(path)
        return len(old)

    def marked(self) -> Iterator[tuple[str, str]]:
        """Give the owner and the id of each upload that is marked, the oldest mark first."""
        found = []
        for path in self.folder.glob(f"*/*{MARK}"):
            with suppress(FileNotFoundError):  # it may be done by now
                found.append((path.stat().st_mtime, path.read_text(encoding="utf-8"), path.stem))
        return iter([(owner, upload_id) for _, owner, upload_id in sorted(found)])

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
