"""Texts as they are compared. No CKAN import.

What a resident searches is folded by ``catalogue.solr.text_rules``, as Solr does it: there ñ is a
letter of its own.
"""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")
_SCHEME = re.compile(r"^https?://(www\.)?")


def folded(text: str) -> str:
    """Return a text without case or accents."""
    plain = unicodedata.normalize("NFKD", text.strip().casefold())
    return "".join(char for char in plain if not unicodedata.combining(char))


def folded_words(text: str) -> str:
    """Return the words of a text without case or accents, with one space between them."""
    return " ".join(_WORD.findall(folded(text)))


def folded_address(text: str) -> str:
    """Return a text without case or accents; an address loses its scheme and its last slash."""
    return _SCHEME.sub("", folded(text)).rstrip("/")
