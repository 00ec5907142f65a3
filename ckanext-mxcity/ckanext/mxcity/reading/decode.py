"""From bytes to text or JSON, whatever the server said of them."""

from __future__ import annotations

import codecs
import json
import re
from typing import Any

from ckanext.mxcity.ground.errors import (
    TOO_DEEP,
    DangerousDocumentError,
    NotWhatItSaysError,
    ReadError,
)
from ckanext.mxcity.ground.messages import N_, Message
from ckanext.mxcity.reading.records import Document

#: Longest first: the mark of UTF-32 begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HTML = re.compile(
    rb"^\s*(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', re.DOTALL)
WRONG_ENCODING = N_("The document is not valid UTF-8; it was read as {encoding}.")


def is_html(content: bytes) -> bool:
    """Say whether bytes are a web page (an error or login page, most often)."""
    start = content[:4096].removeprefix(codecs.BOM_UTF8)
    return bool(_HTML.match(start))


def decode(content: bytes, declared: str = "") -> tuple[str, Message | None]:
    """Return the text, and a message when its encoding had to be guessed.

    A byte order mark decides; then UTF-8, the declared character set, Windows-1252, Latin-1.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            text = _tried(content, encoding)
            if text is not None:
                return text, None
    for encoding in ("utf-8", declared, "cp1252"):
        text = _tried(content, encoding) if encoding else None
        if text is not None:
            guessed = encoding not in ("utf-8", declared)
            return text, Message(
                "encoding", WRONG_ENCODING, {"encoding": encoding}
            ) if guessed else None
    return content.decode("latin-1"), Message("encoding", WRONG_ENCODING, {"encoding": "latin-1"})


def _tried(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except (LookupError, ValueError):
        return None


def load_json(document: Document, depth: int = 100) -> tuple[Any, Message | None]:
    """Return the value of a JSON document; numbers that JSON does not know become None.

    Raises:
        NotWhatItSaysError: it is a web page, or empty.
        DangerousDocumentError: nested deeper than ``depth``.
        ReadError: not JSON; the message has line and column.

    """
    content = document.content()
    if is_html(content):
        raise NotWhatItSaysError(record=document.name, expected="JSON", found=N_("a web page"))
    text, warning = decode(content, document.charset)
    if not text.strip():
        raise NotWhatItSaysError(record=document.name, expected="JSON", found=N_("empty"))
    if _too_deep(text, depth):
        raise DangerousDocumentError(record=document.name, reason=TOO_DEEP, depth=depth)
    try:
        return json.loads(text.lstrip("\ufeff"), parse_constant=lambda _name: None), warning
    except json.JSONDecodeError as error:
        reason = N_("it is not valid JSON at line {line}, column {column} ({detail})")
        raise ReadError(
            record=document.name,
            reason=reason,
            line=error.lineno,
            column=error.colno,
            detail=error.msg,
        ) from error
    except (RecursionError, ValueError) as error:
        raise ReadError(record=document.name, reason=N_("it is not valid JSON")) from error


def _too_deep(text: str, limit: int) -> bool:
    """Count open brackets outside of strings."""
    if text.count("[") + text.count("{") <= limit:
        return False
    level = 0
    for found in _BRACKETS.finditer(text):
        mark = found.group()
        if mark in "[{":
            level += 1
            if level > limit:
                return True
        elif mark in "]}":
            level -= 1
    return False
