"""What another user of the machine could read of an instance, and where its secrets are told."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from configparser import RawConfigParser
from contextlib import suppress
from pathlib import Path

from portalctl import ports
from portalctl.instance import SECRET_NAMES, Instance
from portalctl.supervisor import Supervisor

#: Options of CKAN that hold what nobody else may know.
SECRET_OPTION = re.compile(
    r"secret|password|token|_KEY$|^sqlalchemy\.url|redis\.url|_url$", re.IGNORECASE
)
LEAST = 16  # characters; a shorter value is a word that anybody may say


def open_to_others(folder: Path) -> list[str]:
    """The files, folders and sockets below a folder that every user of the machine could open.

    Somebody else may know all names, and pass through every folder that lets others pass; what
    stands above the instance is not looked at.
    """
    found = []
    mode = folder.stat().st_mode
    if mode & stat.S_IROTH or mode & stat.S_IWOTH:
        found.append(f"{folder} can be listed or written")
    if not mode & stat.S_IXOTH:
        return found
    for path in folder.iterdir():
        with suppress(FileNotFoundError):  # the instance is at work meanwhile
            mode = path.lstat().st_mode
            if stat.S_ISDIR(mode):
                found += open_to_others(path)
            elif not stat.S_ISLNK(mode) and mode & stat.S_IRWXO:
                found.append(f"{path} is open: {stat.filemode(mode)}")
    return found


def secrets_of(instance: Instance) -> set[str]:
    """Every secret of an instance: its own, and whatever its configuration of CKAN holds."""
    known = {instance.secret(name) for name in SECRET_NAMES}
    ini = RawConfigParser(strict=False)
    ini.optionxform = str  # type: ignore[assignment,method-assign]
    ini.read(instance.ini, "utf-8")
    for name, value in ini["app:main"].items():
        if SECRET_OPTION.search(name):
            known |= set(re.split(r"[:/@?&=\s]+", value))
    return {text for text in known if len(text) >= LEAST and text not in str(instance.folder)}


def told(instance: Instance) -> Iterator[str]:
    """Where a secret stands that is no place for it: command lines, environments and logs."""
    secrets = {secret.encode() for secret in secrets_of(instance)}
    mark = f"SUPERVISOR_SERVER_URL=unix://{Supervisor(instance).socket}".encode()
    places = [instance.folder / "logs"]
    files = [path for place in places for path in place.rglob("*") if path.is_file()]
    for pid in [*ports.processes_with(mark), int(Supervisor(instance).rpc.getPID())]:
        files += [Path(f"/proc/{pid}/cmdline"), Path(f"/proc/{pid}/environ")]
    for path in files:
        with suppress(FileNotFoundError, ProcessLookupError):
            content = path.read_bytes()
            if any(secret in content for secret in secrets):
                yield str(path)


def open_processes(instance: Instance) -> list[int]:
    """The processes of an instance whose environment others could read."""
    mark = f"SUPERVISOR_SERVER_URL=unix://{Supervisor(instance).socket}".encode()
    found = []
    for pid in ports.processes_with(mark):
        with suppress(OSError):
            if os.stat(f"/proc/{pid}/environ").st_mode & 0o077:
                found.append(pid)
    return found
