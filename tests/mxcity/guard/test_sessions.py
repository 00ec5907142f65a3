"""Sessions are the server's: new at sign-in, gone at sign-out, over in time."""

from __future__ import annotations

import time

import pytest
from ckan.lib.redis import connect_to_redis

pytestmark = pytest.mark.usefixtures("with_plugins", "database")

DASHBOARD = "/dashboard/datasets"


def cookie(client, name: str = "ckan"):
    return client.get_cookie(name)


def test_sign_out_ends_the_session_for_good(app, sign_in, person):
    """A copy of the cookie opens nothing after the sign-out."""
    client = sign_in(person["name"])
    copied = cookie(client).value
    assert client.get(DASHBOARD).status_code == 200
    assert connect_to_redis().exists(f"session:{copied}")
    assert client.get("/user/_logout").status_code == 302
    assert not connect_to_redis().exists(f"session:{copied}")
    thief = app.flask_app.test_client()
    thief.set_cookie("ckan", copied)
    assert thief.get(DASHBOARD).status_code == 302
    assert cookie(thief) is None or cookie(thief).value != copied


def test_sign_in_renews_the_session(app, person, clean_throttle):
    """The name that a visitor had, or was given by somebody else, is not kept at sign-in."""
    client = app.flask_app.test_client()
    client.set_cookie("ckan", "planted-by-somebody-else")
    data = {"login": person["name"], "password": "correct-horse-battery-staple"}
    assert client.post("/user/login", data=data).status_code == 302
    assert cookie(client).value != "planted-by-somebody-else"
    assert not connect_to_redis().exists("session:planted-by-somebody-else")

    client = app.flask_app.test_client()
    client.get("/user/login")
    before = cookie(client).value if cookie(client) else None
    client.post("/user/login", data=data)
    assert cookie(client).value != before


def test_session_ends_after_its_hours(app, sign_in, person):
    """Using a session does not make it live longer than its hours."""
    client = sign_in(person["name"])
    life = connect_to_redis().ttl(f"session:{cookie(client).value}")
    assert 0 < life <= 12 * 3600
    with client.session_transaction() as session:
        session["_mxcity_signed_in_at"] = time.time() - 12 * 3600 - 1
    assert client.get(DASHBOARD).status_code == 302


def test_cookie_flags(app, person, clean_throttle):
    """The cookie is out of reach of scripts and of other sites, and nothing outlives it."""
    client = app.flask_app.test_client()
    answer = client.post(
        "/user/login",
        data={
            "login": person["name"],
            "password": "correct-horse-battery-staple",
            "remember": "63072000",
        },
    )
    set_by = answer.headers.getlist("Set-Cookie")
    assert len(set_by) == 1
    assert "HttpOnly" in set_by[0]
    assert "SameSite=Lax" in set_by[0]
    assert "Secure" not in set_by[0]
    assert cookie(client, "remember_token") is None


def test_cookie_of_an_https_site(https_app, person, clean_throttle):
    """On https the cookie is Secure and bound to the host."""
    answer = https_app.test_client().post(
        "https://datos.example.mx/user/login",
        data={"login": person["name"], "password": "correct-horse-battery-staple"},
        headers={"Referer": "https://datos.example.mx/user/login"},
    )
    set_by = answer.headers["Set-Cookie"]
    assert set_by.startswith("__Host-ckan=")
    assert "Secure" in set_by
    assert "Domain" not in set_by
