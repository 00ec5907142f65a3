"""Sentences for people that programs can also read. No CKAN import.

A sentence is an English message id, marked with ``N_`` where it is written. Pages translate it with
CKAN's ``_``; ``said`` translates it where no CKAN is, from the same catalogue.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import Any


def N_(message: str) -> str:  # noqa: N802 - the marker that Babel looks for
    """Mark a message for translation without translating it yet."""
    return message


DOMAIN = "ckanext-mxcity"
#: Whole numbers above it are written with commas.
_PLAIN = 9_999
#: Params that may be phrases of ours: message ids too, with places for other params.
_PHRASES = ("reason", "expected", "found", "format")
_PLACE = re.compile(r"\{(\w+)\}")


def filled(template: str, params: Mapping[str, Any], say: Callable[[str], str] = str) -> str:
    """Fill a sentence in; ``say`` translates it, and those of its params that are phrases.

    Raises:
        KeyError, IndexError, ValueError: the template has a place that no param fills.

    """
    given = dict(params)
    for name in _PHRASES:
        phrase = given.get(name)
        if phrase and isinstance(phrase, str):
            given[name] = _PLACE.sub(lambda place: str(params.get(place[1], place[0])), say(phrase))
    return say(template).format(**given)


@dataclass(frozen=True)
class Message:
    """A sentence for people that programs can also read.

    ``template`` is the English message id; ``str()`` gives it filled in. In the interface:
    ``filled(message.template, message.params, _)``.
    """

    slug: str
    template: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return filled(self.template, self.params)


def said(message: str, params: Mapping[str, Any] | None = None, lang: str = "es") -> str:
    """Return a message in Spanish or English, filled in.

    Args:
        message: the message id; "" stays so.
        params: what its places are filled with. A place without a param is shown as "?", so that
            the rest of a sentence is not lost; whole numbers over 9,999 are written with commas.
        lang: ``es`` or ``en``, with or without a country.

    """
    if not message:
        return ""
    text = message if lang.startswith("en") else _catalogue().gettext(message)
    return text.format_map(_Params(params or {}))


class _Params(dict[str, Any]):
    def __getitem__(self, key: str) -> Any:
        value = super().__getitem__(key)
        large = isinstance(value, int) and not isinstance(value, bool) and value > _PLAIN
        return f"{value:,}" if large else value

    def __missing__(self, key: str) -> str:
        return "?"


@lru_cache(maxsize=1)
def _catalogue() -> gettext.NullTranslations:
    folder = resources.files("ckanext.mxcity") / "i18n"
    return gettext.translation(DOMAIN, str(folder), languages=["es_MX"], fallback=True)


def error_texts(errors: object) -> list[str]:
    """Return the sentences of a refused action, in order, whatever their shape.

    Args:
        errors: ``error_dict`` of CKAN's ValidationError, or a part of it: a text, or lists and
            dictionaries of texts, one in the other.

    """
    if isinstance(errors, Mapping):
        errors = list(errors.values())
    if isinstance(errors, list | tuple):
        return [sentence for part in errors for sentence in error_texts(part)]
    return [str(errors)] if errors else []
