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
import stat
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from tempfile import gettempdir, mkdtemp
from typing import IO, Any, cast, get_args

from ckanext.mxcity.ground import schema_files
from ckanext.mxcity.room import syscalls
from ckanext.mxcity.room.model import Bounds, MiB, Reason, RoomFailed
from ckanext.mxcity.room.walls import ENVIRONMENT, command, packages, ruleset, search, standing

log = logging.getLogger(__name__)

#: Children at once of one process of the portal; others wait for so many seconds.
AT_ONCE, PATIENCE = 2, 20
#: Seconds between two looks at what a child has written.
_LOOK = 0.1
_PREFIX = "mxcity-room-"
#: What has to stay free on the disk, for everybody else.
LEAST_FREE = 200 * MiB
_PIECE = 1 << 16
#: Files and folders that a child may have at a time: more are no work.
MOST_ENTRIES = 5_000
_SHOWN = 500
_TRIES = 50
#: Folders of children whose parent was killed are cleared away after so many seconds.
_FORGOTTEN = 24 * 3600
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
    results = results or {}
    beside = next(iter(results.values())).parent if results else None
    with _place(), Child(bounds or Bounds(), beside) as child:
        given = {key: str(child.lay(path, key)) for key, path in (files or {}).items()}
        made = {key: child.work / f"result-{key}" for key in results}
        told = {key: str(path) for key, path in made.items()}
        child.start(task, {**arguments, **given, **told})
        answer = child.heard()
        if "done" not in answer:
            raise RoomFailed("ended", "it asks where it should answer")
        child.end()
        for key, path in made.items():
            _taken(path, results[key])
        return answer["done"]


def talk(
    task: str,
    arguments: Mapping[str, Any],
    answers: Callable[[Child, str, Any], Any],
    bounds: Bounds | None = None,
    lay: Callable[[Child], Mapping[str, Any]] | None = None,
) -> Iterator[Any]:
    """Yield what a task yields in a child without doors, and answer what it asks meanwhile.

    The function is given ``ask``, which takes a word and a value, and returns what ``answers``
    returns for them. Of ``bounds`` the seconds are those of a silence; ``lay`` puts files before
    the child, and returns the arguments that tell of them.

    Raises:
        RoomFailed: the child ended before its end.

    """
    with Child(bounds or Bounds(), None) as child:
        child.start(task, {**arguments, **(lay(child) if lay else {})}, talks=True)
        while "done" not in (said := child.heard()):
            if "ask" in said:
                child.tell(answers(child, said["ask"], said["with"]))
            elif "item" in said:
                yield said["item"]


@contextmanager
def _place() -> Iterator[None]:
    if not _places.acquire(timeout=PATIENCE):
        raise RoomFailed("busy")
    try:
        yield
    finally:
        _places.release()


def _taken(made: Path, target: Path) -> None:
    """Move what a child wrote, if it wrote it, and if it is a plain file with one name."""
    if not os.path.lexists(made):
        return
    told = made.lstat()
    if not stat.S_ISREG(told.st_mode) or told.st_nlink != 1:
        raise RoomFailed("ended", "the result is no plain file")
    made.chmod(0o600)
    made.replace(target)


def _understood(line: bytes) -> dict[str, Any]:
    """Return what a line says; RoomFailed for one that no child of ours would say."""
    try:
        said = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise RoomFailed("ended", "its answer is no JSON") from error
    if not isinstance(said, dict) or not said.keys() & {"done", "ask", "item", "failed"}:
        raise RoomFailed("ended", "its answer is none")
    if "ask" in said and "with" not in said:
        raise RoomFailed("ended", "its question is none")
    if "failed" in said:
        log.info("A reading failed: %r", said)
        known: tuple[Reason, ...] = get_args(Reason)
        reason: Reason = next((reason for reason in known if reason == said["failed"]), "ended")
        raise RoomFailed(reason, str(said.get("detail", ""))[:_SHOWN])
    return said


class Child:
    """A process behind the walls, with a folder of its own; it ends with the block."""

    def __init__(self, bounds: Bounds, beside: Path | None) -> None:
        self._bounds = bounds
        self._stack = ExitStack()
        _sweep()
        self._folder = Path(mkdtemp(prefix=_PREFIX, dir=beside))
        self._stack.callback(_clear, self._folder)
        self.work = self._folder / "work"
        (self._folder / "in").mkdir()
        self.work.mkdir()
        self._text = bytearray()

    def __enter__(self) -> Child:
        """Give the child, not yet started."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it, and take its folder away."""
        self._stack.close()

    def lay(self, content: Path | bytes, name: str) -> Path:
        """Put a file where the child reads it: by a second name, or as a copy; return where."""
        target = self._folder / "in" / name
        if isinstance(content, bytes):
            target.write_bytes(content)
            return target
        path, linked = content.resolve(), False
        if standing().namespaces:  # else the child could change what the file is like
            with contextlib.suppress(OSError):  # it lies on another disk
                os.link(path, target)
                linked = True
        if not linked:
            shutil.copyfile(path, target)
        return target

    def start(self, task: str, arguments: Mapping[str, Any], talks: bool = False) -> None:
        """Start it, and give it its order."""
        self._reading, writing = os.pipe()
        self._stack.callback(os.close, self._reading)
        rules = ruleset(self._folder)
        passed = [writing] if rules is None else [writing, rules]
        self._errors = self._stack.enter_context((self._folder / "errors").open("w+b"))
        try:
            self._process = subprocess.Popen(  # noqa: S603
                command(self._folder),
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=self._errors,
                pass_fds=passed,
                env={
                    **ENVIRONMENT,
                    "TMPDIR": str(self.work),
                    "PATH": os.environ.get("PATH", os.defpath),
                },
                cwd="/",
            )
        except OSError as error:
            raise RoomFailed("ended", str(error)) from error
        finally:
            for descriptor in passed:
                os.close(descriptor)
        self._stack.callback(self.end)
        self._orders = cast(IO[bytes], self._process.stdin).fileno()
        os.set_blocking(self._orders, False)
        self.tell(order(task, arguments, self._bounds, writing, rules) | {"talks": talks})

    def tell(self, value: Any) -> None:
        """Give it a line."""
        left = memoryview(json.dumps(value).encode() + b"\n")
        deadline = time.monotonic() + self._bounds.seconds
        with contextlib.suppress(BrokenPipeError), selectors.DefaultSelector() as selector:
            # One that has died takes nothing: what is heard next tells why.
            selector.register(self._orders, selectors.EVENT_WRITE)
            while left:
                if time.monotonic() > deadline:
                    raise RoomFailed("time")
                if selector.select(_LOOK):
                    left = left[os.write(self._orders, left[:_PIECE]) :]

    def heard(self) -> Any:
        """Return the next line that it says.

        Raises:
            RoomFailed: it says that it failed, takes more than it may, or has ended.

        """
        line = self._line()
        if not line:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(5)
            raise RoomFailed(_reason(self._process.returncode), self._last_words())
        return _understood(line)

    def _line(self) -> bytes:
        deadline = time.monotonic() + self._bounds.seconds
        looked = time.monotonic()
        with selectors.DefaultSelector() as selector:
            selector.register(self._reading, selectors.EVENT_READ)
            end = self._text.find(b"\n")
            while end < 0:
                if selector.select(_LOOK):
                    piece = os.read(self._reading, _PIECE)
                    if not piece:
                        return b""
                    before = len(self._text)
                    self._text += piece
                    end = self._text.find(b"\n", before)
                    if len(self._text) > self._bounds.answer:
                        raise RoomFailed("answer")
                now = time.monotonic()
                if now > deadline:
                    raise RoomFailed("time")
                if now > looked + _LOOK:
                    looked = now
                    self._look_at_disk()
        line = bytes(self._text[: end + 1])
        del self._text[: end + 1]
        return line

    def _look_at_disk(self) -> None:
        written = _size(self.work) + (self._folder / "errors").stat().st_size
        if written > self._bounds.disk:
            raise RoomFailed("disk")
        if shutil.disk_usage(self._folder).free < LEAST_FREE:
            raise RoomFailed("full")

    def _last_words(self) -> str:
        """Return how it ended, for the log, which has the end of its error output."""
        size = self._errors.seek(0, os.SEEK_END)
        self._errors.seek(max(0, size - _SHOWN))
        text = self._errors.read().decode("utf-8", "replace")
        log.warning("A reading ended with code %s: %r", self._process.returncode, text)
        return f"code {self._process.returncode}"

    def end(self) -> None:
        """End it with whatever it started; one that has ended is no error."""
        if self._process.stdin:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        self._process.wait()


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
        "schemas": schema_files.places(),
        "search": search(),
        "limits": {
            "RLIMIT_AS": bounds.memory,
            "RLIMIT_CPU": bounds.cpu_seconds,
            "RLIMIT_FSIZE": bounds.disk,
            "RLIMIT_NOFILE": bounds.files,
            "RLIMIT_CORE": 0,
        },
    }


def _size(folder: Path) -> int:
    """Return the bytes that a folder takes of the disk, links not followed.

    Raises:
        RoomFailed: it holds more files and folders than any work needs.

    """
    total = entries = 0
    waiting = [str(folder)]
    while waiting:
        with contextlib.suppress(OSError), os.scandir(waiting.pop()) as found:
            for entry in found:
                entries += 1
                if entries > MOST_ENTRIES:
                    raise RoomFailed("disk", "too many files")
                with contextlib.suppress(OSError):
                    told = entry.stat(follow_symlinks=False)
                    total += max(told.st_size, told.st_blocks * 512)
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
    return total


def _clear(folder: Path) -> None:
    """Take a folder away; what its child still makes while it dies goes with it."""
    for _ in range(_TRIES):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(_LOOK)
    log.warning("The folder of a reading could not be cleared: %s", folder)


@cache
def _sweep() -> None:
    """Clear away, once a process, what children left whose parent was killed."""
    before = time.time() - _FORGOTTEN
    for folder in Path(gettempdir()).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            if folder.lstat().st_uid == os.geteuid() and folder.lstat().st_mtime < before:
                shutil.rmtree(folder, ignore_errors=True)


def _reason(code: int | None) -> Reason:
    """Tell why a child ended that gave no answer; bubblewrap adds 128 to a signal."""
    number = -code if code is not None and code < 0 else (code or 0) - 128
    return "time" if number == signal.SIGXCPU else "ended"
