"""Instances of the portal for these tests: cheap ones that never start, and a real one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "deploy"))

from portalctl import instance as instances  # noqa: E402
from portalctl.instance import Instance  # noqa: E402

#: The environment that the tests run in has all that a portal needs: no second one is built.
ENVIRONMENT = {**os.environ, "MXCITY_DEVELOPMENT": "1"}


@dataclass
class Command:
    """``./portal`` for one instance folder."""

    folder: Path

    def __call__(self, *arguments: str, environment: dict[str, str] | None = None):
        """Run a command to its end; returns the completed process."""
        return subprocess.run(
            self._line(arguments),
            env={**ENVIRONMENT, **(environment or {})},
            capture_output=True,
            text=True,
            timeout=300,
            stdin=subprocess.DEVNULL,
        )

    def interrupt_after(self, step: str, *arguments: str) -> tuple[int, str]:
        """Press Ctrl-C shortly after a step has ended, within the next one."""
        process = subprocess.Popen(
            self._line(arguments),
            env=ENVIRONMENT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        assert process.stdout is not None
        printed = ""
        for line in process.stdout:
            printed += line
            if f"✓ {step} (" in line:
                time.sleep(0.7)
                # A terminal signals the whole group, children included.
                os.killpg(process.pid, signal.SIGINT)
                break
        printed += process.stdout.read()
        return process.wait(60), printed

    def _line(self, arguments: tuple[str, ...]) -> list[str]:
        return [
            str(REPOSITORY / "portal"), arguments[0], "--instance", str(self.folder),
            *arguments[1:],
        ]  # fmt: skip


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """``./portal`` for an instance that does not exist yet."""
    return Command(tmp_path / "instance")


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    """An instance with folders, secrets and state, and no process."""
    made = Instance.open(tmp_path / "una carpeta 100% ñ")
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
    running = Command(closed / "mi portal 100%")
    yield running
    running("reset", "--yes")
    assert not running.folder.exists()


@pytest.fixture(scope="session")
def free_port() -> int:
    """A port for the real instance's web server."""
    return instances.free_port()
