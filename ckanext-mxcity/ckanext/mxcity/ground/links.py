"""Which addresses may be links. No CKAN import.

Pages, RDF and feeds hand addresses on to whoever reads them, so one leads to the web or to an FTP
server (old series of statistics still live there) and nowhere else. A mail address is no link
here: contacts have a field of their own for it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

SCHEMES = ("http", "https", "ftp")
#: What a live feed may be read by.
FEED_SCHEMES = ("http", "https", "mqtt", "mqtts", "ws", "wss")
#: Fields that programs follow, and no browser: they have schemes of their own.
_OTHER_SCHEMES = {"feed_url": FEED_SCHEMES}

#: Names of fields that hold an address.
_NAMES = re.compile(r"(?:\w+_)?(?:url|uri|href|website|homepage)")
#: What readers of links skip: spaces, control characters, marks that nobody sees.
_SKIPPED = re.compile(r"[\x00-\x20\x7f-\xa0\xad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
#: A host with its port is no scheme.
_HOST = re.compile(r"(?:[\w-]+\.[\w.-]+|localhost):\d{1,5}(?:/|$)", re.IGNORECASE)


def is_address(name: str) -> bool:
    """Return whether a field of this name holds an address."""
    return _NAMES.fullmatch(name) is not None


def refused(value: Any, name: str = "url") -> bool:
    """Return whether the value of a field is an address that leads elsewhere, in any spelling.

    A name of a file and an address without ``https://`` have no scheme and may stay.
    """
    if not isinstance(value, str):
        return False
    plain = _SKIPPED.sub("", html.unescape(html.unescape(value)))
    if not _SCHEME.match(plain) or _HOST.match(plain):
        return False
    scheme, _, rest = value.strip().partition("://")
    return not rest or scheme.lower() not in _OTHER_SCHEMES.get(name, SCHEMES)


def without_refused(shown: dict[str, Any]) -> dict[str, Any]:
    """Empty the addresses of a dictionary that are no links; return it."""
    for name in [name for name in shown if is_address(name) and refused(shown[name], name)]:
        shown[name] = ""
    return shown


def refused_in(data: Any, depth: int = 8) -> Iterator[tuple[str, str]]:
    """Yield the name and the value of each refused address in dictionaries and lists."""
    if isinstance(data, dict) and depth:
        for name, value in data.items():
            if isinstance(name, str) and is_address(name) and refused(value, name):
                yield name, value
            else:
                yield from refused_in(value, depth - 1)
        key = data.get("key")
        if isinstance(key, str) and is_address(key) and refused(data.get("value"), key):
            yield key, data["value"]
    elif isinstance(data, list) and depth:
        for entry in data:
            yield from refused_in(entry, depth - 1)
