"""The virtual environment, from the lock file, shared by the instances of a checkout."""

from __future__ import annotations

import shutil
import sys
import venv
from pathlib import Path

from .commands import run
from .instance import CACHE, REPOSITORY, fingerprint

LOCK = REPOSITORY / "config" / "requirements.lock"
DEVELOPMENT_LOCK = REPOSITORY / "config" / "requirements-dev.lock"


def environment_folder(development: bool) -> Path:
    """Where the environment of the present lock and Python is."""
    lock = DEVELOPMENT_LOCK if development else LOCK
    version = ".".join(str(part) for part in sys.version_info[:3])
    kind = "dev" if development else "run"
    project = (REPOSITORY / "pyproject.toml", REPOSITORY / "setup.py")
    return CACHE / f"venv-{kind}-{fingerprint(lock, *project, version, str(REPOSITORY))}"


def is_ready(development: bool) -> bool:
    """Whether the environment was built to its end."""
    return (environment_folder(development) / "ready").exists()


def build(development: bool, log: Path | None = None) -> Path:
    """Build the environment unless it is there; return its ``bin`` folder.

    The file ``ready`` is written last, so that an interrupted build is begun again.
    """
    folder = environment_folder(development)
    if not is_ready(development):
        shutil.rmtree(folder, ignore_errors=True)
        CACHE.mkdir(exist_ok=True)
        venv.create(folder, with_pip=True)
        pip = [folder / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "install"]
        lock = DEVELOPMENT_LOCK if development else LOCK
        remedy = "Check the connection to the package registry, then repeat the command."
        run(
            [*pip, "--no-deps", "--require-hashes", "-r", lock],
            what="the installation of the locked Python packages", log=log, remedy=remedy,
        )  # fmt: skip
        run(
            [*pip, "--no-deps", "--no-build-isolation", "-e", REPOSITORY],
            what="the installation of the project", log=log, remedy=remedy,
        )  # fmt: skip
        (folder / "ready").touch()
    return folder / "bin"
