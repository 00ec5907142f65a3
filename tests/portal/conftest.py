"""Instances of the portal for these tests: cheap ones that never start, and a real one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
for folder in (REPOSITORY / "deploy", Path(__file__).parent):
    sys.path.insert(0, str(folder))

from command_line import Command  # noqa: E402
from portalctl import instance as instances  # noqa: E402
from portalctl.instance import Instance  # noqa: E402


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """``./portal`` for an instance that does not exist yet."""
    return Command(tmp_path / "instance")


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    """An instance with folders, secrets and state, and no process."""
    made = Instance.open(tmp_path / "una carpeta (ñ)")
    made.create()
    made.state.update(city="monterrey", demo=False, url="http://127.0.0.1:5000")
    made.state["ports"] = {"web": 5000}
    made.state["cluster"] = str(made.folder / "postgres")
    made.save()
    return made


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Command]:
    """A real instance in a closed folder whose name has spaces; started by the first test."""
    closed = tmp_path_factory.mktemp("closed")
    closed.chmod(0o700)
    running = Command(closed / "mi portal (ñ)")
    yield running
    running("reset", "--yes")
    assert not running.folder.exists()


@pytest.fixture(scope="session")
def free_port() -> int:
    """A port for the real instance's web server."""
    return instances.free_port()
