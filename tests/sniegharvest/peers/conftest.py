"""Databases for other people's software, beside that of our own tests."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

from benchmarks.servers import Servers


@pytest.fixture(scope="session")
def servers() -> Servers:
    """The servers of this test session; a test is skipped where they are not in the environment."""
    names = ("CKAN_SQLALCHEMY_URL", "CKAN_DATASTORE_READ_URL", "CKAN_SOLR_URL", "CKAN_REDIS_URL")
    missing = [name for name in names if name not in os.environ]
    if missing:
        pytest.skip(f"the servers' addresses are not in the environment: {', '.join(missing)}")
    return Servers.from_environment()


@pytest.fixture(scope="module")
def database(servers: Servers) -> Iterator[Callable[[str], str]]:
    """Make an empty database by name and give its address; all are dropped at the end."""
    made: list[str] = []

    def make(name: str) -> str:
        made.append(name)
        servers.create_database(name)
        return servers.database(name)

    yield make
    for name in made:
        servers.drop_database(name)
