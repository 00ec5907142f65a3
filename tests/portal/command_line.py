"""``./portal`` as a person runs it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]

#: The environment that the tests run in has all that a portal needs: no second one is built.
ENVIRONMENT = {**os.environ, "MXCITY_DEVELOPMENT": "1"}

#: Steps of a first start within whose successor Ctrl-C is pressed.
INTERRUPTED = ("Solr node", "Search configuration", "Translations", "Style sheets and scripts")


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


@dataclass
class FirstStart:
    """A first start in a closed folder whose name has spaces, interrupted within several steps."""

    command: Command
    #: Each interrupted step, with the exit code and what was printed.
    interrupted: list[tuple[str, int, str]]
    #: The start that went on to the end.
    last: subprocess.CompletedProcess[str]
