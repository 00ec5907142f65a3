"""Texts as they are compared, and as XML takes them. No CKAN import.

What a resident searches is folded by ``catalogue.solr.text_rules``, as Solr does it: there ñ is a
letter of its own.
"""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SCHEME = re.compile(r"^https?://(www\.)?")


def xml_text(text: str) -> str:
    """Return a text with U+FFFD in place of each character that XML 1.0 does not allow."""
    return _NO_XML.sub("\ufffd", text)


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
