"""The client against real servers on this machine."""

from __future__ import annotations

import gzip
import threading
import time
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from ckanext.mxcity.ground.errors import (
    AddressRefusedError,
    ConnectionFailedError,
    HttpStatusError,
    RobotsRefusedError,
    SchemeRefusedError,
    TooLargeError,
    TooManyRedirectsError,
    TooSlowError,
)
from ckanext.mxcity.net import GuardedClient, Limits, NetworkPolicy
from ckanext.mxcity.net.politeness import Pacer, parse_robots, retry_after_seconds

LOOPBACK = NetworkPolicy(allow_loopback=True)


class Site(ThreadingHTTPServer):
    """A server whose answers a test writes."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.hits: list[tuple[str, dict[str, str]]] = []
        self.robots: tuple[int, str] = (404, "")
        self.failures: list[tuple[int, dict[str, str]]] = []
        self.elsewhere = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def paths(self) -> list[str]:
        return [path for path, _headers in self.hits]

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is what these tests are about."""


class Handler(BaseHTTPRequestHandler):
    server: Site
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments: object) -> None:
        pass

    def send(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        if self.path == "/robots.txt":
            status, text = self.server.robots
            return self.send(status, text.encode())
        self.server.hits.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
        action = getattr(self, "go_" + self.path.strip("/").split("/")[0], self.go_plain)
        return action()

    def go_plain(self) -> None:
        self.send(200, b"hola", Content_Type='text/csv; charset="ISO-8859-1"', ETag='"1"')

    def go_etag(self) -> None:
        known = self.headers.get("If-None-Match") == '"v1"'
        self.send(304 if known else 200, b"" if known else b"datos", ETag='"v1"')

    def go_loop(self) -> None:
        self.send(302, Location="/loop/" + "x" * len(self.server.hits))

    def go_away(self) -> None:
        self.send(302, Location=self.server.elsewhere)

    def go_bomb(self) -> None:
        packed = gzip.compress(b"\0" * 20_000_000)
        self.send(200, packed, Content_Encoding="gzip")

    def go_deflated(self) -> None:
        self.send(200, zlib.compress(b"\0" * 20_000_000), Content_Encoding="deflate")

    def go_twice(self) -> None:
        packed = gzip.compress(gzip.compress(b"\0" * 20_000_000))
        self.send(200, packed, Content_Encoding="gzip, gzip")

    def go_headers(self) -> None:
        self.send_response(200)
        for number in range(5000):
            self.send_header(f"X-{number}", "x" * 100)
        self.end_headers()

    def go_longheader(self) -> None:
        self.send(200, b"x", X_Long="x" * 5_000_000)

    def go_large(self) -> None:
        self.send(200, b"x" * 300_000)

    def go_endless(self) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while True:
            self.wfile.write(b"2710\r\n" + b"x" * 10_000 + b"\r\n")

    def go_drip(self) -> None:
        self.send_response(200)
        self.end_headers()
        for _count in range(100):
            self.wfile.write(b"x")
            time.sleep(0.05)

    def go_driphead(self) -> None:
        for _count in range(100):
            self.wfile.write(b"X")
            time.sleep(0.05)

    def go_silent(self) -> None:
        time.sleep(1.5)

    def go_busy(self) -> None:
        if self.server.failures:
            status, headers = self.server.failures.pop(0)
            return self.send(status, **headers)
        return self.send(200, b"al fin")

    def go_short(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100")
        self.end_headers()
        self.wfile.write(b"only this")
        self.close_connection = True


@pytest.fixture
def site() -> Iterator[Site]:
    """A server on this machine."""
    server = Site()
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def other() -> Iterator[Site]:
    """A second server: another origin."""
    server = Site()
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def client(sleeps: list[float] | None = None, **limits: float) -> GuardedClient:
    waits = sleeps if sleeps is not None else []
    chosen = Limits(**limits)  # type: ignore[arg-type]
    return GuardedClient(LOOPBACK, chosen, "MXCity/0.1 (+mailto:x@example.org)", sleep=waits.append)


def test_an_answer_has_its_parts(site: Site) -> None:
    """Status, type, character set, tag, body and digest are given, and we say who we are."""
    answer = client().get(site.url + "/plain")
    assert (answer.status, answer.content(), answer.size) == (200, b"hola", 4)
    assert (answer.media_type, answer.encoding, answer.etag) == ("text/csv", "iso-8859-1", '"1"')
    assert answer.sha256.startswith("b221d9dbb083a7f33428d7c2a3c3198a")
    assert "mailto:x@example.org" in site.hits[0][1]["user-agent"]


def test_what_did_not_change_is_not_sent_again(site: Site) -> None:
    """A known tag gets 304 without a body."""
    first = client().get(site.url + "/etag")
    second = client().get(site.url + "/etag", etag=first.etag)
    assert second.not_modified
    assert second.content() == b""


def test_redirects_end(site: Site) -> None:
    """A chain of redirects without end is left after the limit."""
    with pytest.raises(TooManyRedirectsError):
        client(max_redirects=3).get(site.url + "/loop")
    assert len(site.hits) == 4


@pytest.mark.parametrize(
    ("target", "error"),
    [
        ("http://10.0.0.1/", AddressRefusedError),
        ("http://169.254.169.254/latest/", AddressRefusedError),
        ("file:///etc/hosts", SchemeRefusedError),
        ("http://u:p@127.0.0.1/", SchemeRefusedError),
    ],
)
def test_every_redirect_is_judged(site: Site, target: str, error: type[Exception]) -> None:
    """A redirect leads nowhere that a first address could not."""
    site.elsewhere = target
    with pytest.raises(error):
        client().get(site.url + "/away")


def test_credentials_stay_at_home(site: Site, other: Site) -> None:
    """Headers that may be secrets are not sent to another origin."""
    site.elsewhere = other.url + "/plain"
    secrets = {"Authorization": "key", "X-CKAN-API-Key": "key", "Cookie": "a=b", "Accept": "*/*"}
    client().get(site.url + "/away", headers=secrets)
    received = other.hits[0][1]
    assert not {"authorization", "x-ckan-api-key", "cookie"} & set(received)
    assert received["accept"] == "*/*"
    assert site.hits[0][1]["x-ckan-api-key"] == "key"


@pytest.mark.parametrize("path", ["/bomb", "/deflated", "/twice", "/large", "/endless"])
def test_size_is_limited_after_decompressing(site: Site, path: str) -> None:
    """A body past the limit is left, packed or not, announced or not."""
    with pytest.raises(TooLargeError):
        client(max_bytes=200_000).get(site.url + path)


@pytest.mark.parametrize("path", ["/headers", "/longheader"])
def test_headers_without_end_are_left(site: Site, path: str) -> None:
    """Neither thousands of headers nor one of megabytes is taken in."""
    with pytest.raises(ConnectionFailedError):
        client(max_attempts=1).get(site.url + path)


def test_a_large_body_goes_to_a_file(site: Site) -> None:
    """What does not fit in the memory allowed is on disk until it is closed."""
    answer = client(spool_bytes=1000).get(site.url + "/large")
    assert isinstance(answer.body, Path)
    assert len(answer.content()) == answer.size == 300_000
    answer.close()
    assert not answer.body.exists()


@pytest.mark.parametrize("path", ["/drip", "/driphead", "/silent"])
def test_time_is_limited_in_all(site: Site, path: str) -> None:
    """A server that sends a byte now and then does not hold us."""
    start = time.monotonic()
    with pytest.raises(TooSlowError):
        client(total_timeout=0.4, read_timeout=0.3).get(site.url + path)
    assert time.monotonic() - start < 1.2


def test_busy_servers_are_asked_again_when_they_say(site: Site) -> None:
    """429 and 503 are tried again after Retry-After, or a growing wait."""
    site.failures = [(429, {"Retry_After": "7"}), (503, {}), (502, {})]
    waits: list[float] = []
    assert client(waits).get(site.url + "/busy").content() == b"al fin"
    assert waits == [7.0, 2.0, 4.0]


def test_retrying_ends(site: Site) -> None:
    """There is a last attempt, and a longest wait."""
    site.failures = [(503, {})] * 9
    with pytest.raises(HttpStatusError):
        client(max_attempts=3).get(site.url + "/busy")
    assert len(site.hits) == 3
    site.failures = [(503, {"Retry_After": "86400"})]
    with pytest.raises(HttpStatusError) as caught:
        client().get(site.url + "/busy")
    assert caught.value.params["retry_after"] == 86400.0


def test_no_means_no(site: Site) -> None:
    """403 is final."""
    site.failures = [(403, {})] * 2
    with pytest.raises(HttpStatusError, match="403"):
        client().get(site.url + "/busy")
    assert len(site.hits) == 1


def test_a_broken_answer_is_not_taken_for_a_whole_one(site: Site) -> None:
    """Fewer bytes than announced is a failure, tried again."""
    with pytest.raises(ConnectionFailedError):
        client(max_attempts=2).get(site.url + "/short")
    assert len(site.hits) == 2


def test_robots_are_obeyed(site: Site) -> None:
    """What robots.txt forbids is not asked for, unless the site gave permission."""
    site.robots = (200, "User-agent: *\nDisallow: /api/\nCrawl-delay: 10")
    waits: list[float] = []
    polite = client(waits)
    with pytest.raises(RobotsRefusedError, match="robots"):
        polite.get(site.url + "/api/3")
    polite.get(site.url + "/a")
    polite.get(site.url + "/b")
    assert site.paths() == ["/a", "/b"]
    assert len(waits) == 1
    assert 9 < waits[0] <= 10
    allowed = NetworkPolicy(allow_loopback=True, robots_exempt_hosts=frozenset({"127.0.0.1"}))
    waits.clear()
    permitted = GuardedClient(allowed, sleep=waits.append)
    assert permitted.get(site.url + "/api/3").status == 200
    assert permitted.get(site.url + "/api/3").status == 200
    assert 9 < waits[0] <= 10, "a permission does not lift the pause"


def test_failing_robots_forbid_and_absent_ones_allow() -> None:
    """RFC 9309: a server error closes the site, a missing file opens it."""
    assert parse_robots(503, "", "MXCity", 0).refusal("http://a/x")
    assert parse_robots(404, "", "MXCity", 0).refusal("http://a/x") is None
    text = "User-agent: MXCity\nDisallow: /x"
    assert parse_robots(200, text, "MXCity", 0).refusal("http://a/x")
    assert parse_robots(200, text, "Other", 0).refusal("http://a/x") is None


def test_hosts_rest_between_requests() -> None:
    """Each host has its own turn."""
    slept: list[float] = []
    pacer = Pacer(clock=lambda: 100.0, sleep=slept.append)
    for host in ("a", "b", "a", "a"):
        pacer.wait(host, 2.0)
    assert slept == [2.0, 4.0]


@pytest.mark.parametrize("value", ["", "soon", "-5", "1e9", None, "Wed, 99 Foo"])
def test_unusable_retry_after_is_ignored(value: str | None) -> None:
    """What cannot be read as a time says nothing."""
    assert retry_after_seconds(value) is None


def test_proxies_of_the_environment_are_ignored(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever sets a variable does not choose where our requests go."""
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    assert client().get(site.url + "/plain").status == 200
