"""What the operating system has to bring, and how it is installed."""

from __future__ import annotations

import ctypes.util
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from . import redis
from .commands import run
from .errors import PortalError

POSTGRES_FOLDERS = ("/usr/lib/postgresql",)
MINIMUM_PYTHON = (3, 11)  # ``requires-python`` in pyproject.toml
MINIMUM_JAVA = 17
#: What Debian asks before it starts a server, and before it makes a PostgreSQL cluster.
POLICY = "/usr/sbin/policy-rc.d"
CLUSTERS = "/etc/postgresql-common/createcluster.conf"
#: How long another program may be at the system's packages, and how often that is looked at.
APT_WAIT_S, APT_PAUSE_S = 600, 2

#: What a package is called where releases differ, the best first: a release may have several
#: Javas; Ubuntu has Chromium under another name.
ALTERNATIVES = {
    "default-jdk-headless": (
        "openjdk-21-jdk-headless",
        "openjdk-17-jdk-headless",
        "default-jdk-headless",
    ),
    "chromium": ("chromium", "chromium-browser"),
    "libmagic1": ("libmagic1t64", "libmagic1"),
}


def postgres_bin() -> Path | None:
    """Return the folder of the newest PostgreSQL server that is installed."""
    found = [
        path.parent
        for root in POSTGRES_FOLDERS
        for path in Path(root).glob("*/bin/initdb")
        if path.parent.parent.name.isdigit()
    ]
    return max(found, key=lambda folder: int(folder.parent.name), default=None)


def nginx() -> str | None:
    """Return the program, also where it is not on the path of an ordinary user."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


def missing_packages(testing: bool = False) -> list[str]:
    """Name the Debian packages whose programs, headers or libraries are not there."""
    return [name for name, is_there in wanted_packages(testing).items() if not is_there()]


def wanted_packages(testing: bool = False) -> dict[str, Callable[[], bool]]:
    """Give each Debian package that a portal needs, with the check whether it is there."""
    headers = Path(sysconfig.get_paths()["include"])
    wanted: dict[str, Callable[[], bool]] = {
        "postgresql": lambda: postgres_bin() is not None,
        redis.PACKAGE: lambda: shutil.which(redis.PROGRAM) is not None,
        "nginx": lambda: nginx() is not None,
        "default-jdk-headless": lambda: (java_version() or 0) >= MINIMUM_JAVA,
        "maven": lambda: shutil.which("mvn") is not None,
        "gcc": lambda: shutil.which("gcc") is not None,
        "libc6-dev": Path("/usr/include/stdlib.h").exists,
        "libpq-dev": lambda: shutil.which("pg_config") is not None,
        "python3-dev": (headers / "Python.h").exists,
        "python3-venv": _has_venv,
        "libmagic1": lambda: ctypes.util.find_library("magic") is not None,
        "util-linux": lambda: shutil.which("setpriv") is not None,
        "bubblewrap": lambda: shutil.which("bwrap") is not None,
        "libseccomp2": lambda: ctypes.util.find_library("seccomp") is not None,
    }
    if testing:
        wanted["chromium"] = lambda: shutil.which("chromium") is not None
    return wanted


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
    if shutil.which("apt-get") is None:
        raise PortalError(
            f"these packages are missing: {', '.join(missing)}",
            "Install them with your system's package manager, then repeat the command.",
        )
    prefix = _privilege()
    if prefix is None:
        raise PortalError(
            f"these packages are missing: {', '.join(missing)}",
            f"Ask an administrator to run: {_apt_command(packages_of_release(missing))}",
        )
    run_apt(prefix, ["update"], what="apt-get update", log=log)
    packages = packages_of_release(missing)  # after the update: before it apt may know none
    command = _apt_command(packages)
    with _quiet_services(prefix, missing):
        run_apt(
            prefix, ["install", "-y", "--no-install-recommends", *packages],
            what="the installation of packages", log=log,
            remedy=f"Run it by hand to see more: {command}",
        )  # fmt: skip
    still = missing_packages(testing)
    if still:
        raise PortalError(
            f"these packages are still missing after their installation: {', '.join(still)}",
            f"Run it by hand to see more: {command}",
        )
    return missing


def run_apt(
    prefix: list[str], arguments: list[str], *, what: str, remedy: str = "", log: Path | None = None
) -> None:
    """Run apt-get; while another program, say the system's own updates, is at it, wait for it.

    Raises PortalError where apt-get fails, or where the other takes over ten minutes.
    """
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C"]
    deadline = time.monotonic() + APT_WAIT_S
    while True:
        try:
            run([*prefix, *quiet, "apt-get", *arguments], what=what, remedy=remedy, log=log)
        except PortalError as error:
            if "Could not get lock" not in error.reason or time.monotonic() > deadline:
                raise
            time.sleep(APT_PAUSE_S)
        else:
            return


def _apt_command(packages: list[str]) -> str:
    return f"apt-get install --no-install-recommends {' '.join(packages)}"


def packages_of_release(names: list[str]) -> list[str]:
    """Return the names of packages in this release of the system; an unknown name stays."""
    return [next(filter(candidate, ALTERNATIVES.get(name, ())), name) for name in names]


def candidate(package: str) -> str | None:
    """Give the version of a package of this very name that apt would install, or None."""
    try:
        printed = subprocess.run(
            ["apt-cache", "policy", package],
            capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"},
        ).stdout  # fmt: skip
    except OSError:
        return None
    found = re.search(r"^  Candidate: (.+)$", printed, re.MULTILINE)
    return found[1] if found and found[1] != "(none)" else None


def _succeeds(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _privilege() -> list[str] | None:
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and _succeeds(["sudo", "-n", "true"]):
        return ["sudo", "-n"]
    return None


@contextmanager
def _quiet_services(prefix: list[str], missing: list[str]) -> Iterator[None]:
    """Keep Debian from starting the servers of new packages: the portal runs its own.

    What the machine's administrator has set already is left alone, and so are servers that
    were there before.
    """
    had_policy = Path(POLICY).exists()
    _write_as_root(prefix, POLICY, "#!/bin/sh\nexit 101\n", "755")
    if "postgresql" in missing:
        _write_as_root(prefix, CLUSTERS, "create_main_cluster = false\n", "644")
    try:
        yield
    finally:
        if not had_policy:
            subprocess.run([*prefix, "rm", "-f", POLICY], check=False)
        for package, service in ((redis.PACKAGE, redis.SERVICE), ("nginx", "nginx")):
            if package in missing and shutil.which("systemctl"):
                subprocess.run(
                    [*prefix, "systemctl", "disable", "--quiet", service],
                    check=False, capture_output=True,
                )  # fmt: skip


def _write_as_root(prefix: list[str], path: str, text: str, mode: str) -> None:
    """Write a file of the system unless there is one."""
    script = '[ -e "$1" ] || { mkdir -p "$(dirname "$1")" && cat > "$1" && chmod "$2" "$1"; }'
    run(
        [*prefix, "sh", "-c", script, "sh", path, mode],
        what=f"the writing of {path}", text=text,
    )  # fmt: skip


def java_version() -> int | None:
    """Return the major version of the Java compiler on the path, or None without one."""
    try:
        printed = subprocess.run(["javac", "-version"], capture_output=True, text=True, check=False)
    except OSError:
        return None
    found = re.search(r"javac (\d+)", printed.stdout + printed.stderr)
    return int(found[1]) if found else None


def check_python() -> None:
    """Raise PortalError where this Python is too old."""
    if sys.version_info < MINIMUM_PYTHON:
        have = ".".join(str(part) for part in sys.version_info[:2])
        raise PortalError(
            f"Python {have} is too old; 3.11 or later is needed",
            "Use Debian 12, Ubuntu 24.04 or later, or put a newer python3 on the PATH.",
        )
