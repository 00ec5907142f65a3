"""Hardened against active files: what people upload or harvest is given out, never run."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import quote, unquote

import ckan.plugins.toolkit as tk
from flask import Flask, Response, request

from ckanext.mxcity.guard import config as options
from ckanext.mxcity.guard.headers import INERT_POLICY

#: Pictures that a page shows by itself, and that hold no script.
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"})
_UPLOADS = "/uploads/"
#: Where the proxy has the portal's folder of files; visitors cannot ask for it.
_PROXY_FILES = "/.files/"
_HARVESTED = frozenset({"harvester.object_show"})


def install(app: Flask) -> None:
    """Make the downloads of ``app`` inert, and leave their sending to the portal's own proxy."""
    app.after_request(make_inert)
    if options.own_proxy():
        app.after_request(leave_to_proxy)


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


def leave_to_proxy(response: Response) -> Response:
    """Return ``response``, with the name of a stored file for the proxy in place of its content.

    A reader who takes an hour for it holds none of the portal's threads.
    """
    storage, file = tk.config.get("ckan.storage_path"), _file_of(response)
    if not (storage and file) or response.status_code not in (200, 206):
        return response
    root, path = os.path.realpath(storage), os.path.realpath(file)
    if os.path.commonpath([root, path]) != root:
        return response
    response.close()
    response.response, response.direct_passthrough = [], False
    response.status_code = 200  # the proxy looks by itself whether a part is asked for
    for name in ("Content-Length", "Content-Range"):
        response.headers.pop(name, None)
    response.headers["X-Accel-Redirect"] = _PROXY_FILES + quote(os.path.relpath(path, root))
    return response


def _file_of(response: Response) -> str | None:
    """Return the path of the file that an answer is, or is a part of, as it lies on the disk."""
    wrapper: Any = response.response if response.direct_passthrough else None
    wrapper = getattr(wrapper, "iterable", wrapper)
    file = getattr(wrapper, "file", None) or getattr(wrapper, "filelike", None)
    name = getattr(file, "name", None)
    return name if isinstance(name, str) else None


def _attach(response: Response) -> None:
    response.headers["Content-Security-Policy"] = INERT_POLICY
    disposition = response.headers.get("Content-Disposition", "")
    if disposition.startswith("attachment"):
        return
    name = unquote(request.path.rsplit("/", 1)[-1])
    response.headers.set("Content-Disposition", "attachment", filename=name)
