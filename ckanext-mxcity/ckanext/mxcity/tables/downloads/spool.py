"""Files that are made whole before they are sent, and no larger than the operator allows.

The file has no name from the start, so that nothing stays behind whatever happens. Whoever reads
slowly holds neither the database nor more disk than one file.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import ckan.plugins.toolkit as tk
from flask import Response, request
from werkzeug.wsgi import wrap_file

from ckanext.mxcity.tables import config

#: Room that stays free on the disk, in bytes; small files are made all the same.
LEAST_FREE = 300 * 1024 * 1024
_STEP = 1024 * 1024


class TooMuchError(Exception):
    """A bound was reached: ``what`` is "seconds", "megabytes" or "room", ``bound`` how much."""

    def __init__(self, what: str, bound: int = 0) -> None:
        super().__init__(f"{what}: {bound}")
        self.what = what
        self.bound = bound


class Bounds:
    """What making one file may take."""

    def __init__(self, folder: Path, seconds: int = 0, megabytes: int = 0) -> None:
        self.folder = folder
        self.seconds = seconds or config.download_seconds()
        self.megabytes = megabytes or config.download_megabytes()
        self._end = time.monotonic() + self.seconds
        self._checked = 0

    def check(self, size: int) -> None:
        """Raise TooMuchError if a file of ``size`` bytes has reached a bound."""
        if size > self.megabytes * 1024 * 1024:
            raise TooMuchError("megabytes", self.megabytes)
        if size - self._checked < _STEP:
            return
        self._checked = size
        self.check_time()
        if shutil.disk_usage(self.folder).free < LEAST_FREE:
            raise TooMuchError("room")

    def check_time(self) -> None:
        """Raise TooMuchError if the time is over."""
        if time.monotonic() > self._end:
            raise TooMuchError("seconds", self.seconds)


class Spool:
    """A file that is written under ``bounds``."""

    def __init__(self, file: IO[bytes], bounds: Bounds) -> None:
        self.file = file
        self.bounds = bounds
        self.size = 0

    def write(self, part: bytes) -> int:
        """Add to the file; TooMuchError at a bound."""
        self.size += len(part)
        self.bounds.check(self.size)
        return self.file.write(part)

    def write_all(self, parts: Iterable[bytes]) -> None:
        """Add all parts, one after the other."""
        for part in parts:
            self.write(part)


def folder() -> Path:
    """Return the folder of files that are being made: where uploads are, or the system's."""
    storage = tk.config.get("ckan.storage_path")
    place = Path(storage or tempfile.gettempdir()) / "mxcity-downloads"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


@contextmanager
def spooled() -> Iterator[Spool]:
    """Give a file to write; it is closed if the block fails."""
    place = folder()
    file: IO[bytes] = tempfile.TemporaryFile(dir=place)  # noqa: SIM115  # outlives the block
    try:
        yield Spool(file, Bounds(place))
    except BaseException:
        file.close()
        raise


@contextmanager
def workplace() -> Iterator[Path]:
    """Give a folder for files that need a name; what a killed process left goes first."""
    place = folder()
    for left in place.iterdir():
        if time.time() - left.stat().st_mtime > 2 * config.download_seconds():
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=place) as made:
        yield Path(made)


def answer(file: IO[bytes], mimetype: str) -> Response:
    """Answer with a file that is whole; it is closed when it has been sent."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    body: Any = wrap_file(request.environ, file)
    response = Response(body, content_type=mimetype, direct_passthrough=True)
    response.content_length = size
    return response
