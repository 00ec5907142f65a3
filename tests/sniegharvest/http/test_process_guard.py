"""Other people's sockets under our policy."""

from __future__ import annotations

import socket
import threading
import urllib.request
from collections.abc import Iterator

import pytest
import requests
from ckanext.sniegharvest.errors import AddressRefusedError
from ckanext.sniegharvest.http import NetworkPolicy, guarded, guarded_sockets


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
