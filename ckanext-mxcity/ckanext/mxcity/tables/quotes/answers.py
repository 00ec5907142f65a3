"""Answers that say themselves how long they may be kept, and by whom they may be framed."""

from __future__ import annotations

import hashlib

from flask import Response, request

#: Seconds that answers may be kept without asking again: files of a quoted chart do not change, but
#: one whose data were withdrawn is not shown for longer.
SECONDS = 600
#: What a page in the frame of any other page may do: show itself.
FRAME_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors *"
)
#: What a picture may do that is opened by itself.
PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'"


def answer(
    body: bytes | str, mimetype: str, *, public: bool, policy: str, status: int = 200
) -> Response:
    """Return an answer that public caches may keep, or none if it is not ``public``."""
    content = body.encode() if isinstance(body, str) else body
    response = Response(content, status, mimetype=mimetype)
    keeping = f"public, max-age={SECONDS}" if public else "private, no-cache"
    response.headers["Cache-Control"] = keeping
    response.headers["Content-Security-Policy"] = policy
    if public:
        response.access_control_allow_origin = "*"
    if status != 200:
        return response
    response.set_etag(hashlib.sha256(content).hexdigest()[:32])
    response.make_conditional(request)
    return response
