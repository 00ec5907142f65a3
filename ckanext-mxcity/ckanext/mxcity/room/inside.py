"""The child: closes the last doors behind itself, then does one task.

It is started with Python's standard library alone (``-I -S``), and reads one order from its
standard input: see ``outside.order``. Nothing that a stranger sent is touched before the limits,
Landlock and the filter of system calls are in force.
"""

from __future__ import annotations

import base64
import contextlib
import ctypes
import errno
import importlib
import importlib.util
import json
import os
import resource
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import IO, Any

_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP = 1, 38, 22
_SECCOMP_MODE_FILTER = 2
_LANDLOCK_RESTRICT_SELF = 446
_SIGKILL = 9


class Packages:
    """Find our packages where they are, and nothing else of their namespace."""

    def __init__(self, places: Mapping[str, str]) -> None:
        self.places = places

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return where a package of ours is; None leaves the name to the others."""
        place = self.places.get(name)
        if place is None:
            return None
        return importlib.util.spec_from_file_location(
            name, f"{place}/__init__.py", submodule_search_locations=[place]
        )


class _Filter(ctypes.Structure):
    """``struct sock_fprog``."""

    _fields_ = [("length", ctypes.c_ushort), ("program", ctypes.c_char_p)]


def main() -> None:
    """Take the order, close the doors, do the task, answer."""
    order = json.loads(sys.stdin.readline())
    close_doors(order)
    with os.fdopen(int(order["channel"]), "wb", buffering=0) as channel:
        try:
            last = _talk(order, channel) if order["talks"] else _do(order)
        except MemoryError:
            last = _failed("memory")
        except OSError as error:
            full = {errno.EFBIG: "disk", errno.ENOSPC: "full", errno.ENOMEM: "memory"}
            last = _failed(full.get(error.errno or 0, "ended"), repr(error))
        except Exception as error:  # noqa: BLE001  # whatever it is, the parent has to know
            last = _failed("ended", f"{type(error).__name__}: {error}")
        _send(channel, last)
    os._exit(0)  # nothing that a library does on its way out matters any more


def _send(channel: IO[bytes], line: bytes) -> None:
    left = memoryview(line + b"\n")
    while left:
        left = left[channel.write(left) :]


def _failed(reason: str, detail: str = "") -> bytes:
    return json.dumps({"failed": reason, "detail": detail[:2000]}).encode()


def close_doors(order: Mapping[str, Any]) -> None:
    """Set the limits, then Landlock, then the filter; OSError if the kernel refuses one."""
    for name, value in order["limits"].items():
        with contextlib.suppress(ValueError):  # a hard limit lower than ours is as good
            # Two seconds more of a processor, so that the signal of the first limit can be told.
            hard = value + 2 if name == "RLIMIT_CPU" else value
            resource.setrlimit(getattr(resource, name), (value, hard))
    libc = ctypes.CDLL(None, use_errno=True)
    _call(libc.prctl, _PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)
    _call(libc.prctl, _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if order["landlock"] is not None:
        _call(libc.syscall, _LANDLOCK_RESTRICT_SELF, order["landlock"], 0)
        os.close(order["landlock"])
    if order["filter"]:
        program = base64.b64decode(order["filter"])
        told = _Filter(len(program) // 8, program)
        _call(libc.prctl, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(told), 0, 0)


def _call(function: Any, *arguments: Any) -> None:
    # Whole registers: the kernel looks at all bits of what is unused.
    wide = [ctypes.c_ulong(item) if isinstance(item, int) else item for item in arguments[1:]]
    if function(arguments[0], *wide):
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def _do(order: Mapping[str, Any]) -> bytes:
    """Do the task; return its answer as JSON."""
    function = _function(order)
    msgspec = importlib.import_module("msgspec")
    return bytes(msgspec.json.encode({"done": function(**order["arguments"])}))


def _talk(order: Mapping[str, Any], channel: IO[bytes]) -> bytes:
    """Do the task, and say each thing that it yields; it may ask meanwhile."""

    def ask(word: str, value: Any) -> Any:
        _send(channel, json.dumps({"ask": word, "with": value}).encode())
        return json.loads(sys.stdin.readline())

    for item in _function(order)(**order["arguments"], ask=ask):
        _send(channel, json.dumps({"item": item}, default=str).encode())
    return b'{"done": null}'


def _function(order: Mapping[str, Any]) -> Callable[..., Any]:
    sys.path += order["search"]
    namespace = ModuleType("ckanext")
    namespace.__path__ = []
    sys.modules["ckanext"] = namespace
    sys.meta_path.insert(0, Packages(order["packages"]))
    schema_files = importlib.import_module("ckanext.mxcity.ground.schema_files")
    schema_files.use(order["schemas"], order["schemas"])
    module, _, name = order["task"].partition(":")
    result: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return result


if __name__ == "__main__":
    main()
