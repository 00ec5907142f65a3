"""Databases for other people's software, beside that of our own tests."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from portalctl.instance import fingerprint

from benchmarks.servers import Servers

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[2]


@pytest.fixture(scope="session")
def apart() -> Callable[[str], Path]:
    """Install software that needs other libraries than CKAN into a folder of its own, once."""

    def install(name: str) -> Path:
        requirements = HERE / f"{name}-requirements.txt"
        # Of its own for each Python: the packages differ, as their compiled parts do.
        mark = fingerprint(requirements, sys.version)
        folder = REPOSITORY / ".portal" / f"{name}-{mark}"
        if not (folder / name).is_dir():
            done = subprocess.run(
                [
                    *(sys.executable, "-m", "pip", "install", "-q", "--no-deps"),
                    *("--require-hashes", "--target", str(folder)),
                    *("-r", str(requirements)),
                ],
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                pytest.skip(f"{name} cannot be installed here: {done.stderr.strip()[-300:]}")
        return folder

    return install


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
