"""Where the guard meets the web application: what is installed, and in which order."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from flask import Flask, Response, g

from ckanext.mxcity.guard import config as options
from ckanext.mxcity.guard import downloads, errors, heavy, requests, sessions
from ckanext.mxcity.guard.headers import HeadersMiddleware
from ckanext.mxcity.guard.health import HealthMiddleware
from ckanext.mxcity.guard.templates import InertTemplates


def install(app: Flask) -> Flask:
    """Guard ``app`` and return it."""
    sessions.install(app)
    errors.install(app)
    requests.install(app)
    downloads.install(app)
    heavy.install(app)
    app.add_url_rule("/salud/puede-enviar", "mxcity_guard.may_send", may_send)
    app.after_request(say_that_search_is_down)
    app.jinja_env.add_extension(InertTemplates)
    app.wsgi_app = _wrapped(app)  # type: ignore[method-assign]
    return app


def may_send() -> tuple[str, int]:
    """Answer the proxy whether a visitor may send a large body: 204 to who has signed in."""
    return "", 204 if tk.current_user.is_authenticated else 403


def _wrapped(app: Flask) -> HeadersMiddleware:
    """Return the application inside the layers that every request passes, the last one first."""
    inner = HealthMiddleware(app.wsgi_app, app)
    limited = requests.BodyLimit(inner, options.max_body_bytes())
    proxied = requests.ForwardedHeaders(limited, options.trusted_proxies() + options.own_proxy())
    return HeadersMiddleware(proxied)


def say_that_search_is_down(response: Response) -> Response:
    """Return 503 in plain words for a page that failed because Solr is away."""
    if g.get("mxcity_search_is_down") and response.status_code >= 500:
        return errors.search_is_down(RuntimeError("no connection"))
    return response
