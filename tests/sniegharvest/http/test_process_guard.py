"""Other people's sockets under our policy."""

from __future__ import annotations

import pickle
import socket
import threading
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from ckanext.mxcity.ground.errors import AddressRefusedError, ServerUnknownError
from ckanext.mxcity.net import NetworkPolicy, guarded, guarded_sockets, process_guard


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A socket that would accept a connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        yield server


def accepted(listener: socket.socket) -> bool:
    try:
        listener.accept()[0].close()
    except TimeoutError:
        return False
    return True


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "2130706433", "localhost"])
def test_libraries_cannot_reach_this_machine(listener: socket.socket, host: str) -> None:
    """requests and urllib are stopped as the socket connects."""
    url = f"http://{host}:{listener.getsockname()[1]}/"
    with guarded_sockets(NetworkPolicy()):
        with pytest.raises(AddressRefusedError):
            requests.get(url, timeout=2)
        with pytest.raises(AddressRefusedError):
            urllib.request.urlopen(url, timeout=2)
    assert not accepted(listener)


def test_threads_started_inside_are_guarded(listener: socket.socket) -> None:
    """A thread does not lose the guard."""
    caught: list[BaseException] = []

    def connect() -> None:
        try:
            socket.create_connection(listener.getsockname(), timeout=2)
        except AddressRefusedError as error:
            caught.append(error)

    with guarded_sockets(NetworkPolicy()):
        worker = threading.Thread(target=connect)
        worker.start()
        worker.join()
    assert len(caught) == 1
    assert not accepted(listener)


def test_code_outside_is_not_touched(listener: socket.socket) -> None:
    """Solr and Redis stay within reach, in this thread after and in others meanwhile."""
    with guarded_sockets(NetworkPolicy()):
        pass
    socket.create_connection(listener.getsockname(), timeout=2).close()
    assert accepted(listener)


def test_named_hosts_are_reached(listener: socket.socket) -> None:
    """What the operator names, with its port, is open."""
    host, port = listener.getsockname()
    policy = NetworkPolicy(allowed_hosts=frozenset({f"{host}:{port}"}))
    with guarded_sockets(policy):
        socket.create_connection((host, port), timeout=2).close()
    assert accepted(listener)


def test_a_function_can_be_wrapped(listener: socket.socket) -> None:
    """A download of another plugin runs under the policy of the moment."""
    download = guarded(lambda url: requests.get(url, timeout=2), NetworkPolicy)
    with pytest.raises(AddressRefusedError):
        download(f"http://127.0.0.1:{listener.getsockname()[1]}/")


@pytest.fixture
def name_server(monkeypatch: pytest.MonkeyPatch) -> NameServer:
    """The names that the guard looks up, and a clock that passes in leaps."""
    server = NameServer()
    monkeypatch.setattr(process_guard, "_process", [])
    monkeypatch.setattr(process_guard, "_last_known", {})
    monkeypatch.setattr(process_guard, "socket", server)
    monkeypatch.setattr(process_guard, "time", server)
    return server


class NameServer:
    """Knows some names, or does not answer."""

    SOCK_STREAM = socket.SOCK_STREAM

    def __init__(self) -> None:
        self.names = {"solr.interno": "127.0.0.1"}
        self.answers = True
        self.asked = 0
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def getaddrinfo(self, host: str, _port: None, type: int) -> list[Any]:
        self.asked += 1
        if not self.answers or host not in self.names:
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return socket.getaddrinfo(self.names[host], None, type=type)


def reach(listener: socket.socket) -> None:
    socket.create_connection(listener.getsockname(), timeout=2).close()


def guard_with(listener: socket.socket) -> None:
    named = frozenset({f"solr.interno:{listener.getsockname()[1]}"})
    process_guard.guard_process(lambda: NetworkPolicy(allowed_hosts=named))


def test_a_server_stays_known_while_names_are_not(
    listener: socket.socket, name_server: NameServer
) -> None:
    """A look-up that fails changes nothing; one that answers does."""
    guard_with(listener)
    reach(listener)
    name_server.answers = False
    name_server.now += 3600
    reach(listener)
    name_server.answers, name_server.names["solr.interno"] = True, "192.0.2.1"
    name_server.now += 3600
    with pytest.raises(AddressRefusedError):
        reach(listener)


def test_a_server_that_was_never_known_is_out_of_reach(
    listener: socket.socket, name_server: NameServer
) -> None:
    """Its clients get an OSError, as of any server that is away, and reach it soon after."""
    guard_with(listener)
    name_server.answers = False
    with pytest.raises(OSError) as refused:
        reach(listener)
    assert isinstance(refused.value, ServerUnknownError)
    assert "127.0.0.1" in str(refused.value)
    assert pickle.loads(pickle.dumps(refused.value)).params == refused.value.params
    asked = name_server.asked
    with pytest.raises(OSError):
        reach(listener)
    assert name_server.asked == asked
    name_server.answers = True
    name_server.now += 3
    reach(listener)


def test_other_refusals_are_no_failures_of_the_network(
    listener: socket.socket, name_server: NameServer
) -> None:
    """An address at another port, or in a block of its own, is refused as ever."""
    name_server.answers = False
    process_guard.guard_process(lambda: NetworkPolicy(allowed_hosts=frozenset({"solr.interno:1"})))
    with pytest.raises(AddressRefusedError) as refused:
        reach(listener)
    assert not isinstance(refused.value, OSError)
    port = listener.getsockname()[1]
    with (
        guarded_sockets(NetworkPolicy(allowed_hosts=frozenset({f"solr.interno:{port}"}))),
        pytest.raises(AddressRefusedError) as refused,
    ):
        reach(listener)
    assert not isinstance(refused.value, OSError)
    assert not accepted(listener)
