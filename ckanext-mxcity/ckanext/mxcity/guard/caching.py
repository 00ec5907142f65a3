"""Hardened against a private answer in a shared cache: who may keep an answer, and how long.

CKAN writes ``public`` on whatever it did not render from a template, answers of the API to who has
signed in among them, and ``max-age=0`` over what a view said. Here an answer to a person, or one
that sets a cookie, is never public; what a view says of its own answer stands; and pages that all
visitors see alike may be kept for a minute.
"""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import ckan.plugins.toolkit as tk
from flask import Response, request, session
from werkzeug.datastructures import Headers

from ckanext.mxcity.catalogue import light

#: Seconds that a page may be kept: what is withdrawn is gone from every cache after them.
PAGE_SECONDS = 60
PAGE = f"public, max-age={PAGE_SECONDS}"
#: The address of a compiled asset changes with its content.
ASSET = "public, max-age=31536000, immutable"
PRIVATE = "private"
#: What every session holds, one that was never begun too.
EMPTY = {"_permanent"}
#: Where the application leaves the policy for the layer that writes it.
NOTE = "mxcity.cache_control"


def note(response: Response) -> Response:
    """Note what is to be written in the end: CKAN writes over it, and cookies come later."""
    request.environ[NOTE] = policy(response)
    if request.environ[NOTE] == PAGE:
        response.vary.add("Accept")  # the same address answers machines with RDF
    return response


def policy(response: Response) -> str | None:
    """Return who may keep the answer to the current request; None leaves it to CKAN."""
    said = response.headers.get("Cache-Control")
    if said and response.cache_control.no_store:
        return said
    if tk.current_user.is_authenticated or set(session) - EMPTY:
        return PRIVATE
    if request.endpoint == "webassets.index":
        return ASSET if response.status_code < HTTPStatus.BAD_REQUEST else None
    if said:
        return said
    if _is_read_by_all(response):
        return PAGE
    return PRIVATE if (request.endpoint or "").startswith("user.") else None


def _is_read_by_all(response: Response) -> bool:
    """Return whether it is a page that every visitor sees alike; those of accounts are not."""
    return (
        response.status_code == HTTPStatus.OK
        and request.method in ("GET", "HEAD")
        and response.mimetype == "text/html"
        and light.is_light()
        and not (request.endpoint or "").startswith("user.")
    )


class CacheMiddleware:
    """Write what was noted, once it is known whether the answer sets a cookie."""

    def __init__(self, app: WSGIApplication) -> None:
        self.app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer with the policy of what was noted."""

        def start(status: str, answered: list[tuple[str, str]], *rest: Any) -> Any:
            headers = Headers(answered)
            said = environ.get(NOTE)
            if "Set-Cookie" in headers and "no-store" not in (said or ""):
                said = PRIVATE
            if said:
                headers["Cache-Control"] = said
            return start_response(status, headers.to_wsgi_list(), *rest)

        return self.app(environ, start)
