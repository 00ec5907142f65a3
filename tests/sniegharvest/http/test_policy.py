"""Which addresses are fetched, in every way that they can be written."""

from __future__ import annotations

import ipaddress
import pickle
import socket

import pytest
from ckanext.mxcity.ground.errors import (
    AddressRefusedError,
    ConnectionFailedError,
    FetchError,
    SchemeRefusedError,
)
from ckanext.mxcity.net import GuardedClient, Limits, NetworkPolicy, checked_url

REFUSED_HOSTS = [
    "127.0.0.1", "127.1", "127.0.1", "127.255.255.254", "2130706433", "0x7f000001", "0x7f.1",
    "0177.0.0.1", "017700000001", "0x7f.0x0.0x0.0x1", "0", "0.0.0.0", "10.0.0.1", "10.1",
    "172.16.0.1", "172.31.255.255", "192.168.1.1", "0xc0a80101", "3232235777", "169.254.169.254",
    "2852039166", "0xa9fea9fe", "100.64.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.8",
    "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]",
    "[::ffff:0:127.0.0.1]", "[::ffff:a9fe:a9fe]", "[64:ff9b::7f00:1]", "[64:ff9b::10.0.0.1]",
    "[64:ff9b:1::1]", "[2002:7f00:1::]", "[2002:a00:1::1]", "[2002:808:808::1]", "[fe80::1]",
    "[fc00::1]", "[fd00:ec2::254]", "[fec0::1]", "[ff02::1]", "[2001::1]", "[2001:db8::1]",
    "[fe80::5efe:10.0.0.1]", "[2001:4860::200:5efe:10.0.0.1]", "127.0.0.1.",
    "１２７.0.0.1", "①②⑦.⓪.⓪.①",
]  # fmt: skip
PUBLIC = ["8.8.8.8", "201.144.10.1", "134744072", "[2001:4860:4860::8888]", "[::ffff:8.8.8.8]",
          "[64:ff9b::8.8.8.8]"]  # fmt: skip


class Network:
    """A name server and a network that only remember."""

    def __init__(self, **names: list[str]) -> None:
        self.names = {name.replace("_", "."): list(answers) for name, answers in names.items()}
        self.asked: list[str] = []
        self.connected: list[tuple[str, int]] = []

    def resolve(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        if host not in self.names:
            raise socket.gaierror("unknown")
        return self.names[host]

    def connect(self, address: tuple[str, int], timeout: float) -> socket.socket:
        self.connected.append(address)
        raise ConnectionRefusedError("nobody listens in a test")

    def client(self, policy: NetworkPolicy | None = None) -> GuardedClient:
        return GuardedClient(
            policy, Limits(max_attempts=1), resolver=self.resolve, connector=self.connect
        )


@pytest.mark.parametrize("host", REFUSED_HOSTS)
def test_inner_addresses_are_refused_in_every_notation(host: str) -> None:
    """No notation of an inner address reaches the network."""
    network = Network()
    with pytest.raises((AddressRefusedError, SchemeRefusedError)):
        network.client().get(f"http://{host}/", obey_robots=False)
    assert network.connected == []


@pytest.mark.parametrize("host", PUBLIC)
def test_public_addresses_are_connected_to(host: str) -> None:
    """A public address passes, and the connection goes to it."""
    network = Network()
    with pytest.raises(ConnectionFailedError):
        network.client().get(f"http://{host}/", obey_robots=False)
    assert len(network.connected) == 1


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/hosts", "ftp://example.org/x", "gopher://example.org/", "//example.org/",
        "data:text/plain,x", "http://", "http:///x", "not a url", "http://a b/", "http://a\\@b/",
        "http://user@example.org/", "http://user:word@example.org/", "http://example.org:0/",
        "http://[fe80::1%25eth0]/", "http://exa%6dple.org/", "http://999.1.1.1.1/",
        "http://example.org:99999/", "http://example.org\r\nX: y/", "http://4294967296/",
    ],
)  # fmt: skip
def test_urls_that_are_not_plain_are_refused(url: str) -> None:
    """Other schemes, user names and ambiguous hosts are refused before any look-up."""
    network = Network()
    with pytest.raises(FetchError) as caught:
        network.client().get(url, obey_robots=False)
    assert isinstance(caught.value, (SchemeRefusedError, ConnectionFailedError))
    assert network.connected == []


def test_a_name_that_leads_inside_is_refused() -> None:
    """A public name with one private address is refused whole."""
    network = Network(mixed_example=["8.8.8.8", "10.0.0.5"])
    with pytest.raises(AddressRefusedError) as caught:
        network.client().get("http://mixed.example/", obey_robots=False)
    assert caught.value.params["address"] == "10.0.0.5"
    assert "mixed.example" in str(caught.value)
    assert network.connected == []


def test_the_address_that_was_judged_is_the_one_connected_to() -> None:
    """The name is resolved once, so a second answer has no effect."""
    network = Network(moving_example=["8.8.4.4"])
    with pytest.raises(ConnectionFailedError):
        network.client().get("http://moving.example:8080/", obey_robots=False)
    assert network.asked == ["moving.example"]
    assert network.connected == [("8.8.4.4", 8080)]


def test_named_hosts_may_be_private_but_never_metadata() -> None:
    """The operator's list opens a host, at its port, except for link-local addresses."""
    policy = NetworkPolicy(allowed_hosts=frozenset({"geo.interno:8080", "nube.interno"}))
    network = Network(geo_interno=["10.0.0.5"], nube_interno=["169.254.169.254"])
    with pytest.raises(ConnectionFailedError):
        network.client(policy).get("http://geo.interno:8080/", obey_robots=False)
    assert network.connected == [("10.0.0.5", 8080)]
    for url in ("http://geo.interno/", "http://nube.interno/"):
        with pytest.raises(AddressRefusedError):
            network.client(policy).get(url, obey_robots=False)


def test_loopback_is_allowed_only_on_request() -> None:
    """``allow_loopback`` opens this machine and nothing else."""
    policy = NetworkPolicy(allow_loopback=True)
    assert policy.refusal(ipaddress.ip_address("127.0.0.1")) is None
    assert policy.refusal(ipaddress.ip_address("::1")) is None
    assert policy.refusal(ipaddress.ip_address("10.0.0.1")) is not None
    assert checked_url("http://127.0.0.1:5000/x", policy).port == 5000


def test_a_refusal_is_data_and_no_network_error() -> None:
    """A refusal cannot be taken for a failure to retry, and survives a queue."""
    with pytest.raises(AddressRefusedError) as caught:
        checked_url("http://127.1/", NetworkPolicy())
    error = caught.value
    assert not isinstance(error, OSError)
    assert error.slug == "address-refused"
    copy = pickle.loads(pickle.dumps(error))
    assert str(copy) == str(error)
    assert copy.message.params["host"] == "127.1"
