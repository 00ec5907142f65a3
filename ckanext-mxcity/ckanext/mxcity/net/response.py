"""What came back: status, headers and the decoded body, in memory or in a temporary file."""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ckanext.mxcity.ground.errors import TooLargeError
from ckanext.mxcity.ground.numbers import whole_number
from ckanext.mxcity.net.limits import Limits

#: Digits of the longest Content-Length that is understood.
_LONGEST_LENGTH = 18
_CHUNK = 64 * 1024
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)


@dataclass(frozen=True)
class Response:
    """An answer. ``status`` is 200-299, or 304 with an empty body."""

    status: int
    #: After redirects.
    url: str
    #: Names in lower case.
    headers: Mapping[str, str]
    #: Decoded (decompressed). A path when it was large: call :meth:`close` to remove the file.
    body: bytes | Path
    size: int
    sha256: str

    @property
    def media_type(self) -> str:
        """The declared type without parameters, in lower case; empty if none."""
        return self.headers.get("content-type", "").split(";")[0].strip().lower()

    @property
    def encoding(self) -> str:
        """The declared character set, empty if none."""
        found = _CHARSET.search(self.headers.get("content-type", ""))
        return found.group(1).lower() if found else ""

    @property
    def etag(self) -> str:
        """What to send as ``etag`` the next time; empty if the server gave none."""
        return self.headers.get("etag", "")

    @property
    def last_modified(self) -> str:
        """What to send as ``last_modified`` the next time; empty if the server gave none."""
        return self.headers.get("last-modified", "")

    @property
    def not_modified(self) -> bool:
        """Whether the server says that nothing changed since ``etag`` or ``last_modified``."""
        return self.status == 304

    def content(self) -> bytes:
        """Return the whole body."""
        return self.body if isinstance(self.body, bytes) else self.body.read_bytes()

    def close(self) -> None:
        """Remove the temporary file, if there is one."""
        if isinstance(self.body, Path):
            self.body.unlink(missing_ok=True)


def read_body(raw: Any, url: str, limits: Limits) -> tuple[bytes | Path, int, str]:
    """Read a body in pieces, counting decoded bytes.

    Args:
        raw: an open ``urllib3.HTTPResponse``.
        url: named in the error.
        limits: ``max_bytes`` and ``spool_bytes``.

    Returns:
        The body (a path when larger than ``spool_bytes``), its size and its SHA-256.

    Raises:
        TooLargeError: as soon as it is known, before reading where the server says its size.

    """
    declared = whole_number(raw.headers.get("content-length", ""), digits=_LONGEST_LENGTH)
    if declared is not None and declared > limits.max_bytes:
        raise TooLargeError(url=url, limit=limits.max_bytes)
    digest, size = hashlib.sha256(), 0
    path: Path | None = None
    with tempfile.SpooledTemporaryFile(max_size=limits.spool_bytes) as spool:
        while chunk := raw.read1(_CHUNK, decode_content=True):
            size += len(chunk)
            if size > limits.max_bytes:
                raise TooLargeError(url=url, limit=limits.max_bytes)
            digest.update(chunk)
            spool.write(chunk)
        spool.seek(0)
        if size <= limits.spool_bytes:
            return spool.read(), size, digest.hexdigest()
        with tempfile.NamedTemporaryFile(prefix="mxcity-fetch-", delete=False) as kept:
            path = Path(kept.name)
            while block := spool.read(_CHUNK):
                kept.write(block)
    return path, size, digest.hexdigest()
