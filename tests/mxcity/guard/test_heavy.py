"""Whole tables and catalogues take turns: few at a time, in all and for one visitor."""

from __future__ import annotations

import json

import ckan.plugins.toolkit as tk
import pytest
from ckan.lib.redis import connect_to_redis
from ckanext.mxcity.guard import heavy
from ckanext.mxcity.guard.downloads import leave_to_proxy
from flask import send_file

pytestmark = pytest.mark.usefixtures("with_plugins", "database")

ADDRESS = "/data.json"


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """Nobody waits here, and every test begins and ends with all places free."""
    monkeypatch.setattr(heavy, "_PATIENCE", 0)
    free_all()
    yield
    free_all()


def free_all() -> None:
    """Give all places back."""
    for key in connect_to_redis().scan_iter(f"{heavy._PREFIX}*"):
        connect_to_redis().delete(key)


def held() -> int:
    """How many places are held in all."""
    return connect_to_redis().zcard(f"{heavy._PREFIX}all")


def take(*visitors: str, pool: heavy.Pool = heavy.FILES) -> list[heavy.Place]:
    """Let visitors take places."""
    places = [heavy.Place(visitor, pool) for visitor in visitors]
    assert all(place.take() for place in places)
    return places


def test_places_in_all_are_few(app):
    """When all are taken a program gets 429 as JSON and a person a page; then it goes on."""
    places = take("a", "b", "c")
    refused = app.get(ADDRESS, status=429)
    assert refused.headers["Retry-After"] == str(heavy.RETRY_SECONDS)
    assert json.loads(refused.body)["success"] is False
    page = app.get(ADDRESS, headers={"Accept": "text/html"}, status=429)
    assert "<html" in page.body
    app.get("/", status=200)
    for place in places:
        place.give_back()
    app.get(ADDRESS, status=200)


def test_places_for_one_are_fewer(app):
    """A visitor who holds two waits; another does not."""
    take("127.0.0.1", "127.0.0.1")
    app.get(ADDRESS, status=429)
    app.get(ADDRESS, environ_overrides={"REMOTE_ADDR": "203.0.113.9"}, status=200)


def test_questions_in_sql_have_places_of_their_own(app):
    """Endless questions keep nobody from files and catalogues, nor these from questions."""
    question = "/table/none/sql.csv"
    places = take("127.0.0.1", pool=heavy.SQL)
    refused = app.get(question, status=429)
    assert refused.headers["Retry-After"] == str(heavy.RETRY_SECONDS)
    app.get(question, environ_overrides={"REMOTE_ADDR": "203.0.113.9"}, status=404)
    places += take("b", pool=heavy.SQL)
    app.get(question, environ_overrides={"REMOTE_ADDR": "203.0.113.9"}, status=429)
    app.get(ADDRESS, status=200)
    app.get("/table/none.csv", status=404)
    for place in places:
        place.give_back()
    take("a", "b", "c")
    app.get(question, status=404)
    app.get("/table/none/agrupar", status=429)


def test_places_come_back(app):
    """A place is free again after an answer, a refusal and a fault."""
    for address, status in ((ADDRESS, 200), ("/table/none.csv", 404), (f"{ADDRESS}?for=", None)):
        app.get(address, status=status).get_data()
        assert held() == 0, address


def test_places_end_by_themselves(monkeypatch):
    """What a process that died held is free after its time."""
    monkeypatch.setattr(heavy, "_LEASE", 0)
    for _ in range(10):
        take("a")


def test_without_redis_everybody_is_served(app, monkeypatch):
    """A lost Redis refuses nobody."""
    from redis.exceptions import ConnectionError as NoConnection

    def no_redis():
        raise NoConnection

    monkeypatch.setattr(heavy, "connect_to_redis", no_redis)
    app.get(ADDRESS, status=200)


@pytest.mark.parametrize("headers", [{}, {"Range": "bytes=0-3"}])
def test_stored_files_are_left_to_the_proxy(app, tmp_path, monkeypatch, headers):
    """The proxy gets the name of a stored file, and never that of another one."""
    inside, outside = tmp_path / "storage" / "resources", tmp_path / "else.csv"
    inside.mkdir(parents=True)
    (inside / "un archivo.csv").write_text("a,b\n1,2\n")
    outside.write_text("secret")
    (inside / "link.csv").symlink_to(outside)
    monkeypatch.setitem(tk.config, "ckan.storage_path", str(tmp_path / "storage"))
    with app.flask_app.test_request_context("/", headers=headers):
        answer = leave_to_proxy(send_file(inside / "un archivo.csv", conditional=True))
        assert answer.headers["X-Accel-Redirect"] == "/.files/resources/un%20archivo.csv"
        assert answer.status_code == 200
        assert answer.get_data() == b""
        for other in (outside, inside / "link.csv"):
            answer = leave_to_proxy(send_file(other))
            assert "X-Accel-Redirect" not in answer.headers
            answer.close()
