"""Where the guard meets the web application: what is installed, and in which order."""

from __future__ import annotations

from http import HTTPStatus

import ckan.plugins.toolkit as tk
from flask import Flask, Response, g

from ckanext.mxcity.guard import (
    arguments,
    caching,
    downloads,
    errors,
    heavy,
    requests,
    reset,
    sessions,
    templates,
)
from ckanext.mxcity.guard import config as options
from ckanext.mxcity.guard.headers import HeadersMiddleware
from ckanext.mxcity.guard.health import HealthMiddleware
from ckanext.mxcity.guard.index import connection, query


def install(app: Flask) -> Flask:
    """Guard ``app`` and return it."""
    sessions.install(app)
    errors.install(app)
    requests.install(app)
    arguments.install(app)
    reset.install(app)
    downloads.install(app)
    heavy.install(app)
    app.add_url_rule("/salud/puede-enviar", "mxcity_guard.may_send", may_send)
    app.after_request(say_what_search_could_not)
    app.after_request(caching.note)
    templates.install(app)
    app.wsgi_app = _wrapped(app)  # type: ignore[method-assign]
    return app


def may_send() -> tuple[str, int]:
    """Answer the proxy whether a visitor may send a large body: 204 to who has signed in."""
    return "", 204 if tk.current_user.is_authenticated else 403


def _wrapped(app: Flask) -> HeadersMiddleware:
    """Return the application inside the layers that every request passes, the last one first."""
    inner = HealthMiddleware(caching.CacheMiddleware(app.wsgi_app), app)
    limited = requests.BodyLimit(inner, options.max_body_bytes())
    proxied = requests.ForwardedHeaders(limited, options.trusted_proxies() + options.own_proxy())
    return HeadersMiddleware(proxied)


def say_what_search_could_not(response: Response) -> Response:
    """Give a page whose search failed the status of that: 503 without Solr, 400 for a bad one."""
    if g.get(connection.NOTED) and response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        g.pop("_webassets", None)  # else the page has the styles already, as CKAN sees it
        return errors.search_is_down(RuntimeError("no connection"))
    if g.get(query.BAD) and response.status_code == HTTPStatus.OK:
        response.status_code = HTTPStatus.BAD_REQUEST
    return response
