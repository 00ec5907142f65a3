"""An instance: one folder with the data, the secrets, the logs and the state of one portal."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from .console import say
from .errors import PortalError

REPOSITORY = Path(__file__).resolve().parents[2]
CACHE = REPOSITORY / ".portal"
#: Free space that a first start and a later one ask for.
NEEDED_MB = {"first": 1500, "again": 200}
SUBFOLDERS = ("logs", "run", "storage", "solr", "redis")
SOCKET_PATH_LIMIT = 90  # the kernel takes 107 bytes; the servers add names of their own

SECRET_NAMES = (
    "session", "csrf", "jwt", "postgres", "ckan_db", "datastore_ro", "redis", "solr",
)  # fmt: skip


@dataclass
class Instance:
    """Paths, ports and secrets of one portal."""

    folder: Path
    state: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def open(cls, folder: Path | None) -> Instance:
        """Return the instance in ``folder`` (by default the checkout's own), as it was left."""
        place = (folder or CACHE / "instance").absolute()
        state_file = place / "state.json"
        try:
            state = json.loads(state_file.read_text("utf-8")) if state_file.exists() else {}
        except ValueError as error:
            raise PortalError(
                f"{state_file} is damaged: {error}", "Restore it from a backup of the instance."
            ) from error
        return cls(place, state)

    @property
    def exists(self) -> bool:
        """Whether it has been created."""
        return (self.folder / "state.json").exists()

    def create(self) -> None:
        """Make the folder, closed to others, with its secrets."""
        if "%" in str(self.folder):
            raise PortalError(
                f"CKAN reads no configuration from {self.folder}: its path has a percent sign",
                "Choose another folder with --instance.",
            )
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.folder.chmod(self._mode())
            for name in SUBFOLDERS:
                (self.folder / name).mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise PortalError(
                f"the instance folder {self.folder} cannot be made: {error.strerror}",
                "Choose another with --instance, or free the place.",
            ) from error
        self._check_space()
        if not self.secrets_file.exists():
            values = {name: secrets.token_urlsafe(40) for name in SECRET_NAMES}
            write_private(self.secrets_file, json.dumps(values))
        self.save()

    def _mode(self) -> int:
        """Close the folder to others; PostgreSQL's own user, if there is one, may pass."""
        cluster = self.state.get("cluster")
        passed = cluster and os.geteuid() == 0 and self.folder in Path(cluster).parents
        return 0o711 if passed else 0o700

    def _check_space(self) -> None:
        needed = NEEDED_MB["again" if self.state.get("steps") else "first"]
        free = shutil.disk_usage(self.folder).free // 2**20
        if free < needed:
            raise PortalError(
                f"the disk of {self.folder} is full: {free} MB are free, {needed} MB are needed",
                "Free some space, or choose a folder on another disk with --instance.",
            )

    def save(self) -> None:
        """Write the state, whole or not at all."""
        write_private(self.folder / "state.json", json.dumps(self.state, indent=2))

    @property
    def secrets_file(self) -> Path:
        """The file of the secrets, readable by its owner alone."""
        return self.folder / "secrets.json"

    def secret(self, name: str) -> str:
        """Return one secret; an older instance gets a new one for a new name."""
        values = json.loads(self.secrets_file.read_text("utf-8"))
        if name not in values:
            values[name] = secrets.token_urlsafe(40)
            write_private(self.secrets_file, json.dumps(values))
        return str(values[name])

    def port(self, name: str) -> int:
        """Return the port of a service, chosen once."""
        ports = self.state.setdefault("ports", {})
        if name not in ports:
            ports[name] = free_port()
            self.save()
        return int(ports[name])

    @property
    def ini(self) -> Path:
        """CKAN's configuration file."""
        return self.folder / "ckan.ini"

    @property
    def url(self) -> str:
        """The address of the portal on this machine."""
        return f"http://127.0.0.1:{self.port('web')}"

    def log(self, name: str) -> Path:
        """Return the log of a process or of the set-up."""
        return self.folder / "logs" / f"{name}.log"

    def run_folder(self) -> Path:
        """Return the folder of sockets: in the instance, or apart where that path is too long."""
        if "run" not in self.state:
            place = self.folder / "run"
            if len(str(place)) > SOCKET_PATH_LIMIT:
                place = Path(tempfile.mkdtemp(prefix="mxcity-"))
            self.state["run"] = str(place)
            self.save()
        place = Path(self.state["run"])
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        return place

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the instance: two commands that change it cannot run at once."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            stream = open_private(self.folder / "lock")
        except OSError as error:
            raise PortalError(
                f"the instance folder {self.folder} cannot be made: {error.strerror}",
                "Choose another with --instance, or free the place.",
            ) from error
        with stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise PortalError(
                    f"another command is working on {self.folder}",
                    "Wait until it has ended, or stop it.",
                ) from error
            yield

    def require(self) -> None:
        """Raise PortalError where there is no portal yet."""
        if not self.exists:
            raise PortalError(f"there is no portal in {self.folder}", "Run: ./portal up")

    def done(self, name: str, fingerprint: str) -> bool:
        """Return whether a step of the set-up was done with the same inputs."""
        steps: dict[str, str] = self.state.get("steps", {})
        return steps.get(name) == fingerprint

    def mark(self, name: str, fingerprint: str) -> None:
        """Remember that a step is done."""
        self.state.setdefault("steps", {})[name] = fingerprint
        self.save()


def write_private(path: Path, text: str) -> None:
    """Write a file that its owner alone can read, whole or not at all."""
    fresh = path.with_name(path.name + ".new")
    with open_private(fresh) as stream:
        stream.write(text)
    fresh.replace(path)


def open_private(path: Path) -> IO[str]:
    """Open a file for writing that its owner alone can read, also if it was open to others."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.fchmod(descriptor, 0o600)
    return os.fdopen(descriptor, "w", encoding="utf-8")


def free_port() -> int:
    """Return a port of the loopback that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def port_is_free(port: int) -> bool:
    """Return whether a server could listen on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@contextmanager
def cache_lock() -> Iterator[None]:
    """Hold what the instances of a checkout share while it is built; others wait."""
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "lock").open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("    waiting for another set-up of this checkout to end")
            fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def fingerprint(*inputs: Path | str) -> str:
    """Return a short hash of files (their contents; of a folder, all its files) and texts."""
    digest = hashlib.sha256()
    for item in inputs:
        if isinstance(item, str):
            digest.update(item.encode())
            continue
        files = sorted(item.rglob("*")) if item.is_dir() else [item]
        for path in files:
            if path.is_file() and "target" not in path.parts and "__pycache__" not in path.parts:
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
