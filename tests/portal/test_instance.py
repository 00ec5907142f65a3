"""Folder, secrets, ports and state of an instance."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest
from command_line import REPOSITORY
from portalctl import instance as instances
from portalctl import ports
from portalctl.errors import PortalError
from portalctl.instance import Instance, fingerprint, free_port, port_is_free


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_secrets_are_the_owners_alone(instance: Instance):
    """Others can neither list the folder nor read the secrets and the state."""
    assert mode(instance.secrets_file) == 0o600
    assert mode(instance.folder / "state.json") == 0o600
    assert mode(instance.folder) & 0o066 == 0
    assert all(mode(instance.folder / name) == 0o700 for name in instances.SUBFOLDERS)


def test_secrets_differ_and_stay(instance: Instance):
    """Each secret is another, long, and the same when the instance is opened again."""
    values = [instance.secret(name) for name in instances.SECRET_NAMES]
    assert len(set(values)) == len(values)
    assert min(map(len, values)) >= 40
    again = Instance.open(instance.folder)
    assert [again.secret(name) for name in instances.SECRET_NAMES] == values


def test_ports_are_chosen_once(instance: Instance):
    """A service keeps its port, and two services never share one."""
    chosen = {name: instance.port(name) for name in ("redis", "solr", "postgres")}
    again = Instance.open(instance.folder)
    assert {name: again.port(name) for name in chosen} == chosen
    assert len(set(chosen.values())) == 3


def test_steps_are_remembered_by_their_inputs(instance: Instance, tmp_path: Path):
    """A step is done for the files that it was done with, and not for others."""
    source = tmp_path / "source"
    source.write_text("a", encoding="utf-8")
    instance.mark("step", fingerprint(source))
    assert Instance.open(instance.folder).done("step", fingerprint(source))
    source.write_text("b", encoding="utf-8")
    assert not instance.done("step", fingerprint(source))


def test_second_command_is_refused(instance: Instance):
    """Two commands cannot change one instance at once."""
    other = Instance.open(instance.folder)
    match = "another command is working"
    with instance.lock(), pytest.raises(PortalError, match=match) as refusal, other.lock():
        pass
    assert "Wait" in refusal.value.remedy


def test_damaged_state_is_named(instance: Instance):
    """A state file that is not JSON is named, with the way on."""
    (instance.folder / "state.json").write_text("{", encoding="utf-8")
    with pytest.raises(PortalError, match=r"state\.json is damaged"):
        Instance.open(instance.folder)


def test_little_space_is_told_in_megabytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A first start needs more free space than a later one, and says how much."""
    usage = namedtuple("usage", "free")(300 * 2**20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    fresh = Instance.open(tmp_path / "fresh")
    with pytest.raises(PortalError, match="300 MB are free, 1500 MB are needed"):
        fresh.create()
    fresh.state["steps"] = {"migrations": "done"}
    fresh.create()


def test_folder_that_cannot_be_made(tmp_path: Path):
    """A file where the folder should be gives a reason and a way on."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(PortalError, match="cannot be made") as failure:
        Instance.open(tmp_path / "file" / "instance").create()
    assert "--instance" in failure.value.remedy


def test_percent_sign_is_refused(tmp_path: Path):
    """CKAN cannot read its configuration from such a folder: that is said before anything else."""
    with pytest.raises(PortalError, match="percent sign"):
        Instance.open(tmp_path / "100%").create()
    assert not (tmp_path / "100%").exists()


def test_long_paths_get_a_short_socket_folder(tmp_path: Path):
    """Where the path is too long for a socket, sockets go to a private folder elsewhere."""
    deep = Instance.open(tmp_path / ("x" * 80))
    deep.create()
    place = deep.run_folder()
    try:
        assert len(str(place)) < 90
        assert mode(place) == 0o700
        assert Instance.open(deep.folder).run_folder() == place
    finally:
        shutil.rmtree(place)


def test_status_of_nothing_makes_nothing(tmp_path: Path):
    """Looking at an instance that is not there leaves no folder behind."""
    from portalctl import status

    found = status.collect(Instance.open(tmp_path / "none"))
    assert found == {"processes": [], "url": ""}
    assert not (tmp_path / "none").exists()


def test_reader_that_has_seen_enough(instance: Instance):
    """A closed pipe ends a listing without a word about the system."""
    out, closed = os.pipe()
    os.close(out)
    try:
        ended = subprocess.run(
            [REPOSITORY / "portal", "status", "--instance", instance.folder],
            stdout=closed,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
        )
    finally:
        os.close(closed)
    assert (ended.returncode, ended.stderr) == (-signal.SIGPIPE, "")


def test_status_has_the_agreed_shape(instance: Instance):
    """Each process has the agreed keys, in JSON, also when it is stopped."""
    from portalctl import status

    found = json.loads(status.as_json(status.collect(instance)))
    assert found["url"] == "http://127.0.0.1:5000"
    assert [item["name"] for item in found["processes"]][:4] == ["postgres", "redis", "solr", "web"]
    for item in found["processes"]:
        assert list(item) == ["name", "state", "pid", "port", "memory_mb", "error"]
        assert (item["state"], item["pid"], item["memory_mb"]) == ("stopped", None, 0.0)
    assert "not running" in status.as_table(found)


def test_owner_of_a_port_is_named():
    """The process that has a port is found by its pid."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert not port_is_free(port)
        assert f"(pid {instances.os.getpid()})" in (ports.owner(port) or "")
    assert ports.owner(free_port()) is None


def test_processes_are_found_by_their_environment():
    """What a supervisor left behind is found by the whole value, not a part of it."""
    line = [sys.executable, "-c", "print(1, flush=True); import time; time.sleep(60)"]
    with subprocess.Popen(line, env={"MXCITY_MARK": "here"}, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()
            assert ports.processes_with(b"MXCITY_MARK=here") == [process.pid]
            assert ports.processes_with(b"MXCITY_MARK=her") == []
        finally:
            process.kill()
