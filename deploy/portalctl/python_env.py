"""The virtual environment, from the lock file, shared by the instances of a checkout."""

from __future__ import annotations

import shutil
import sys
import venv
from pathlib import Path

from .commands import run
from .instance import CACHE, REPOSITORY, fingerprint
from .source_types import REGISTRY

LOCK = REPOSITORY / "config" / "requirements.lock"
#: Folders of modules that the processes of a portal import from the checkout.
COMPILED = ("ckanext-mxcity", "ckanext-sniegharvest", "schemas")
DEVELOPMENT_LOCK = REPOSITORY / "config" / "requirements-dev.lock"


def environment_folder(development: bool) -> Path:
    """Return where the environment of the present lock and Python is."""
    lock = DEVELOPMENT_LOCK if development else LOCK
    version = ".".join(str(part) for part in sys.version_info[:3])
    kind = "dev" if development else "run"
    return CACHE / f"venv-{kind}-{fingerprint(lock, version, str(REPOSITORY))}"


def _project() -> str:
    """Return what the project's own installation depends on: its metadata, not its code."""
    return fingerprint(REPOSITORY / "pyproject.toml", REPOSITORY / "setup.py", REGISTRY)


def build(development: bool, log: Path | None = None) -> Path:
    """Build the environment unless it is there; return its ``bin`` folder.

    The file ``packages`` is written after the locked packages and ``project`` after ours, so that
    an interrupted build is begun again.
    """
    folder = environment_folder(development)
    pip: list[str | Path] = [
        folder / "bin" / "python",
        "-m",
        "pip",
        "--disable-pip-version-check",
        "install",
    ]
    remedy = "Check the connection to the package registry, then repeat the command."
    if not (folder / "packages").exists():
        shutil.rmtree(folder, ignore_errors=True)
        CACHE.mkdir(exist_ok=True)
        venv.create(folder, with_pip=True)
        lock = DEVELOPMENT_LOCK if development else LOCK
        run(
            [*pip, "--no-deps", "--require-hashes", "-r", lock],
            what="the installation of the locked Python packages", log=log, remedy=remedy,
        )  # fmt: skip
        (folder / "packages").touch()
    installed = folder / "project"
    if not installed.exists() or installed.read_text("utf-8") != _project():
        run(
            [*pip, "--no-deps", "--no-build-isolation", "-e", REPOSITORY],
            what="the installation of the project", log=log, remedy=remedy,
        )  # fmt: skip
        installed.write_text(_project(), encoding="utf-8")
    _compile(folder / "bin" / "python", log)
    return folder / "bin"


def _compile(python: Path, log: Path | None) -> None:
    """Compile our modules whose source is newer than what is compiled.

    Many processes are short: a command, a child of the reading room, a worker of a test. None of
    them compiles for the next, since the room may not write, and a system may forbid it.
    """
    run(
        [python, "-m", "compileall", "-q", *(REPOSITORY / name for name in COMPILED)],
        what="the compilation of the project", log=log,
    )  # fmt: skip
