"""Open an archive without reserving what it declares."""

from __future__ import annotations

import io
import struct
import zipfile
from typing import BinaryIO

from ckanext.mxcity.files.model import FileRefused, Limits

_END = b"PK\x05\x06"
_END_64 = b"PK\x06\x06"
_LOCATOR_64 = b"PK\x06\x07"
#: The end of an archive with the longest comment, and what may stand before it.
_TAIL = 22 + 65_535 + 20 + 56
#: The shortest entry of an archive's list, in bytes, and one with a long name and its extras.
_ENTRY = 512


def open_archive(file: BinaryIO, limits: Limits) -> zipfile.ZipFile:
    """Open an archive whose list of members is not too long; FileRefused else, or if damaged."""
    try:
        if _listed(file) > limits.members * _ENTRY:
            raise FileRefused("too-many-members", limit=limits.members)
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, struct.error) as error:
        raise FileRefused("broken-archive") from error
    if len(archive.infolist()) > limits.members:
        archive.close()
        raise FileRefused("too-many-members", limit=limits.members)
    return archive


def _listed(file: BinaryIO) -> int:
    """Return how many bytes of the archive are read as its list of members."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - _TAIL))
    tail = file.read(_TAIL)
    file.seek(0)
    # As zipfile looks for it: without a comment first.
    place = len(tail) - 22
    if not (tail.startswith(_END, max(place, 0)) and tail.endswith(b"\x00\x00")):
        place = tail.rfind(_END)
    if place < 0 or len(tail) < place + 22:
        return 0
    listed: int = struct.unpack("<L", tail[place + 12 : place + 16])[0]
    if tail[place - 20 : place - 16] == _LOCATOR_64 and tail[place - 76 : place - 72] == _END_64:
        listed = struct.unpack("<Q", tail[place - 36 : place - 28])[0]
    return min(listed, size)
