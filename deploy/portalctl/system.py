"""What the operating system has to bring, and how it is installed."""

from __future__ import annotations

import ctypes.util
import os
import shutil
import sys
import sysconfig
import tempfile
from pathlib import Path

from .commands import run
from .errors import PortalError

POSTGRES_FOLDERS = ("/usr/lib/postgresql",)
MINIMUM_PYTHON = (3, 10)
MINIMUM_JAVA = 17


def postgres_bin() -> Path | None:
    """The folder of the newest PostgreSQL server that is installed."""
    found = [
        path.parent
        for root in POSTGRES_FOLDERS
        for path in Path(root).glob("*/bin/initdb")
        if path.parent.parent.name.isdigit()
    ]
    return max(found, key=lambda folder: int(folder.parent.name), default=None)


def missing_packages(testing: bool = False) -> list[str]:
    """The Debian packages whose programs, headers or libraries are not there."""
    headers = Path(sysconfig.get_paths()["include"])
    wanted = {
        "postgresql": postgres_bin() is not None,
        "redis-server": shutil.which("redis-server") is not None,
        "openjdk-17-jdk-headless": shutil.which("javac") is not None,
        "maven": shutil.which("mvn") is not None,
        "gcc": shutil.which("gcc") is not None,
        "libpq-dev": shutil.which("pg_config") is not None,
        "python3-dev": (headers / "Python.h").exists(),
        "python3-venv": _has_venv(),
        "libmagic1": ctypes.util.find_library("magic") is not None,
        "git": shutil.which("git") is not None,
    }
    if testing:
        wanted["chromium"] = shutil.which("chromium") is not None
    return [name for name, found in wanted.items() if not found]


def _has_venv() -> bool:
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        return False
    return True


def install_packages(testing: bool, log: Path | None = None) -> list[str]:
    """Install what is missing, with apt, as root or by sudo without a password.

    Returns the packages that were installed. PortalError lists them where that is not allowed.
    """
    missing = missing_packages(testing)
    if not missing:
        return []
    command = f"apt-get install --no-install-recommends {' '.join(missing)}"
    if shutil.which("apt-get") is None:
        raise PortalError(
            f"these packages are missing: {', '.join(missing)}",
            "Install them with your system's package manager, then repeat the command.",
        )
    prefix = _privilege()
    if prefix is None:
        raise PortalError(
            f"these packages are missing: {', '.join(missing)}",
            f"Ask an administrator to run: {command}",
        )
    environment = {"DEBIAN_FRONTEND": "noninteractive"}
    with tempfile.TemporaryDirectory(prefix="mxcity-") as folder:
        quiet = _no_services(Path(folder))
        run([*prefix, "apt-get", "update"], what="apt-get update", log=log)
        run(
            [*prefix, "env", *quiet, "apt-get", "install", "-y", "--no-install-recommends",
             *missing],
            what="the installation of packages", log=log, environment=environment,
            remedy=f"Run it by hand to see more: {command}",
        )  # fmt: skip
    still = missing_packages(testing)
    if still:
        raise PortalError(
            f"these packages are still missing after their installation: {', '.join(still)}",
            f"Run it by hand to see more: {command}",
        )
    return missing


def _privilege() -> list[str] | None:
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and os.system("sudo -n true 2>/dev/null") == 0:  # noqa: S605
        return ["sudo", "-n"]
    return None


def _no_services(folder: Path) -> list[str]:
    """Keep Debian from starting services of the packages: the portal runs its own."""
    (folder / "postgresql-common").mkdir()
    return ["RUNLEVEL=1", "DEBIAN_FRONTEND=noninteractive"]


def check_python() -> None:
    """Raise PortalError where this Python is too old."""
    if sys.version_info < MINIMUM_PYTHON:
        have = ".".join(str(part) for part in sys.version_info[:2])
        raise PortalError(
            f"Python {have} is too old; 3.10 or later is needed",
            "Install python3.11, or use a newer release of the system.",
        )
