"""What the operating system has to bring, and how it is installed."""

from __future__ import annotations

import ctypes.util
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .commands import run
from .errors import PortalError

POSTGRES_FOLDERS = ("/usr/lib/postgresql",)
MINIMUM_PYTHON = (3, 10)
MINIMUM_JAVA = 17
#: What Debian asks before it starts a server, and before it makes a PostgreSQL cluster.
POLICY = "/usr/sbin/policy-rc.d"
CLUSTERS = "/etc/postgresql-common/createcluster.conf"

#: What a package is called where releases differ, the best first. Ubuntu 22.04's default Java is
#: too old; Ubuntu has Chromium under another name.
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
    """The folder of the newest PostgreSQL server that is installed."""
    found = [
        path.parent
        for root in POSTGRES_FOLDERS
        for path in Path(root).glob("*/bin/initdb")
        if path.parent.parent.name.isdigit()
    ]
    return max(found, key=lambda folder: int(folder.parent.name), default=None)


def nginx() -> str | None:
    """The program, also where it is not on the path of an ordinary user."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


def missing_packages(testing: bool = False) -> list[str]:
    """The Debian packages whose programs, headers or libraries are not there."""
    headers = Path(sysconfig.get_paths()["include"])
    wanted = {
        "postgresql": postgres_bin() is not None,
        "redis-server": shutil.which("redis-server") is not None,
        "nginx": nginx() is not None,
        "default-jdk-headless": (java_version() or 0) >= MINIMUM_JAVA,
        "maven": shutil.which("mvn") is not None,
        "gcc": shutil.which("gcc") is not None,
        "libc6-dev": Path("/usr/include/stdlib.h").exists(),
        "libpq-dev": shutil.which("pg_config") is not None,
        "python3-dev": (headers / "Python.h").exists(),
        "python3-venv": _has_venv(),
        "libmagic1": ctypes.util.find_library("magic") is not None,
        "util-linux": shutil.which("setpriv") is not None,
        "bubblewrap": shutil.which("bwrap") is not None,
        "libseccomp2": ctypes.util.find_library("seccomp") is not None,
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
    run([*prefix, "apt-get", "update"], what="apt-get update", log=log)
    packages = packages_of_release(missing)  # after the update: before it apt may know none
    command = _apt_command(packages)
    with _quiet_services(prefix, missing):
        run(
            [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y",
             "--no-install-recommends", *packages],
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


def _apt_command(packages: list[str]) -> str:
    return f"apt-get install --no-install-recommends {' '.join(packages)}"


def packages_of_release(names: list[str]) -> list[str]:
    """The names that this release of the system has for packages; a name unknown to it stays."""
    return [next(filter(_is_offered, ALTERNATIVES.get(name, ())), name) for name in names]


def _is_offered(package: str) -> bool:
    """Whether apt could install a package of this very name."""
    try:
        printed = subprocess.run(
            ["apt-cache", "policy", package],
            capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"},
        ).stdout  # fmt: skip
    except OSError:
        return False
    found = re.search(r"^  Candidate: (.+)$", printed, re.MULTILINE)
    return found is not None and found[1] != "(none)"


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
        for name in ("redis-server", "nginx"):
            if name in missing and shutil.which("systemctl"):
                subprocess.run(
                    [*prefix, "systemctl", "disable", "--quiet", name],
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
    """The major version of the Java compiler on the path, or None without one."""
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
            f"Python {have} is too old; 3.10 or later is needed",
            "Install python3.11, or use a newer release of the system.",
        )
