"""Instances of the portal for these tests: cheap ones that never start, and a real one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
for folder in (REPOSITORY / "deploy", Path(__file__).parent):
    sys.path.insert(0, str(folder))

from command_line import INTERRUPTED, Command, FirstStart  # noqa: E402
from portalctl import instance as instances  # noqa: E402
from portalctl.instance import Instance  # noqa: E402
from portalctl.supervisor import Supervisor  # noqa: E402


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
def free_port() -> int:
    """A port for the real instance's web server."""
    return instances.free_port()


@pytest.fixture(scope="session")
def first_start(tmp_path_factory: pytest.TempPathFactory, free_port: int) -> Iterator[FirstStart]:
    """A real instance, made by a start that Ctrl-C ends several times."""
    closed = tmp_path_factory.mktemp("closed")
    closed.chmod(0o700)
    running = Command(closed / "mi portal (ñ)")
    start = ("up", "--no-demo", "--port", str(free_port))
    interrupted = [(step, *running.interrupt_after(step, *start)) for step in INTERRUPTED]
    yield FirstStart(running, interrupted, running(*start))
    running("reset", "--yes")
    assert not running.folder.exists()


@pytest.fixture
def portal(first_start: FirstStart) -> Command:
    """The real instance; one that a test has stopped is started again."""
    running = first_start.command
    if not Supervisor(Instance.open(running.folder)).is_running():
        done = running("up")
        assert done.returncode == 0, done.stderr
    return running
