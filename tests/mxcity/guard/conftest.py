"""What the tests of the guard share."""

from __future__ import annotations

from typing import Any

import pytest
from ckan.config.environment import update_config
from ckan.config.middleware import make_app
from ckan.lib.redis import connect_to_redis
from ckan.tests import factories, helpers

PASSWORD = "correct-horse-battery-staple"


@pytest.fixture(scope="module")
def with_plugins(load_plugins):
    """Load the plugins once for a module of tests: nothing here changes which they are."""
    load_plugins()


@pytest.fixture(scope="module")
def app(with_plugins):
    """The real application, made once for a module of tests."""
    return helpers._get_test_app()


@pytest.fixture
def https_app(with_plugins, ckan_config, monkeypatch):
    """The application of a portal on https."""
    monkeypatch.setenv("CKAN_SITE_URL", "https://datos.example.mx")
    yield make_app(ckan_config)
    monkeypatch.delenv("CKAN_SITE_URL")
    update_config()


@pytest.fixture(scope="session")
def empty_database(empty_db, reset_index):
    """Empty the database and the index, once for all these tests."""
    empty_db()
    reset_index()


@pytest.fixture
def database(with_plugins, request):
    """The tables of all plugins; what other tests of the guard left stays."""
    request.getfixturevalue("empty_database")


@pytest.fixture
def make_dataset():
    """Return a function that makes a dataset with what the schema asks for."""

    def make(**fields: Any) -> dict[str, Any]:
        required = {"snieg_subsystem": "economico", "geographic_level": "municipal"}
        return factories.Dataset(**{**required, **fields})

    return make


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
