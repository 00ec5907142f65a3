"""Conditional requests: what is sent, what is believed, and what is remembered."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from ckanext.mxcity.net import GuardedClient, NetworkPolicy
from ckanext.mxcity.net.conditional import ConditionalClient, NotModifiedError, Version

OLD, NEW = "Mon, 01 Jan 2024 00:00:00 GMT", "Mon, 01 Jan 2024 00:00:30 GMT"
LATER = "Mon, 01 Jan 2024 00:01:00 GMT"


class Origin:
    """A server whose answers a test chooses, and that notes what it was asked."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.headers: dict[str, str] = {}
        self.body = b"uno"
        self.asked: list[dict[str, str]] = []


@pytest.fixture
def origin() -> Iterator[Origin]:
    """A server on this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # noqa: N802 - the base class calls it so
            here.asked.append({key.lower(): value for key, value in self.headers.items()})
            etag = here.headers.get("ETag")
            same = etag is not None and self.headers.get("If-None-Match") == etag
            self.send_response_only(304 if same else 200)
            for name, value in here.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0" if same else str(len(here.body)))
            self.end_headers()
            if not same:
                self.wfile.write(here.body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    here = Origin(f"http://127.0.0.1:{server.server_port}/data.json")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield here
    server.shutdown()
    server.server_close()


@pytest.fixture
def client() -> Callable[[Version | None], ConditionalClient]:
    """Makes clients that may read this machine."""
    policy = NetworkPolicy(allow_loopback=True, robots_exempt_hosts=frozenset({"127.0.0.1"}))
    return lambda known=None: ConditionalClient(GuardedClient(policy), known)


def test_304_is_believed(origin: Origin, client: Any) -> None:
    """The tag of the last version is sent back; a 304 means that nothing has to be read."""
    origin.headers = {"ETag": '"a"', "Date": LATER, "Last-Modified": OLD}
    first = client()
    first.get(origin.url)
    assert first.single == Version(origin.url, '"a"', OLD, first.single.sha256)
    with pytest.raises(NotModifiedError):
        client(first.single).get(origin.url)
    assert origin.asked[-1]["if-none-match"] == '"a"'
    assert origin.asked[-1]["if-modified-since"] == OLD


def test_same_bytes_are_not_read_again(origin: Origin, client: Any) -> None:
    """A server that knows nothing of conditions, and sends the same bytes, changed nothing."""
    first = client()
    first.get(origin.url)
    with pytest.raises(NotModifiedError):
        client(first.single).get(origin.url)
    origin.body = b"dos"
    assert client(first.single).get(origin.url).content() == b"dos"


def test_date_that_may_hide_a_change_is_not_kept(origin: Origin, client: Any) -> None:
    """Last-Modified tells seconds: one that was just set may hide a change in the same second."""
    for changed, kept in ((NEW, ""), (OLD, OLD), ("hoy", "")):
        origin.headers = {"Date": LATER, "Last-Modified": changed}
        reader = client()
        reader.get(origin.url)
        assert reader.single.last_modified == kept


def test_several_documents_have_no_version(origin: Origin, client: Any) -> None:
    """Only a source of one document can be said to be unchanged; other addresses are not asked."""
    reader = client(Version(origin.url + "?x", '"a"'))
    reader.get(origin.url)
    assert "if-none-match" not in origin.asked[-1]
    reader.get(origin.url)
    assert reader.single is None
