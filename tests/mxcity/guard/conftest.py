"""What the tests of the guard share."""

from __future__ import annotations

from typing import Any

import pytest

from ckan.lib.redis import connect_to_redis
from ckan.tests import factories

PASSWORD = "correct-horse-battery-staple"


@pytest.fixture
def clean_throttle():
    """Forget the failed sign-ins of other tests."""
    redis = connect_to_redis()
    for key in redis.scan_iter("mxcity:guard:login:*"):
        redis.delete(key)


@pytest.fixture
def person() -> dict[str, Any]:
    """An ordinary user whose password is known."""
    return factories.User(password=PASSWORD)


@pytest.fixture
def organisation(person: dict[str, Any]) -> dict[str, Any]:
    """An organisation that the person administers."""
    return factories.Organization(users=[{"name": person["name"], "capacity": "admin"}])


@pytest.fixture
def sign_in(app, clean_throttle):
    """Return a function that signs a user in and gives the client that holds the session."""

    def sign(name: str, password: str = PASSWORD):
        client = app.flask_app.test_client()
        answer = client.post("/user/login", data={"login": name, "password": password})
        assert answer.status_code == 302, answer.text
        return client

    return sign
