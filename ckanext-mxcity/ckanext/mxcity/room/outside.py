"""Start a child, watch it while it works, and take its answer."""

from __future__ import annotations

import base64
import contextlib
import json
import logging
import os
import selectors
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from ckanext.mxcity.room import syscalls
from ckanext.mxcity.room.model import MiB, Bounds, Reason, RoomFailed
from ckanext.mxcity.room.walls import ENVIRONMENT, command, packages, ruleset, search, standing

log = logging.getLogger(__name__)

#: Children at once of one process of the portal; others wait for so many seconds.
AT_ONCE, PATIENCE = 2, 20
#: Seconds between two looks at what a child has written.
_LOOK = 0.1
#: What has to stay free on the disk, for everybody else.
LEAST_FREE = 200 * MiB
_PIECE = 1 << 16
_places = threading.BoundedSemaphore(AT_ONCE)


def run(
    task: str,
    arguments: Mapping[str, Any],
    *,
    files: Mapping[str, Path] | None = None,
    results: Mapping[str, Path] | None = None,
    bounds: Bounds | None = None,
) -> Any:
    """Do a task in a child without doors, and return its answer.

    Args:
        task: ``package.module:function``, of a package of ours.
        arguments: what the function is given by name, as JSON can hold it.
        files: arguments that are files to read; the child sees each under a name of ours.
        results: arguments that are files to write; each comes to its place if the child made it.
        bounds: what the child may use.

    Raises:
        RoomFailed: the child gave no answer.

    """
    bounds = bounds or Bounds()
    results = results or {}
    beside = next(iter(results.values())).parent if results else None
    with _place(), TemporaryDirectory(prefix="mxcity-room-", dir=beside) as name:
        folder = Path(name)
        (folder / "in").mkdir()
        (folder / "work").mkdir()
        given = {key: _laid(path, folder / "in" / key) for key, path in (files or {}).items()}
        made = {key: folder / "work" / f"result-{key}" for key in results}
        told = {key: str(path) for key, path in (given | made).items()}
        answer = _asked(task, {**arguments, **told}, folder, bounds)
        for key, path in made.items():
            _taken(path, results[key])
        return answer


@contextmanager
def _place() -> Iterator[None]:
    if not _places.acquire(timeout=PATIENCE):
        raise RoomFailed("busy")
    try:
        yield
    finally:
        _places.release()


def _laid(path: Path, target: Path) -> Path:
    """Put a file where the child reads it: by a second name, or as a copy on another disk."""
    path = path.resolve()
    try:
        os.link(path, target)
    except OSError:
        shutil.copyfile(path, target)
    return target


def _taken(made: Path, target: Path) -> None:
    """Move what a child wrote, if it is a plain file with one name."""
    with contextlib.suppress(FileNotFoundError):
        if made.is_symlink() or not made.is_file() or made.stat().st_nlink != 1:
            raise RoomFailed("ended", "the result is no plain file")
        made.replace(target)


def _asked(task: str, arguments: Mapping[str, Any], folder: Path, bounds: Bounds) -> Any:
    with ExitStack() as stack:
        reading, writing = os.pipe()
        stack.callback(os.close, reading)
        rules = ruleset(folder)
        passed = [writing] if rules is None else [writing, rules]
        errors = stack.enter_context((folder / "errors").open("w+b"))
        try:
            child = subprocess.Popen(  # noqa: S603
                command(folder),
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                pass_fds=passed,
                env={**ENVIRONMENT, "TMPDIR": str(folder / "work"), "PATH": os.defpath},
                cwd="/",
                close_fds=True,
            )
        except OSError as error:
            raise RoomFailed("ended", str(error)) from error
        finally:
            for descriptor in passed:
                os.close(descriptor)
        stack.callback(_ended, child)
        told = order(task, arguments, bounds, writing, rules)
        _give(child, told)
        text = _watched(child, reading, folder, bounds)
        return _understood(child, text, errors)


def order(
    task: str, arguments: Mapping[str, Any], bounds: Bounds, channel: int, rules: int | None
) -> dict[str, Any]:
    """Return what a child is told: the task, the limits, and the doors that it has to close."""
    return {
        "task": task,
        "arguments": dict(arguments),
        "channel": channel,
        "landlock": rules,
        "filter": base64.b64encode(syscalls.program()).decode() if standing().filter else "",
        "packages": packages(),
        "search": search(),
        "limits": {
            "RLIMIT_AS": bounds.memory,
            "RLIMIT_CPU": bounds.cpu_seconds,
            "RLIMIT_FSIZE": bounds.disk,
            "RLIMIT_NOFILE": bounds.files,
            "RLIMIT_CORE": 0,
        },
    }


def _give(child: subprocess.Popen[bytes], told: Mapping[str, Any]) -> None:
    assert child.stdin is not None
    with contextlib.suppress(BrokenPipeError):  # it has died: its end tells why
        child.stdin.write(json.dumps(told).encode())
        child.stdin.close()


def _watched(
    child: subprocess.Popen[bytes], reading: int, folder: Path, bounds: Bounds
) -> bytes:
    """Return what a child says until it ends; RoomFailed when it takes more than it may."""
    deadline = time.monotonic() + bounds.seconds
    text = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(reading, selectors.EVENT_READ)
        looked = time.monotonic()
        while True:
            if selector.select(_LOOK):
                piece = os.read(reading, _PIECE)
                if not piece:
                    break
                text += piece
                if len(text) > bounds.answer:
                    raise RoomFailed("answer")
            if time.monotonic() > deadline:
                raise RoomFailed("time")
            if time.monotonic() > looked + _LOOK:
                looked = time.monotonic()
                _look_at_disk(folder, bounds)
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(max(1.0, deadline - time.monotonic()))
    return bytes(text)


def _look_at_disk(folder: Path, bounds: Bounds) -> None:
    if _size(folder / "work") > bounds.disk:
        raise RoomFailed("disk")
    if shutil.disk_usage(folder).free < LEAST_FREE:
        raise RoomFailed("full")


def _size(folder: Path) -> int:
    """Return the bytes that lie under a folder, links not followed."""
    total = 0
    with contextlib.suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            with contextlib.suppress(FileNotFoundError):
                if entry.is_dir(follow_symlinks=False):
                    total += _size(Path(entry.path))
                else:
                    total += entry.stat(follow_symlinks=False).st_size
    return total


def _ended(child: subprocess.Popen[bytes]) -> None:
    """End a child with whatever it started; one that has ended is no error."""
    if child.stdin and not child.stdin.closed:
        with contextlib.suppress(OSError):
            child.stdin.close()
    with contextlib.suppress(ProcessLookupError):
        child.kill()
    child.wait()


def _understood(child: subprocess.Popen[bytes], text: bytes, errors: IO[bytes]) -> Any:
    try:
        answer = json.loads(text)
    except ValueError:
        raise RoomFailed(_reason(child.returncode), _said(errors, child.returncode)) from None
    if "failed" in answer:
        log.info("A reading failed: %s", answer)
        raise RoomFailed(answer["failed"], str(answer.get("detail", "")))
    return answer["done"]


def _reason(code: int | None) -> Reason:
    """Tell why a child ended that gave no answer; bubblewrap adds 128 to a signal."""
    number = -code if code is not None and code < 0 else (code or 0) - 128
    return "time" if number == signal.SIGXCPU else "ended"


def _said(errors: IO[bytes], code: int | None) -> str:
    """Return the end of what a child wrote on its error output, for the log."""
    size = errors.seek(0, os.SEEK_END)
    errors.seek(max(0, size - 500))
    text = errors.read().decode("utf-8", "replace")
    log.warning("A reading ended with code %s: %r", code, text)
    return f"code {code}"


