"""Checksums of files. No CKAN import."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from typing import Any

#: The length of a checksum in hexadecimal digits tells what made it.
_ALGORITHMS = {32: "md5", 40: "sha1", 64: "sha256", 128: "sha512"}
_HEXADECIMAL = re.compile(r"[0-9a-f]+")
_PIECE = 1 << 20


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
