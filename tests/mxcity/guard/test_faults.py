"""When a server is away, visitors read what happened and the rest goes on."""

from __future__ import annotations

import shutil

import ckan.plugins.toolkit as tk
import pytest
import redis as redis_client
from ckan.lib import redis as ckan_redis

pytestmark = pytest.mark.usefixtures("with_plugins", "database")

NOBODY = "127.0.0.1:9"


@pytest.fixture
def without_solr(monkeypatch):
    """Solr's address is one where nobody answers."""
    monkeypatch.setitem(tk.config, "solr_url", f"http://{NOBODY}/solr/none")


@pytest.fixture
def without_redis(app, monkeypatch):
    """Redis is where nobody answers."""
    host, port = NOBODY.split(":")
    pool = redis_client.ConnectionPool(host=host, port=int(port))
    monkeypatch.setattr(ckan_redis, "_connection_pool", pool)
    nobody = redis_client.Redis(connection_pool=pool)
    monkeypatch.setattr(app.flask_app.session_interface, "client", nobody)


def test_health(app):
    """A portal in health says so, without versions or addresses."""
    alive, ready = app.get("/salud/vivo"), app.get("/salud/listo")
    assert alive.json == {"estado": "vivo"}
    assert ready.status_code == 200, ready.text
    assert ready.json["partes"] == {
        "base_de_datos": True,
        "buscador": True,
        "indice": True,
        "redis": True,
        "almacenamiento": True,
    }
    for answer in (alive, ready):
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in answer.headers


def test_search_without_solr_says_so(app, make_dataset, organisation, request):
    """Search answers 503 with a time to come back; datasets are shown from the database."""
    dataset = make_dataset(owner_org=organisation["id"])
    request.getfixturevalue("without_solr")
    for page in ("/dataset/", "/dataset/?q=agua", "/api/3/action/package_search?q=agua"):
        answer = app.get(page)
        assert answer.status_code == 503, (page, answer.status_code)
        assert answer.headers["Retry-After"] == "30"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert dataset["title"] in app.get(f"/dataset/{dataset['name']}").text
    shown = app.get(f"/api/3/action/package_show?id={dataset['id']}")
    assert shown.json["result"]["id"] == dataset["id"]
    assert app.get("/about").status_code == 200
    assert app.get("/").status_code == 200


def test_health_without_solr(app, without_solr, monkeypatch):
    """Readiness names the part that is missing."""
    import time

    time.sleep(1.1)
    answer = app.get("/salud/listo")
    assert answer.status_code == 503
    assert answer.json["partes"]["buscador"] is False
    assert answer.json["partes"]["base_de_datos"] is True
    assert NOBODY not in answer.text
    assert app.get("/salud/vivo").status_code == 200
    time.sleep(1.1)


def test_visitors_read_on_without_redis(app, without_redis):
    """Without sessions everybody is a visitor, and pages are there."""
    client = app.flask_app.test_client()
    client.set_cookie("ckan", "a-session-that-nobody-can-look-up")
    for page in ("/about", "/dataset/"):
        assert client.get(page).status_code == 200
    signed = client.post("/user/login", data={"login": "nobody", "password": "wrong-one"})
    assert signed.status_code == 200


def test_full_disk_is_not_ready(app, monkeypatch):
    """A folder of files without room makes the portal not ready."""
    from ckanext.mxcity.guard import health

    usage = shutil.disk_usage("/")
    monkeypatch.setattr(health.shutil, "disk_usage", lambda _: usage._replace(free=1024))
    with app.flask_app.app_context():
        assert health.check_parts()["almacenamiento"] is False
