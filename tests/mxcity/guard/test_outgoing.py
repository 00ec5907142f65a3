"""Every connection of the portal leads to a public address or to a server of its own."""

from __future__ import annotations

import os
import socket
import urllib.request
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import ckan.plugins.toolkit as tk
import pytest
import requests
from ckan.lib import search
from ckan.lib.redis import is_redis_available
from ckanext.mxcity.ground.errors import AddressRefusedError, TooSlowError
from ckanext.mxcity.guard import outgoing
from ckanext.mxcity.guard.index import connection
from ckanext.mxcity.net import GuardedClient, Limits, NetworkPolicy, process_guard
from owslib.csw import CatalogueServiceWeb
from rdflib import Graph

pytestmark = pytest.mark.usefixtures("with_plugins")

JSON_LD = '{"@context": "%s", "@id": "urn:a"}'
#: What plugins and libraries do when they fetch, given an address.
WAYS: dict[str, Callable[[str], object]] = {
    "requests": lambda url: requests.get(url, timeout=2),
    "urllib": lambda url: urllib.request.urlopen(url, timeout=2),
    "owslib": lambda url: CatalogueServiceWeb(url, timeout=2),
    "rdflib": lambda url: Graph().parse(url),
    "json-ld context": lambda url: Graph().parse(data=JSON_LD % url, format="json-ld"),
    "socket": lambda url: socket.create_connection(
        (urlsplit(url).hostname or "", urlsplit(url).port or 80), timeout=2
    ),
}


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A server of this machine that is none of the portal's."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        yield server


@pytest.fixture
def guarded_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process, judged as those of a portal are."""
    monkeypatch.setattr(process_guard, "_process", [])
    monkeypatch.setitem(tk.config, "ckanext.mxcity.guard.connections", True)
    outgoing.install()


def was_reached(listener: socket.socket) -> bool:
    try:
        listener.accept()[0].close()
    except TimeoutError:
        return False
    return True


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433"])
@pytest.mark.parametrize("way", WAYS)
def test_no_library_reaches_this_machine(
    listener: socket.socket, guarded_process: None, way: str, host: str
) -> None:
    """Nothing has to be wrapped: the process itself judges, however the address is written."""
    with pytest.raises(AddressRefusedError):
        WAYS[way](f"http://{host}:{listener.getsockname()[1]}/csw")
    assert not was_reached(listener)


def test_the_portal_s_own_servers_are_reached(guarded_process: None) -> None:
    """Solr and Redis, whose addresses are in the configuration, answer."""
    assert search.is_available()
    assert is_redis_available()


def test_a_search_server_without_a_name_is_away(
    app: Any, monkeypatch: pytest.MonkeyPatch, guarded_process: None
) -> None:
    """While the guard cannot look Solr up, a search says that it is not available."""
    address = urlsplit(tk.config["solr_url"])
    named = address._replace(netloc=f"localhost:{address.port}").geturl()
    monkeypatch.setitem(tk.config, "solr_url", named)

    def fail(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    names = SimpleNamespace(getaddrinfo=fail, SOCK_STREAM=socket.SOCK_STREAM)
    monkeypatch.setattr(process_guard, "_last_known", {})
    with monkeypatch.context() as unnamed:
        unnamed.setattr(process_guard, "socket", names)
        answer = app.get("/dataset/?q=agua", status=503)
        assert answer.headers["Retry-After"]
    process_guard._process[0].guard = None
    connection.forget()
    app.get("/dataset/?q=agua", status=200)


def test_servers_that_the_operator_names_are_reached(
    listener: socket.socket, guarded_process: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plugin's own server is named with its port; the mail server is known by its option."""
    port = listener.getsockname()[1]
    monkeypatch.setitem(tk.config, "ckanext.mxcity.guard.services", [f"localhost:{port}"])
    socket.create_connection(("127.0.0.1", port), timeout=2).close()
    assert was_reached(listener)
    monkeypatch.setitem(tk.config, "smtp.server", "correo.interno")
    assert "correo.interno:25" in outgoing.portal_policy().allowed_hosts


def test_a_client_with_a_policy_of_its_own_keeps_it(
    listener: socket.socket, guarded_process: None
) -> None:
    """What our own client has judged is not judged again by what holds for the rest."""
    limits = Limits(max_attempts=1, read_timeout=0.2)
    client = GuardedClient(NetworkPolicy(allow_loopback=True), limits)
    with pytest.raises(TooSlowError):
        client.get(f"http://127.0.0.1:{listener.getsockname()[1]}/", obey_robots=False)
    assert was_reached(listener)


def test_forked_processes_are_judged(listener: socket.socket, guarded_process: None) -> None:
    """The processes that write a harvest are no way out."""
    child = os.fork()
    if child == 0:
        try:
            WAYS["requests"](f"http://127.0.0.1:{listener.getsockname()[1]}/")
        except AddressRefusedError:
            os._exit(7)
        finally:
            os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    assert not was_reached(listener)


@pytest.mark.parametrize("method", ["head", "get"])
def test_the_resource_proxy_reaches_not_even_solr(
    monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    """Where an operator switches it on, it fetches public addresses only."""
    from ckanext.resourceproxy import blueprint

    monkeypatch.setattr(blueprint, "requests", requests)
    monkeypatch.setattr(outgoing.p, "plugin_loaded", lambda name: name == "resource_proxy")
    outgoing.install()
    with pytest.raises(AddressRefusedError):
        getattr(blueprint.requests, method)(tk.config["solr_url"], timeout=2)
