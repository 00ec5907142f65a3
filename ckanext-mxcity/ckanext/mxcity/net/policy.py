"""Which addresses may be fetched.

Texts are never trusted to say where they lead: a name, or a number in one of the notations that
resolvers understand, is turned into addresses first, every one of them is judged here, and the
connection is made to the very address that was judged (see :mod:`.transport`).
"""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

from ckanext.mxcity.ground.errors import AddressRefusedError, SchemeRefusedError
from ckanext.mxcity.ground.messages import N_

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_V4_IN_V6 = (
    (ipaddress.IPv6Network("::ffff:0:0/96"), 0),
    (ipaddress.IPv6Network("::ffff:0:0:0/96"), 0),
    (ipaddress.IPv6Network("::/96"), 0),
    (ipaddress.IPv6Network("64:ff9b::/96"), 0),
    (ipaddress.IPv6Network("2002::/16"), 80),
)
_TRANSLATED = (_V4_IN_V6[0][0], _V4_IN_V6[3][0])
#: Ranges that ``is_global`` lets through, or lets through in some versions of Python.
_NEVER = tuple(
    ipaddress.ip_network(text)
    for text in (
        "100.64.0.0/10",
        "168.63.129.16/32",  # the platform service of a cloud provider, on a public number
        "192.0.0.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",
        "2001:db8::/32",
        "3fff::/20",
        "5f00::/16",
        "fec0::/10",
    )
)
_METADATA = tuple(
    ipaddress.ip_network(text)
    for text in ("169.254.0.0/16", "fe80::/10", "fd00:ec2::/32", "168.63.129.16/32")
)
_ISATAP = (0x00005EFE, 0x02005EFE)
_BAD_CHARACTERS = re.compile(r"[\x00-\x20\x7f-\xa0\\]")
#: Names that mean this machine, whether or not the system's resolver knows them (RFC 6761).
_LOCALHOST = re.compile(r"(.+\.)?localhost(\.localdomain)?\.?")
_PORTS = {"http": 80, "https": 443, "redis": 6379, "rediss": 6379}
_LOOPBACK = ipaddress.IPv4Address("127.0.0.1")
_NUMERIC_HOST = re.compile(r"(0[xX][0-9a-fA-F]*|\d+)(\.(0[xX][0-9a-fA-F]*|\d+)){0,3}\.?")


@dataclass(frozen=True)
class NetworkPolicy:
    """What the operator allows beyond public addresses.

    Attributes:
        allow_loopback: for tests and for a portal that harvests itself.
        allowed_hosts: names (``geo.interno`` or ``geo.interno:8080``) whose addresses may be
            private. Link-local and metadata addresses stay refused even for these.
        robots_exempt_hosts: names of the sites that gave a recorded permission to be read
            by programs in spite of their robots.txt.

    """

    allow_loopback: bool = False
    allowed_hosts: frozenset[str] = field(default_factory=frozenset)
    robots_exempt_hosts: frozenset[str] = field(default_factory=frozenset)

    def names(self, host: str, port: int | None) -> bool:
        """Say whether the operator named the host."""
        wanted = {host.casefold().rstrip(".")}
        wanted |= {f"{name}:{port}" for name in tuple(wanted)}
        return bool(wanted & {name.casefold() for name in self.allowed_hosts})

    def refusal(self, address: Address, *, named: bool = False) -> str | None:
        """Return why an address may not be connected to, None when it may."""
        inner = embedded_v4(address)
        if inner is not None:
            reason = self.refusal(inner, named=named)
            if reason is None and not _carried_honestly(address):
                return N_("an address inside another")
            return reason
        if any(address in network for network in _METADATA if network.version == address.version):
            return N_("link-local or metadata address")
        if address.is_loopback:
            return None if (self.allow_loopback or named) else N_("this machine itself")
        if address.is_unspecified or address.is_multicast:
            return N_("not the address of one machine")
        if named:
            return None
        if any(address in network for network in _NEVER if network.version == address.version):
            return N_("reserved address")
        if not address.is_global:
            return N_("private or reserved address")
        return None

    def check(self, url: str, host: str, port: int | None, address: Address) -> None:
        """Raise ``AddressRefusedError`` unless the address may be connected to."""
        reason = self.refusal(address, named=self.names(host, port))
        if reason is not None:
            raise AddressRefusedError(url=url, host=host, address=str(address), reason=reason)


def _carried_honestly(address: Address) -> bool:
    """Return whether an address reaches the one inside it; tunnels do not."""
    return any(address in network for network in _TRANSLATED)


def embedded_v4(address: Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that an IPv6 one carries (mapped, translated, 6to4…), if any."""
    if not isinstance(address, ipaddress.IPv6Address):
        return None
    number = int(address)
    if number >> 32 == 0 and number in (0, 1):
        return None  # :: and ::1 are themselves
    if (number >> 32) & 0xFFFFFFFF in _ISATAP:
        return ipaddress.IPv4Address(number & 0xFFFFFFFF)
    for network, shift in _V4_IN_V6:
        if address in network:
            return ipaddress.IPv4Address((number >> shift) & 0xFFFFFFFF)
    return None


def numeric_address(host: str) -> Address | None:
    """Return the address that a host is, in whatever notation, None if it is a name."""
    bare = host.strip("[]")
    try:
        return ipaddress.ip_address(bare)
    except ValueError:
        pass
    if not _NUMERIC_HOST.fullmatch(bare):
        return None
    try:
        # inet_aton reads what connect() reads: short, decimal, octal and hexadecimal forms.
        return ipaddress.IPv4Address(socket.inet_aton(bare.rstrip(".")))
    except OSError:
        return None


def _read_twice(url: str, shown: str) -> tuple[Url, SplitResult]:
    """Return the parts of a URL as two readers of URLs see them."""
    if _BAD_CHARACTERS.search(url):
        raise SchemeRefusedError(url=shown, reason=N_("it has spaces, control characters or \\"))
    try:
        parts, second = parse_url(url), urlsplit(url)
        _ = second.port  # raises for one that is no number
    except (LocationParseError, ValueError) as error:
        raise SchemeRefusedError(url=shown, reason=N_("it is not a URL")) from error
    return parts, second


def checked_url(url: str, policy: NetworkPolicy) -> Url:
    """Return the parts of a URL that may be fetched.

    Raises:
        SchemeRefusedError: not http or https, a user name in it, characters or a host that
            two programs could read in two ways.
        AddressRefusedError: the host is a number and that address is not allowed.

    """
    shown = repr(url[:200])
    parts, second = _read_twice(url, shown)
    if (parts.scheme or "").lower() not in ("http", "https"):
        raise SchemeRefusedError(url=shown, reason=N_("only http and https are fetched"))
    if parts.auth is not None or "@" in second.netloc:
        raise SchemeRefusedError(url=shown, reason=N_("it carries a user name"))
    host = (parts.host or "").casefold()
    if not host.strip("[]."):
        raise SchemeRefusedError(url=shown, reason=N_("it names no host"))
    if "%" in host:
        raise SchemeRefusedError(
            url=shown, reason=N_("its host has an encoded character or a zone")
        )
    other = (second.hostname or "").casefold()
    same = host.strip("[]") == other or not other.isascii()
    if not same or parts.port != second.port:
        raise SchemeRefusedError(url=shown, reason=N_("its host can be read in two ways"))
    if parts.port == 0:
        raise SchemeRefusedError(url=shown, reason=N_("its port is 0"))
    address = _LOOPBACK if _LOCALHOST.fullmatch(host) else numeric_address(host)
    if address is not None:
        policy.check(url, host, parts.port, address)
    elif _NUMERIC_HOST.fullmatch(host):
        raise SchemeRefusedError(url=shown, reason=N_("its host is a number that is no address"))
    return parts


def host_of(address: str) -> str:
    """Return the host of an address with its port, as a policy names it; "" if there is none."""
    parts = urlsplit(address)
    if not parts.hostname:
        return ""
    return f"{parts.hostname}:{parts.port or _PORTS.get(parts.scheme, 80)}"
