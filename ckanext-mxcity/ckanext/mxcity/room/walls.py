"""Which walls this system has, and how a child is put behind them.

The first wall is bubblewrap: namespaces of its own for files, network, processes and users. The
second is Landlock with a filter of system calls, which hold by themselves where a system has no
namespaces for us. Limits of memory, time and files hold everywhere.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ckanext.mxcity.ground import schema_files
from ckanext.mxcity.room import syscalls

log = logging.getLogger(__name__)

#: Our packages, wherever they are installed.
PACKAGES = ("ckanext.mxcity", "ckanext.mxcity.schemas", "ckanext.sniegharvest")
#: What a child's environment holds: nothing of ours.
ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "TZ": "UTC",
}
_NOBODY = 65534
#: Folders of shared libraries, besides Python's own.
_LIBRARIES = ("/usr/lib", "/usr/lib64", "/usr/local/lib", "/lib", "/lib64")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")


@dataclass(frozen=True)
class Walls:
    """The walls that this system has."""

    namespaces: bool
    landlock: bool
    filter: bool

    @property
    def whole(self) -> bool:
        """Whether each wall is there; without namespaces the room is reduced."""
        return self.namespaces and self.filter

    @property
    def closed(self) -> bool:
        """Whether the kernel keeps a child from files and network, by one wall or the other."""
        return self.namespaces or (self.landlock and self.filter)


@cache
def standing() -> Walls:
    """Return the walls that were tried and hold; what is wanting is told in the log, once."""
    found = Walls(_namespaces_work(), _landlock_works(), _filter_works())
    if not found.whole or not found.landlock:
        log.warning("The reading room is reduced on this system: %s", found)
    return found


def command(folder: Path) -> list[str]:
    """Return the command that starts a child which sees its ``folder`` and the program alone.

    ``folder`` has ``in``, which it reads, and ``work``, where it writes.
    """
    child = [python(), "-I", "-S", str(Path(__file__).with_name("inside.py"))]
    if not standing().namespaces:
        return child
    source, work = str(folder / "in"), str(folder / "work")
    seen = ["--ro-bind", source, source, "--bind", work, work]
    return [*_bubblewrap(), *seen, "--remount-ro", "/", "--chdir", "/", *child]


def python() -> str:
    """Return the interpreter, without the environment around it."""
    return os.path.realpath(getattr(sys, "_base_executable", sys.executable) or sys.executable)


@cache
def packages() -> dict[str, str]:
    """Return where our packages are."""
    places = {}
    for name in PACKAGES:
        spec = importlib.util.find_spec(name)
        if spec and spec.submodule_search_locations:
            places[name] = os.path.realpath(next(iter(spec.submodule_search_locations)))
    return places


@cache
def search() -> list[str]:
    """Return where the libraries of the environment are."""
    paths = sysconfig.get_paths()
    return list(dict.fromkeys((paths["purelib"], paths["platlib"])))


def code() -> tuple[str, ...]:
    """Return what a child may read: programs, libraries and schema files, no data of others."""
    standard = [sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")]
    base = [] if sys.base_prefix in ("/usr", "/usr/local") else [f"{sys.base_prefix}/lib"]
    places = [*_LIBRARIES, "/etc/ld.so.cache", python(), *standard, *base]
    places += [*search(), *packages().values(), *schema_files.places().values()]
    return tuple(dict.fromkeys(place for place in places if Path(place).exists()))


def ruleset(folder: Path) -> int | None:
    """Return a descriptor of what Landlock lets a child read and write; None without Landlock.

    The caller closes it.
    """
    if not standing().landlock:
        return None
    return _ruleset(folder)


def _ruleset(folder: Path) -> int:
    from landlockpy import AccessFS, Ruleset, Scope

    read = AccessFS.READ_FILE | AccessFS.READ_DIR
    write = (
        read | AccessFS.WRITE_FILE | AccessFS.TRUNCATE | AccessFS.MAKE_REG | AccessFS.MAKE_DIR
        | AccessFS.MAKE_SYM | AccessFS.REMOVE_FILE | AccessFS.REMOVE_DIR | AccessFS.REFER
    )  # fmt: skip
    with Ruleset(scoped=Scope.ABSTRACT_UNIX_SOCKET | Scope.SIGNAL) as rules:
        for place in code():
            rules.allow_path(place, read if Path(place).is_dir() else AccessFS.READ_FILE)
        for device in _DEVICES:
            rules.allow_path(device, AccessFS.READ_FILE | AccessFS.WRITE_FILE)
        rules.allow_path(folder / "in", read)
        rules.allow_path(folder / "work", write)
        return os.dup(rules.fileno())


def _bubblewrap() -> list[str]:
    told = [
        "bwrap", "--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc",
        "--unshare-uts", "--unshare-cgroup-try", "--uid", str(_NOBODY), "--gid", str(_NOBODY),
        "--cap-drop", "ALL", "--die-with-parent", "--new-session", "--hostname", "room",
        "--dev", "/dev",
    ]  # fmt: skip
    for place in code():
        if os.path.islink(place):
            told += ["--symlink", os.readlink(place), place]
        else:
            told += ["--ro-bind", place, place]
    return told


def _namespaces_work() -> bool:
    if shutil.which("bwrap") is None:
        return False
    tried = [*_bubblewrap(), "--remount-ro", "/", python(), "-I", "-S", "-c", "pass"]
    environment = ENVIRONMENT | {"PATH": os.environ.get("PATH", os.defpath)}
    try:
        ended = subprocess.run(  # noqa: S603
            tried, env=environment, capture_output=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        log.warning("bubblewrap does not start: %s", error)
        return False
    if ended.returncode:
        log.warning("bubblewrap does not work here: %s", ended.stderr[-300:])
    return ended.returncode == 0


def _landlock_works() -> bool:
    try:
        import landlockpy

        return bool(landlockpy.supported())
    except (ImportError, OSError):
        return False


def _filter_works() -> bool:
    try:
        return bool(syscalls.program())
    except (ImportError, OSError, RuntimeError):
        return False
