"""Where the guard meets the web application: what is installed, and in which order."""

from __future__ import annotations

from flask import Flask, Response, g

from ckanext.mxcity.guard import arguments, downloads, errors, requests, reset, sessions, templates
from ckanext.mxcity.guard import config as options
from ckanext.mxcity.guard.headers import HeadersMiddleware
from ckanext.mxcity.guard.health import HealthMiddleware


def install(app: Flask) -> Flask:
    """Guard ``app`` and return it."""
    sessions.install(app)
    errors.install(app)
    requests.install(app)
    arguments.install(app)
    reset.install(app)
    downloads.install(app)
    app.after_request(say_that_search_is_down)
    templates.install(app)
    app.wsgi_app = _wrapped(app)  # type: ignore[method-assign]
    return app


def _wrapped(app: Flask) -> HeadersMiddleware:
    """Return the application inside the layers that every request passes, the last one first."""
    inner = HealthMiddleware(app.wsgi_app, app)
    limited = requests.BodyLimit(inner, options.max_body_bytes())
    proxied = requests.ForwardedHeaders(limited, options.trusted_proxies())
    return HeadersMiddleware(proxied)


def say_that_search_is_down(response: Response) -> Response:
    """Return 503 in plain words for a page that failed because Solr is away."""
    if g.get("mxcity_search_is_down") and response.status_code >= 500:
        return errors.search_is_down(RuntimeError("no connection"))
    return response
