"""Answers that say themselves how long they may be kept, and by whom they may be framed."""

from __future__ import annotations

import hashlib

from flask import Response, request
from werkzeug.datastructures import ResponseCacheControl

#: Seconds that files of a quoted chart may be kept without asking again: they do not change, and a
#: chart whose data were withdrawn is not shown for longer.
FILE_SECONDS = 24 * 3600
#: Seconds that its page in a frame may be kept: it tells whether the data have changed since.
FRAME_SECONDS = 600
#: What a page in the frame of any other page may do: show itself.
FRAME_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors *"
)
#: What a picture may do that is opened by itself.
PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'"


class Kept(Response):
    """An answer whose header ``Cache-Control`` stands: CKAN writes its own into others."""

    @property
    def cache_control(self) -> ResponseCacheControl:
        """What CKAN may change without any effect."""
        return ResponseCacheControl()


def answer(body: bytes | str, mimetype: str, *, public: bool, seconds: int, policy: str) -> Kept:
    """Return an answer that public caches may keep, or none if it is not ``public``."""
    content = body.encode() if isinstance(body, str) else body
    response = Kept(content, mimetype=mimetype)
    keeping = f"public, max-age={seconds}" if public else "private, no-cache"
    if public and seconds == FILE_SECONDS:
        keeping += ", immutable"
    response.headers["Cache-Control"] = keeping
    response.headers["Content-Security-Policy"] = policy
    if public:
        response.access_control_allow_origin = "*"
    response.set_etag(hashlib.sha256(content).hexdigest()[:32])
    response.make_conditional(request)
    return response
