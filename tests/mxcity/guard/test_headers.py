"""Every answer carries the security headers."""

from __future__ import annotations

import re

import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import factories, helpers
from ckanext.mxcity.guard.headers import HeadersMiddleware
from werkzeug.test import Client

pytestmark = pytest.mark.usefixtures("with_plugins", "database")

ROUTES = {
    "/": 200,
    "/dataset/": 200,
    "/dataset/?q=agua": 200,
    "/organization/": 200,
    "/group/": 200,
    "/about": 200,
    "/user/login": 200,
    "/user/register": None,
    "/feeds/dataset.atom": 200,
    "/catalog.ttl": 200,
    "/api/3/action/status_show": 200,
    "/api/3/action/no_such_action": None,
    "/api/3/action/package_show?id=missing": 404,
    "/no-such-page": 404,
    "/dataset/no-such-dataset": 404,
    "/dataset/new": None,
    "/base/images/ckan-logo.png": None,
    "/salud/vivo": 200,
    "/salud/listo": 200,
}


def inline_code(html: str) -> list[str]:
    """Scripts and handlers written in a page."""
    scripts = re.findall(r"<script(?![^>]*\b(?:src|application/ld\+json))[^>]*>", html)
    return scripts + re.findall(r"<[a-z][^>]*\s(?:on[a-z]+|hx-on[a-z:-]*)=\"[^>]*>", html)


def problems_of(answer, expected: int | None) -> list[str]:
    """What an answer lacks."""
    headers = answer.headers
    policy = headers.get("Content-Security-Policy", "")
    checks = {
        f"status {answer.status_code}": expected in (None, answer.status_code),
        "script-src": "script-src 'self';" in policy,
        "frame-ancestors": "frame-ancestors 'self'" in policy,
        "nosniff": headers.get("X-Content-Type-Options") == "nosniff",
        "referrer": headers.get("Referrer-Policy") == "strict-origin-when-cross-origin",
        "permissions": "camera=()" in headers.get("Permissions-Policy", ""),
        "no HSTS on http": "Strict-Transport-Security" not in headers,
        "inline code": answer.mimetype != "text/html" or not inline_code(answer.text),
    }
    return [name for name, holds in checks.items() if not holds]


def test_headers_of_every_answer(app):
    """Pages, errors, the API, files and health carry the same headers."""
    found = {
        route: problems_of(app.get(route, follow_redirects=False), expected)
        for route, expected in ROUTES.items()
    }
    assert {route: names for route, names in found.items() if names} == {}


def test_https_sites_say_so(app, monkeypatch):
    """A portal on https sends HSTS."""
    monkeypatch.setitem(tk.config, "ckan.site_url", "https://datos.example.mx")
    answer = Client(HeadersMiddleware(app.flask_app.wsgi_app)).get("/salud/vivo")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_pages_of_editors_hold_no_code(app, sign_in, person, organisation, make_dataset):
    """Forms, tokens and views of resources run scripts from files only."""
    dataset = make_dataset(owner_org=organisation["id"])
    resource = factories.Resource(package_id=dataset["id"], url="https://example.mx/a.txt")
    view = helpers.call_action(
        "resource_view_create",
        {"user": person["name"]},
        resource_id=resource["id"],
        view_type="text_view",
        title="Text",
    )
    client = sign_in(person["name"])
    place = f"/dataset/{dataset['name']}/resource/{resource['id']}"
    for page in (
        f"/dataset/{dataset['name']}/resource/new",
        f"/dataset/{dataset['name']}/resource/{resource['id']}/edit",
        f"/dataset/edit/{dataset['name']}",
        f"/user/{person['name']}/api-tokens",
        f"{place}/view/{view['id']}",
        place,
    ):
        answer = client.get(page)
        assert answer.status_code == 200, (page, answer.text[:500])
        assert inline_code(answer.text) == [], page
    text = client.get(f"{place}/view/{view['id']}").text
    assert 'data-guard-global="preload_resource"' in text
    assert "/mxcity-guard/globals.js" in text
    assert app.get("/mxcity-guard/globals.js").status_code == 200
    assert app.get("/mxcity-guard/handlers.js").status_code == 200
