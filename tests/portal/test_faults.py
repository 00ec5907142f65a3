"""A real instance, in a closed folder with spaces in its path, through all that may go wrong.

The tests share the instance; each leaves it as whole as it found it, or stopped.
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
import visitors
from command_line import INTERRUPTED, Command, FirstStart
from portalctl import instance, ports, proxy, python_env, servers, solr
from portalctl.commands import own_environment
from portalctl.instance import SECRET_NAMES, Instance
from portalctl.supervisor import Supervisor

pytestmark = [pytest.mark.fault, pytest.mark.slow]


def status(portal: Command) -> dict[str, Any]:
    found = json.loads(portal("status", "--json").stdout)
    return {item["name"]: item for item in found["processes"]}


def page(port: int) -> bytes:
    with ports.open_local(f"http://127.0.0.1:{port}/", timeout=60) as answer:
        assert answer.status == 200
        return answer.read()


def wait_for(condition, seconds: int = 300) -> None:
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


def test_no_java(command: Command, tmp_path: Path):
    """Without Java, and without the right to install it, the package is named."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for folder in os.environ["PATH"].split(os.pathsep):
        for program in Path(folder).glob("*"):
            link = programs / program.name
            if not program.name.startswith(("java", "apt", "sudo")) and not link.exists():
                link.symlink_to(program)
    port = str(instance.free_port())
    done = command("up", "--no-demo", "--port", port, environment={"PATH": str(programs)})
    assert done.returncode == 1
    assert "missing: default-jdk-headless" in done.stderr


def test_interrupted_first_start(first_start: FirstStart):
    """Ctrl-C within any step says that nothing is lost; the next start goes on to the end."""
    assert len(first_start.interrupted) == len(INTERRUPTED)
    for step, code, printed in first_start.interrupted:
        assert f"✓ {step}" in printed
        assert code == 130, printed
        assert "repeat the command" in printed
    portal, done = first_start.command, first_start.last
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
    assert found["proxy"]["port"] == free_port
    assert found["web"]["port"] is None
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


@pytest.mark.parametrize("name", ["redis", "postgres", "web", "downloads", "proxy"])
def test_killed_process_comes_back(portal: Command, free_port: int, name: str):
    """A process that is killed is started again, and the page answers."""
    before = status(portal)[name]["pid"]
    os.kill(before, signal.SIGKILL)
    wait_for(lambda: (now := status(portal)[name])["pid"] not in (None, before)
             and now["state"] == "running")  # fmt: skip
    wait_for(lambda: page(free_port), 120)
    if name == "proxy":  # its own children do not outlive it
        assert len(proxy.processes(Instance.open(portal.folder))) == 3


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


def test_missing_core_is_made_again(portal: Command, free_port: int):
    """A start opens a core that is gone from a running Solr, and fills it."""
    instance = Instance.open(portal.folder)
    processes = Supervisor(instance).rpc

    def indexed() -> int:
        with solr.ask(instance, "ckan/select?q=*:*&rows=0", timeout=10) as answer:
            return json.load(answer)["response"]["numFound"]

    before = indexed()
    assert before
    processes.stopProcess("scheduler")  # which would mend it by itself
    query = "action=UNLOAD&core=ckan&deleteInstanceDir=true"
    with solr.ask(instance, f"admin/cores?{query}", timeout=60):
        pass
    done = portal("up")
    assert done.returncode == 0, done.stderr
    assert "✓ Search index" in done.stderr
    assert indexed() == before
    assert page(free_port)


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


@pytest.fixture(scope="module")
def _big_tables() -> list[str]:
    """The id of the table, once it is made."""
    return []


@pytest.fixture
def big_table(portal: Command, _big_tables: list[str]) -> str:
    """The id of a public table of a million rows."""
    if _big_tables:
        return _big_tables[0]
    python = python_env.environment_folder(development=True) / "bin" / "python"
    ini = Instance.open(portal.folder).ini
    done = subprocess.run(
        [str(python), str(Path(__file__).with_name("big_table.py")), "1000000"],
        env={**own_environment(), "CKAN_INI": str(ini)}, cwd=portal.folder,
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    _big_tables.append(done.stdout.split()[-1])
    return _big_tables[0]


def test_no_route_names_the_servers_software(portal: Command, free_port: int, big_table: str):
    """Pages, files, tables, refusals and faults say neither what serves them nor its version."""
    wait_for(lambda: page(free_port))
    paths = [
        "/", "/salud/vivo", "/salud/listo", "/no-such-page", "/%00", "/data.json", "/robots.txt",
        f"/table/{big_table}.csv?limit=1", f"/datastore/dump/{big_table}?limit=1", "/table/x.csv",
        "/api/3/action/package_search?rows=x", "/api/3/action/none", "/user/login",
        "/base/images/ckan-logo.png", "/dataset/tabla-larga",
    ]  # fmt: skip
    for path in paths:
        answer = visitors.get(free_port, path)
        assert answer.headers["server"] == "nginx", path
        assert "gunicorn" not in str(answer.headers).lower(), path
        assert answer.headers["x-content-type-options"] == "nosniff", path
        assert "content-security-policy" in answer.headers, path


def test_one_visitor_has_so_many_requests(portal: Command, free_port: int):
    """Who sends many bodies at once gets 429 for further ones, whatever address he claims."""
    wait_for(lambda: page(free_port))
    claimed = {"X-Forwarded-For": "198.51.100.7"}
    with visitors.slow_senders(free_port, "/user/login", 24, of_one=True):
        time.sleep(0.5)  # the proxy has read what they are about to send
        people = {**claimed, "Accept": "text/html"}
        refused = visitors.post(free_port, "/user/login", 10, source=visitors.ONE, **people)
        assert refused.status == 429
        assert refused.headers["retry-after"] == "5"
        assert "Demasiadas peticiones" in refused.start.decode()
        refused = visitors.post(free_port, "/user/login", 10, source=visitors.ONE, **claimed)
        assert json.loads(refused.start)["success"] is False
        other = visitors.post(free_port, "/api/3/action/package_search", 10, **claimed)
        assert other.status == 415  # ten zero bytes are no JSON


def test_large_bodies_are_taken_of_who_signed_in(portal: Command, free_port: int):
    """A stranger's large body is refused in words before it is kept."""
    refused = visitors.post(free_port, "/api/3/action/resource_create", size=3_000_000)
    assert refused.status == 403
    assert "Inicia sesión" in refused.start.decode()
    over = visitors.post(free_port, "/user/login", size=230_000_000, send=False)
    assert over.status == 413
    assert "210 MB" in over.start.decode()


def test_strangers_hold_no_thread(portal: Command, free_port: int, big_table: str):
    """50 slow readers, 50 slow senders and 20 sorted downloads of a million rows: pages answer.

    The portal has 1 s for its sign of life and 2 s for its home page; the better of two tries
    counts, so that a pause of the machine is no fault of the portal's.
    """
    instance = Instance.open(portal.folder)
    # As after a start, when nothing is at hand yet.
    Supervisor(instance).restart_process("downloads")
    wait_for(proxy.socket(instance, "downloads").exists)
    wait_for(lambda: page(free_port))
    table = f"/table/{big_table}.csv"
    orders = [f"{table}?sort=clave%20{order}" for order in ("asc", "desc")] * 10
    seen = []
    with (
        visitors.hungry(free_port, orders, seconds=120) as downloads,
        visitors.slow_readers(free_port, [table] * 50),
        visitors.slow_senders(free_port, "/user/login", 50),
    ):
        for _ in range(8):
            for path, seconds in (("/salud/vivo", 1), ("/", 2)):
                tries = [visitors.get(free_port, path) for _ in range(2)]
                assert {answer.status for answer in tries} == {200}
                assert min(answer.seconds for answer in tries) <= seconds, (path, tries)
            seen.append(sum(not download.done() for download in downloads))
            time.sleep(0.2)
    assert seen[0] > 0, "there was no load"
    answers = [download.result() for download in downloads]
    assert {answer.status for answer in answers} <= {200, 429}
    whole = [answer for answer in answers if answer.status == 200]
    assert whole
    assert {answer.size for answer in whole} == {visitors.get(free_port, table).size}
    assert all(int(answer.headers["retry-after"]) for answer in answers if answer.status == 429)


def test_a_portal_that_starts_says_so(portal: Command, free_port: int):
    """While the server of pages is away, people are told so in Spanish, and when to come back."""
    instance = Instance.open(portal.folder)
    supervisor = Supervisor(instance)
    supervisor.rpc.stopProcess("web")
    try:
        answer = visitors.get(free_port, "/", Accept="text/html")
    finally:
        supervisor.start_process("web")
    assert answer.status == 503
    assert "arrancando" in answer.start.decode()
    assert answer.headers["retry-after"] == "10"
    wait_for(lambda: page(free_port))


def test_down_leaves_nothing_running(portal: Command, free_port: int):
    """After down no process of the instance is left, and its data are."""
    instance = Instance.open(portal.folder)
    mark = f"SUPERVISOR_SERVER_URL=unix://{Supervisor(instance).socket}".encode()
    assert ports.processes_with(mark)
    assert proxy.processes(instance)
    done = portal("down")
    assert done.returncode == 0, done.stderr
    assert ports.processes_with(mark) == []
    assert proxy.processes(instance) == []
    assert {item["state"] for item in status(portal).values()} == {"stopped"}
    assert Path(instance.state["cluster"]).is_dir()
    assert portal("down").returncode == 0
