"""A child of the reading room reaches nothing but its folder, whichever of the walls stand."""

from __future__ import annotations

import ast
import os
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ckanext.mxcity import room
from ckanext.mxcity.room import outside, walls

QUICK = room.Bounds(seconds=30, cpu_seconds=2, memory=room.GiB, disk=20 * room.MiB, files=64)
WALLS = {
    "all": walls.Walls(namespaces=True, landlock=True, filter=True),
    "namespaces": walls.Walls(namespaces=True, landlock=False, filter=False),
    "landlock and filter": walls.Walls(namespaces=False, landlock=True, filter=True),
}
SECRET = "clave-que-nadie-ve"  # noqa: S105


def do(code: str, **more: Any) -> Any:
    """Run statements in a child, and return what they leave in ``found``, as text."""
    stmt = f"{code}\nraise LookupError(repr(found))"
    with pytest.raises(room.RoomFailed) as ended:
        room.run("timeit:timeit", {"stmt": stmt, "number": 1}, bounds=QUICK, **more)
    return ended.value.detail.removeprefix("LookupError: ")


def tried(code: str) -> str:
    """Return what came of an expression in a child: its value, or the class of its error."""
    return str(do(f"try: found = {code}\nexcept BaseException as error: found = type(error)"))


@pytest.fixture(params=WALLS)
def stands(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each set of walls that this system can have; the limits stand in all of them."""
    wanted = WALLS[request.param]
    have = walls.standing()
    if (wanted.namespaces, wanted.landlock, wanted.filter) > (
        have.namespaces, have.landlock, have.filter,
    ):  # fmt: skip
        pytest.skip("this system lacks a wall")
    monkeypatch.setattr(walls, "standing", lambda: wanted)
    monkeypatch.setattr(outside, "standing", lambda: wanted)
    return str(request.param)


@pytest.fixture
def listener() -> Iterator[tuple[int, list[int]]]:
    """A port of the loopback, and who came."""
    came: list[int] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            while True:
                try:
                    connection, address = server.accept()
                except OSError:
                    return
                came.append(address[1])
                connection.close()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield server.getsockname()[1], came
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def test_this_machine_has_every_wall() -> None:
    """The suite runs where the room is whole: else it would prove little."""
    assert walls.standing() == WALLS["all"]


def test_other_files_are_out_of_reach(
    stands: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither files of the portal nor of the system are read, listed or written."""
    monkeypatch.setenv("CKAN_SQLALCHEMY_URL", SECRET)
    secret = tmp_path / "ckan.ini"
    secret.write_text(SECRET)
    repository = Path(__file__).parents[3]
    for path in (secret, repository / "config" / "ckan.ini.template", Path("/etc/passwd")):
        assert "Error" in tried(f"open({str(path)!r}).read()"), (stands, path)
        assert "Error" in tried(f"open({str(path)!r}, 'a')"), (stands, path)
    of_code = {part for place in walls.code() for part in Path(place).parts}
    for folder in ("/root", "/home", tmp_path, repository, "/etc", "/proc/1"):
        seen = tried(f"__import__('os').listdir({str(folder)!r})")
        assert "Error" in seen or set(ast.literal_eval(seen)) <= of_code, (stands, folder, seen)
    assert SECRET not in do("import os; found = dict(os.environ)")


def test_no_connection_is_made(stands: str, listener: tuple[int, list[int]]) -> None:
    """Nobody is reached, not even on this machine."""
    port, came = listener
    asked = f"__import__('socket').create_connection(('127.0.0.1', {port}), 2)"
    assert "Error" in tried(asked), stands
    assert came == []


@pytest.mark.parametrize(
    "code",
    [
        "__import__('os').fork()",
        "__import__('subprocess').run(['/bin/true'])",
        "__import__('os').execv('/bin/true', ['true'])",
        "__import__('os').kill(__import__('os').getppid(), 9)",
        "__import__('os').setuid(0)",
        "__import__('os').chroot('/')",
    ],
)
def test_no_process_is_made_or_touched(code: str) -> None:
    """A reader starts nothing, ends nothing and becomes nobody else."""
    assert "Error" in tried(code)


def test_a_given_file_is_read_and_stays_as_it_is(stands: str, tmp_path: Path) -> None:
    """The child reads its file, and cannot change it."""
    given = tmp_path / "given"
    given.write_text("hola")
    code = (
        "import glob, os\n"
        "path = os.path.dirname(os.environ['TMPDIR']) + '/in/given'\n"
        "found = open(path).read()\n"
        "for way in ('w', 'a', 'r+'):\n"
        "    try: open(path, way).write('x'); found += way\n"
        "    except OSError: pass\n"
        "try: os.unlink(path); found += 'gone'\n"
        "except OSError: pass"
    )
    with outside.Child(QUICK, None) as child:
        child.lay(given, "given")
        stmt = f"{code}\nraise LookupError(found)"
        child.start("timeit:timeit", {"stmt": stmt, "number": 1})
        with pytest.raises(room.RoomFailed) as ended:
            child.heard()
    assert ended.value.detail == "LookupError: hola"
    assert given.read_text() == "hola"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("bytearray(3 << 30)", "memory"),
        ("[str(n) * 10_000 for n in range(10 ** 9)]", "memory"),
        ("while True: pass", "time"),
        ("import os; open(os.environ['TMPDIR'] + '/a', 'wb').write(bytes(30 << 20))", "disk"),
        ("import os; os.abort()", "ended"),
        ("import ctypes; ctypes.string_at(0)", "ended"),
        ("raise SystemExit(3)", "ended"),
        ("import os; held = [os.open('/dev/null', 0) for n in range(500)]", "ended"),
    ],
)  # fmt: skip
def test_more_than_the_bounds_is_told(code: str, reason: str) -> None:
    """A child that takes too much, dies or stops ends by itself; the reason is told."""
    # On a busy machine a gigabyte takes its time.
    bounds = replace(QUICK, cpu_seconds=10) if reason == "memory" else QUICK
    with pytest.raises(room.RoomFailed) as ended:
        room.run("timeit:timeit", {"stmt": code, "number": 1}, bounds=bounds)
    assert ended.value.reason == reason, ended.value


def test_many_small_files_count_together() -> None:
    """What a child writes is added up while it writes."""
    code = (
        "import os, time\n"
        "for n in range(40):\n"
        "    open(os.environ['TMPDIR'] + f'/{n}', 'wb').write(bytes(1 << 20))\n"
        "time.sleep(15)"
    )
    with pytest.raises(room.RoomFailed) as ended:
        room.run("timeit:timeit", {"stmt": code, "number": 1}, bounds=QUICK)
    assert ended.value.reason == "disk"


def test_an_answer_without_end_is_not_taken() -> None:
    """Nor is more kept of an answer than is allowed."""
    small = room.Bounds(seconds=20, answer=1000)
    with pytest.raises(room.RoomFailed) as ended:
        room.run("builtins:dict", {"a": "x" * 5000}, bounds=small)
    assert ended.value.reason == "answer"


def test_a_silent_child_ends(tmp_path: Path) -> None:
    """One that waits for ever is ended when its time is over."""
    with pytest.raises(room.RoomFailed) as ended:
        room.run("time:sleep", {}, bounds=QUICK)
    assert ended.value.reason == "ended"  # it lacks an argument
    short = room.Bounds(seconds=1)
    stmt = "import time; time.sleep(60)"
    with pytest.raises(room.RoomFailed) as ended:
        room.run("timeit:timeit", {"stmt": stmt, "number": 1}, bounds=short)
    assert ended.value.reason == "time"


def test_a_result_is_a_plain_file(tmp_path: Path) -> None:
    """What the child made comes to its place; a link to somewhere else does not."""
    given, target = tmp_path / "given", tmp_path / "target"
    given.write_text("hola")
    room.run("shutil:copyfile", {}, files={"src": given}, results={"dst": target})
    assert target.read_text() == "hola"
    target.unlink()
    with pytest.raises(room.RoomFailed):
        room.run("os:symlink", {"src": "/etc/passwd"}, results={"dst": target}, bounds=QUICK)
    assert not os.path.lexists(target)


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    """The folder of a child goes with it, however it ends."""
    target = tmp_path / "target"
    for code in ("pass", "import os; os.abort()"):
        with pytest.raises(room.RoomFailed):
            room.run("timeit:timeit", {"stmt": code}, results={"dst": target}, bounds=QUICK)
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "line",
    [
        "{", "5", "null", "[]", "{}", '"x"', "\\xff", "[" * 50_000, '{"ask": "x"}',
        '{"failed": {"a": 1}}', '{"failed": "no-such"}', "9" * 5_000,
    ],
)  # fmt: skip
def test_an_answer_of_no_sense_is_a_failure(line: str) -> None:
    """The child may say what it likes: outside it is one kind of error."""
    code = (
        "import os\n"
        "for descriptor in range(3, 250):\n"
        f"    try: os.write(descriptor, {line.encode()!r} + b'\\n')\n"
        "    except OSError: pass\n"
        "os._exit(0)"
    )
    with pytest.raises(room.RoomFailed) as ended:
        room.run("timeit:timeit", {"stmt": code, "number": 1}, bounds=QUICK)
    assert ended.value.reason == "ended"
    assert not ended.value.detail.startswith("code"), "the line was heard"


@pytest.mark.parametrize(
    "code",
    [
        "import os; os.memfd_create('a')",
        "import os; os.posix_fallocate(os.open(os.environ['TMPDIR'] + '/a', os.O_CREAT | 2), 0, 9)"
        "; raise OSError",
        "import os; os.chmod(os.environ['TMPDIR'], 0o777)",
        "import os; os.utime(os.environ['TMPDIR'])",
        "import os; os.setxattr(os.environ['TMPDIR'], 'user.a', b'b')",
        "import os; os.setpriority(os.PRIO_PROCESS, 0, 19)",
        "import os, resource; resource.prlimit(os.getppid(), resource.RLIMIT_CPU, (1, 1))",
    ],
)
def test_nothing_is_changed_or_hidden(stands: str, code: str) -> None:
    """Neither what a file is like, nor other processes, nor what is used of memory and disk."""
    if stands == "namespaces":
        pytest.skip("the filter alone refuses these")
    with pytest.raises(room.RoomFailed) as ended:
        room.run("timeit:timeit", {"stmt": code, "number": 1}, bounds=QUICK)
    assert "Error" in ended.value.detail


def test_files_without_number_are_too_many() -> None:
    """Folders take room, too."""
    code = (
        "import os, time\n"
        "for n in range(8_000): os.mkdir(os.environ['TMPDIR'] + f'/{n}')\n"
        "time.sleep(20)"
    )
    with pytest.raises(room.RoomFailed) as ended:
        room.run("timeit:timeit", {"stmt": code, "number": 1}, bounds=QUICK)
    assert ended.value.reason == "disk"


def test_a_child_that_does_not_listen_holds_nobody() -> None:
    """What it asked for is not waited to be taken for longer than a silence may last."""
    line = b'{"ask": 1, "with": 2}' + bytes([10])
    code = (
        "import os, time\n"
        "for descriptor in range(3, 250):\n"
        f"    try: os.write(descriptor, {line!r})\n"
        "    except OSError: pass\n"
        "time.sleep(60)"
    )
    short = room.Bounds(seconds=8)
    with outside.Child(short, None) as child:
        child.start("timeit:timeit", {"stmt": code, "number": 1})
        assert child.heard()["ask"] == 1
        with pytest.raises(room.RoomFailed) as ended:
            child.tell("x" * 10_000_000)
    assert ended.value.reason == "time"
