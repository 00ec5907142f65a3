"""Hardened against guessable secrets: they are checked before the portal answers anybody."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import combinations
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

#: Options that hold a secret; each has its own, so that one that leaks opens one door only.
SECRETS = ("SECRET_KEY", "WTF_CSRF_SECRET_KEY", "api_token.jwt.encode.secret")

#: Options that hold a database's address, and the passwords of examples that everybody has read.
DATABASES = ("sqlalchemy.url", "ckan.datastore.write_url", "ckan.datastore.read_url")
_WELL_KNOWN = frozenset(
    (
        *("admin", "changeme", "ckan", "ckan_default", "datastore_default", "pass", "password"),
        *("passwd", "postgres", "secret", "test1234"),
    )
)

SHORTEST = 32
FEWEST_CHARACTERS = 8
_PLACEHOLDERS = ("change", "replace", "placeholder", "example", "not_set", "${", "%(", "<")
_HOW = "Generate one with: python -c 'import secrets; print(secrets.token_urlsafe(40))'"


def problems(config: Mapping[str, Any], allowed: Collection[str] = ()) -> list[str]:
    """Return one line for each secret that is missing, short, a placeholder, shared or well known.

    The lines name options and never show a value.
    """
    checked = [option for option in SECRETS if option not in allowed]
    values = {option: read_secret(str(config.get(option) or "")) for option in checked}
    found = [
        f"- {option} {weakness}. {_HOW}"
        for option, value in values.items()
        if (weakness := weakness_of(value))
    ]
    found += [
        f"- {one} and {other} are the same. Give each its own. {_HOW}"
        for one, other in combinations(checked, 2)
        if values[one] and values[one] == values[other]
    ]
    return found + [
        f"- {option} has a password of CKAN's examples. Give the database's user another."
        for option in DATABASES
        if option not in allowed and _password(str(config.get(option) or "")) in _WELL_KNOWN
    ]


def _password(address: str) -> str:
    """Return the password in a database's address, or "" (local log-in, an address unread)."""
    try:
        return unquote(urlsplit(address).password or "")
    except ValueError:
        return ""


def weakness_of(value: str) -> str:
    """Return what is wrong with a secret, in words that follow the option's name; "" if nothing."""
    if not value:
        return "is not set"
    lowered = value.lower()
    if any(word in lowered for word in _PLACEHOLDERS):
        return "still holds a placeholder"
    if len(value) < SHORTEST:
        return f"is shorter than {SHORTEST} characters"
    if len(set(value)) < FEWEST_CHARACTERS:
        return "repeats a few characters"
    return ""


def read_secret(value: str) -> str:
    """Return the secret that an option holds: CKAN's ``string:`` and ``file:`` forms included.

    A file that cannot be read gives "".
    """
    kind, separator, rest = value.partition(":")
    if separator and kind == "string":
        return rest
    if separator and kind == "file":
        try:
            return Path(rest).read_text(encoding="utf-8").strip()
        except OSError:
            return ""
    return value
