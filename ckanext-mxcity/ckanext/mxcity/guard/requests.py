"""Hardened against requests that no page of ours makes.

Bodies over the limit are refused before they are stored, forwarding headers count only from the
operator's own proxies, state is not changed by following a link, and a sign-in leads nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from urllib.parse import urlsplit
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import ckan.plugins.toolkit as tk
from flask import Flask, Response, abort, request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.middleware.proxy_fix import ProxyFix

from ckanext.mxcity.guard import config as options

_FORWARDED = (
    "HTTP_FORWARDED",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_PREFIX",
    "HTTP_X_FORWARDED_PROTO",
)
#: Pages that change something as soon as they are asked for.
CHANGING = frozenset(
    f"harvester.{name}" for name in ("delete", "refresh", "clear", "job_abort")
)  # fmt: skip
_LEADING_ON = ("next", "came_from", "return_to")
#: Bodies that are read for what they say; a longer one is a file.
_FORMS, _SHORT = ("application/x-www-form-urlencoded", "multipart/form-data"), 1_000_000
_LOCAL_PATH = re.compile(r"/(?![/\\])[^\\\s\x00-\x1f\x7f]*")
_TOO_LARGE = (
    "<!doctype html><html lang=es><meta charset=utf-8><title>Archivo demasiado grande</title>"
    "<h1>Archivo demasiado grande</h1><p>El archivo supera el límite de {limit} MB. "
    "Es posible comprimirlo, dividirlo o publicar un enlace.</p></html>"
)


class BodyLimit:
    """Answer 413 to a request that announces a body over the limit, without reading it."""

    def __init__(self, app: WSGIApplication, limit: int) -> None:
        self.app = app
        self.limit = limit

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Refuse the request or pass it on."""
        try:
            length = int(environ.get("CONTENT_LENGTH") or 0)
        except ValueError:
            length = 0
        if length <= self.limit:
            return self.app(environ, start_response)
        status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        text = _TOO_LARGE.format(limit=self.limit // (1024 * 1024))
        response = Response(text, status, content_type="text/html; charset=utf-8")
        response.headers["Connection"] = "close"
        return response(environ, start_response)


class ForwardedHeaders:
    """Believe the forwarding headers of the operator's proxies, and drop all others."""

    def __init__(self, app: WSGIApplication, proxies: int) -> None:
        self.app = app
        self.fix = ProxyFix(self._resolved, x_for=proxies, x_proto=proxies, x_host=0)
        self.proxies = proxies

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Pass the request on with the address of the client that is known."""
        if self.proxies:
            return self.fix(environ, start_response)
        return self._resolved(environ, start_response)

    def _resolved(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        for name in _FORWARDED:
            environ.pop(name, None)
        return self.app(environ, start_response)


def install(app: Flask) -> None:
    """Check every request of ``app``."""
    app.config["MAX_CONTENT_LENGTH"] = options.max_body_bytes()
    app.before_request(refuse_odd_requests)


def refuse_odd_requests() -> None:
    """Refuse a change by link, and forget where a sign-in should lead if not to this portal.

    An order of which a part is blank is refused, too.

    Raises:
        MethodNotAllowed: a change asked for by anything but POST.

    """
    if request.endpoint in CHANGING and request.method != "POST":
        abort(405, valid_methods=["POST"])
    if any(name in request.args for name in _LEADING_ON):
        request.args = ImmutableMultiDict(
            (name, value)
            for name, value in request.args.items(multi=True)
            if name not in _LEADING_ON or is_local(value)
        )
    if any("\x00" in text for text in _texts()):
        abort(400, tk._("The address or the form has a character that no text has."))
    if any(not all(map(str.strip, order.split(","))) for order in _orders()):
        abort(400)


def _texts() -> Iterator[str]:
    """Yield what a request says: its address, and the fields of a form that is no file."""
    yield request.path
    yield from request.args.values()
    if request.mimetype in _FORMS and (request.content_length or 0) <= _SHORT:
        yield from request.form.values()


def _orders() -> list[str]:
    """Return the orders that a page is asked for; CKAN takes an empty one for none."""
    return [order for order in request.args.getlist("sort") if order]


def is_local(target: str) -> bool:
    """Tell whether ``target`` is a plain address of this portal: a path, or on our own host."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return False
    if parts.scheme in ("http", "https") and parts.netloc == request.host:
        target = target.split(parts.netloc, 1)[1] or "/"
    return _LOCAL_PATH.fullmatch(target) is not None
