"""A real instance, in a closed folder with spaces in its path, through all that may go wrong.

The tests go on from each other: the first one makes the instance.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import time
import urllib.error
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import secrecy
from command_line import Command
from portalctl import ports, python_env, servers
from portalctl.instance import SECRET_NAMES, Instance
from portalctl.supervisor import Supervisor

pytestmark = [pytest.mark.fault, pytest.mark.slow]

#: Steps of a first start within whose successor Ctrl-C is pressed.
INTERRUPTED = ("Solr node", "Search configuration", "Translations", "Style sheets and scripts")


def status(portal: Command) -> dict[str, Any]:
    found = json.loads(portal("status", "--json").stdout)
    return {item["name"]: item for item in found["processes"]}


def page(port: int) -> bytes:
    with ports.open_local(f"http://127.0.0.1:{port}/", timeout=60) as answer:
        assert answer.status == 200
        return answer.read()


def wait_for(condition, seconds: int = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if condition():
                return
        except OSError:
            pass
        time.sleep(0.5)
    pytest.fail(f"not within {seconds} s")


@pytest.fixture(scope="module")
def small_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A file system of 64 MB."""
    place = tmp_path_factory.mktemp("disk")
    mount = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a small disk can be mounted by root only")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_full_disk(small_disk: Path):
    """A disk without room is told in megabytes before anything is started."""
    done = Command(small_disk / "instance")("up", "--no-demo", "--port", "5999")
    assert done.returncode == 1
    assert "1500 MB are needed" in done.stderr
    assert "--instance" in done.stderr


def test_taken_port(command: Command):
    """A taken port is named, with the program that has it and the way on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        done = command("up", "--no-demo", "--port", str(port))
    assert done.returncode == 1
    assert f"port {port} is taken by" in done.stderr
    assert f"(pid {os.getpid()})" in done.stderr
    assert "--port" in done.stderr


def test_no_java(command: Command, tmp_path: Path, free_port: int):
    """Without Java, and without the right to install it, the package is named."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for folder in os.environ["PATH"].split(os.pathsep):
        for program in Path(folder).glob("*"):
            link = programs / program.name
            if not program.name.startswith(("java", "apt", "sudo")) and not link.exists():
                link.symlink_to(program)
    done = command("up", "--no-demo", "--port", str(free_port), environment={"PATH": str(programs)})
    assert done.returncode == 1
    assert "missing: default-jdk-headless" in done.stderr


def test_interrupted_first_start(portal: Command, free_port: int):
    """Ctrl-C within any step says that nothing is lost; the next start goes on to the end."""
    for step in INTERRUPTED:
        code, printed = portal.interrupt_after(step, "up", "--no-demo", "--port", str(free_port))
        assert f"✓ {step}" in printed
        assert code == 130, printed
        assert "repeat the command" in printed
    done = portal("up", "--no-demo", "--port", str(free_port))
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Password (shown this once)") == 1
    password = done.stdout.rpartition(": ")[2].strip()
    assert len(password) >= 12
    kept = [path for path in portal.folder.rglob("*") if path.is_file()]
    assert kept
    assert not [path for path in kept if password.encode() in path.read_bytes()]


def test_everything_runs(portal: Command, free_port: int):
    """All processes run, with pid and memory; the page is there; secrets are the owner's."""
    found = status(portal)
    assert {item["state"] for item in found.values()} <= {"running", "starting"}, found
    assert all(item["pid"] and item["memory_mb"] > 0 for item in found.values())
    assert found["web"]["port"] == free_port
    assert b'lang="es' in page(free_port)
    assert stat.S_IMODE((portal.folder / "secrets.json").stat().st_mode) == 0o600


def test_nobody_else_reads_anything(portal: Command, free_port: int):
    """No other user can open a file or a socket, and no secret is told where others look."""
    instance = Instance.open(portal.folder)
    page(free_port)
    assert len(secrecy.secrets_of(instance)) >= len(SECRET_NAMES)
    for folder in {instance.folder, instance.run_folder(), Path(instance.state["cluster"])}:
        assert secrecy.open_to_others(folder) == []
    assert list(secrecy.told(instance)) == []
    assert secrecy.open_processes(instance) == []
    shown = portal("status").stdout + portal("status", "--json").stdout
    assert not [secret for secret in secrecy.secrets_of(instance) if secret in shown]


def test_second_start_is_quick(portal: Command):
    """Starting what runs does nothing again, shows no password, and takes less than 30 s."""
    before = {name: item["pid"] for name, item in status(portal).items()}
    start = time.monotonic()
    done = portal("up")
    assert done.returncode == 0, done.stderr
    assert time.monotonic() - start < 30, done.stderr
    assert "Password" not in done.stdout
    assert {name: item["pid"] for name, item in status(portal).items()} == before


@pytest.mark.parametrize("name", ["redis", "postgres", "web"])
def test_killed_process_comes_back(portal: Command, free_port: int, name: str):
    """A process that is killed is started again, and the page answers."""
    before = status(portal)[name]["pid"]
    os.kill(before, signal.SIGKILL)
    wait_for(lambda: (now := status(portal)[name])["pid"] not in (None, before)
             and now["state"] == "running")  # fmt: skip
    wait_for(lambda: page(free_port))


def test_two_instances_side_by_side(portal: Command, free_port: int):
    """Another instance has ports and processes of its own, and ends without the first."""
    before = {name: item["pid"] for name, item in status(portal).items()}
    binaries = python_env.environment_folder(development=True) / "bin"
    with servers.servers(binaries) as addresses:
        other = f"{addresses['CKAN_SOLR_URL']}/admin/ping"
        account = (addresses["CKAN_SOLR_USER"], addresses["CKAN_SOLR_PASSWORD"])
        with ports.open_local(other, timeout=10, account=account) as answer:
            assert answer.status == 200
        assert page(free_port)
    with pytest.raises(urllib.error.URLError, match="refused"):
        ports.open_local(other, timeout=10, account=account)
    assert {name: item["pid"] for name, item in status(portal).items()} == before


def test_one_command_at_a_time(portal: Command):
    """While a command works on the instance, another that would change it is refused."""
    with Instance.open(portal.folder).lock():
        done = portal("down")
    assert done.returncode == 1
    assert "another command is working" in done.stderr


def test_killed_supervisor(portal: Command, free_port: int):
    """A start after the supervisor was killed ends what it left and goes on."""
    instance = Instance.open(portal.folder)
    pid = int(Supervisor(instance).rpc.getPID())
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not Supervisor(instance).is_running())
    done = portal("up")
    assert done.returncode == 0, done.stderr
    assert page(free_port)


def test_down_leaves_nothing_running(portal: Command, free_port: int):
    """After down no process of the instance is left, and its data are."""
    instance = Instance.open(portal.folder)
    mark = f"SUPERVISOR_SERVER_URL=unix://{Supervisor(instance).socket}".encode()
    assert ports.processes_with(mark)
    done = portal("down")
    assert done.returncode == 0, done.stderr
    assert ports.processes_with(mark) == []
    assert {item["state"] for item in status(portal).values()} == {"stopped"}
    assert Path(instance.state["cluster"]).is_dir()
    assert portal("down").returncode == 0
