"""Hardened against active files: what people upload or harvest is given out, never run."""

from __future__ import annotations

from urllib.parse import unquote

from flask import Flask, Response, request

from ckanext.mxcity.guard.headers import INERT_POLICY

#: Pictures that a page shows by itself, and that hold no script.
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"})
_UPLOADS = "/uploads/"
_HARVESTED = frozenset({"harvester.object_show"})


def install(app: Flask) -> None:
    """Make the downloads of ``app`` inert."""
    app.after_request(make_inert)


def make_inert(response: Response) -> Response:
    """Return ``response``, as an attachment if a file, as plain text if a harvested document."""
    endpoint = request.endpoint or ""
    if response.status_code >= 300:
        return response
    if endpoint in _HARVESTED:
        response.headers["Content-Type"] = "text/plain; charset=utf-8"
        response.headers["Content-Security-Policy"] = INERT_POLICY
    elif endpoint.endswith("resource.download"):
        _attach(response)
    elif request.path.startswith(_UPLOADS):
        response.headers["Content-Security-Policy"] = INERT_POLICY
        if response.mimetype not in PICTURES:
            _attach(response)
    return response


def _attach(response: Response) -> None:
    response.headers["Content-Security-Policy"] = INERT_POLICY
    disposition = response.headers.get("Content-Disposition", "")
    if disposition.startswith("attachment"):
        return
    name = unquote(request.path.rsplit("/", 1)[-1])
    response.headers.set("Content-Disposition", "attachment", filename=name)
