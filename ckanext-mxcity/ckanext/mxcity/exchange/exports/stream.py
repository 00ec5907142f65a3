"""Answers that are written while the datasets are read: little memory, whatever the catalogue."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from flask import Response, request, stream_with_context

#: Changed with the way of writing, so that nobody keeps an older form.
FORM = "1"


def json_document(
    head: dict[str, Any],
    chunks: Iterable[list[dict[str, Any]]],
    entry: Callable[[dict[str, Any]], dict[str, Any]],
) -> Iterator[bytes]:
    """Yield the bytes of ``head`` with its list ``dataset``, one dataset a line.

    The head leaves with the first chunk of datasets: a chunk that cannot be read or written is
    raised before any byte is sent, and the request is answered with a status.
    """
    opening = json.dumps(head, ensure_ascii=False, indent=1).rstrip("}").rstrip()
    lines = [opening + (",\n" if head else "") + ' "dataset": [']
    separator = "\n"
    for chunk in chunks:
        for values in chunk:
            lines.append(separator + json.dumps(entry(values), ensure_ascii=False))
            separator = ",\n"
        yield "".join(lines).encode("utf-8", "replace")
        lines = []
    yield ("".join(lines) + "\n]}\n").encode("utf-8", "replace")


def tag(*parts: str) -> str:
    """Return an ETag for a form of writing and a state of the data."""
    text = "\x00".join((FORM, *parts))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def not_modified(etag: str) -> Response | None:
    """Return 304 if the client has this version, else None.

    Only the ETag decides: a date does not tell that a dataset was withdrawn.
    """
    if not request.if_none_match.contains_weak(etag):
        return None
    response = Response(status=304)
    return marked(response, etag, "")


def marked(response: Response, etag: str, modified: str) -> Response:
    """Add what lets a client ask for changes only; ``modified`` is ISO 8601 in UTC, or empty."""
    response.set_etag(etag, weak=True)
    response.headers["Cache-Control"] = "public, no-cache"
    response.vary.add("Accept-Encoding")
    response.access_control_allow_origin = "*"
    if modified:
        response.last_modified = datetime.fromisoformat(modified).replace(tzinfo=UTC)
    return response


def streamed(body: Iterator[bytes], mimetype: str) -> Response:
    """Answer with a body that is made while it is sent, compressed where the client takes it.

    The first part is made before the answer begins: a portal that cannot read says so with a
    status, not with half a document.
    """
    whole = chain([next(body)], body)
    packed = request.accept_encodings["gzip"] > 0
    response = Response(
        stream_with_context(_gzip(whole) if packed else whole),
        content_type=f"{mimetype}; charset=utf-8",
    )
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    return response


def _gzip(body: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    for part in body:
        packed = packer.compress(part)
        if packed:
            yield packed
    yield packer.flush()
