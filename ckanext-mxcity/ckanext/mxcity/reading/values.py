"""Single values of a source, mended to what CKAN and our schema accept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from ckanext.mxcity.ground import schema_files
from ckanext.mxcity.ground.text import folded_address
from ckanext.mxcity.ground.vocabularies import vocabulary
from ckanext.mxcity.reading.mappings import mapping_file

MIN_TAG, MAX_TAG = 2, 100
_TAG_REFUSED = re.compile(r"[^\w \-.]")
_SPACES = re.compile(r"\s+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_EMAIL = re.compile(r"[^@\s,;<>\"']+@[^@\s,;<>\"']+\.[^@\s,;<>\"'.]{2,}")
_LANGUAGES = ("es", "es-MX", "es_MX", "spa", "es-mx", "en", "eng")
_LANGUAGE_CODES = {"spa": "es", "eng": "en", "spanish": "es", "español": "es", "fra": "fr"}
_EXTENSION = re.compile(r"\.([a-z0-9]{2,7})(?:\.(?:gz|zip))?$")


def text(value: Any) -> str:
    """Return a value as one text; of several languages Spanish, then English, then the first."""
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, Mapping):
        for key in (*_LANGUAGES, "@value", "value", "title", "name", "label", "prefLabel", "@id"):
            if value.get(key):
                return text(value[key])
        return next((text(entry) for entry in value.values() if isinstance(entry, str)), "")
    if isinstance(value, (list, tuple)):
        chosen = [entry for entry in value if isinstance(entry, Mapping)]
        for language in _LANGUAGES:
            for entry in chosen:
                if entry.get("@language") == language:
                    return text(entry)
        return next((found for found in map(text, value) if found), "")
    return _CONTROL.sub("", str(value).encode("utf-8", "replace").decode("utf-8")).strip()


def texts(value: Any, separators: str = ",;") -> list[str]:
    """Return a list of texts; one text is split at separators."""
    if value is None:
        return []
    if isinstance(value, Mapping):
        for key in _LANGUAGES:
            if isinstance(value.get(key), (list, str)):
                return texts(value[key], separators)
        value = [value]
    if isinstance(value, str):
        value = re.split(f"[{separators}]", value) if separators else [value]
    if not isinstance(value, (list, tuple)):
        value = [value]
    return [found for found in map(text, value) if found]


def clean_tag(name: str) -> str | None:
    """Return a tag that CKAN takes, None if nothing is left of it."""
    plain = unicodedata.normalize("NFC", name)
    plain = _SPACES.sub(" ", _TAG_REFUSED.sub(" ", plain)).strip()
    if len(plain) > MAX_TAG:
        cut = plain[: MAX_TAG + 1].rsplit(" ", 1)[0]
        plain = cut[:MAX_TAG].strip()
    return plain if len(plain) >= MIN_TAG else None


def clean_tags(names: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return the good tags, each once, and those of the source that were changed or dropped."""
    good: dict[str, str] = {}
    changed: list[str] = []
    for name in names:
        tag = clean_tag(name)
        if tag != name:
            changed.append(name)
        if tag is not None:
            good.setdefault(tag.casefold(), tag)
    return list(good.values()), changed


def email(value: Any) -> str:
    """Return the first e-mail address of a text (``mailto:`` or not), empty if there is none."""
    candidate = text(value)[:1000].removeprefix("mailto:").removeprefix("MAILTO:")
    found = _EMAIL.search(candidate)
    return found.group().rstrip(".") if found else ""


def web_address(value: Any) -> str:
    """Return an http, https or ftp address, empty for anything else (``javascript:``, a name)."""
    candidate = text(value).strip("<>\"' ")
    try:
        parts = urlsplit(candidate)
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https", "ftp") or not parts.netloc:
        return ""
    return candidate.replace(" ", "%20")


def licence(*values: Any) -> str:
    """Return the key of the first licence that is known, empty if none is."""
    for value in values:
        found = _term("licences", text(value))
        if found:
            return found
    return ""


def frequency(value: Any) -> str:
    """Return the key of a frequency given as word, address or ISO 8601, empty if unknown."""
    given = text(value)
    found = _term("periodicity", given, "frequencies")
    return found or _term("periodicity", given.rstrip("/").rsplit("/", 1)[-1], "frequencies")


def topics(values: Iterable[Any]) -> list[str]:
    """Return the keys of our topics that themes of a source mean, each once."""
    found = (
        _term("topics", text(value).removeprefix("urn:mxcity:topics:"), "themes")
        for value in values
    )
    return [key for key in dict.fromkeys(found) if key]


def term(name: str, value: Any) -> str:
    """Return the key that a value means in one of our vocabularies, empty if none."""
    plain = text(value).removeprefix(f"urn:mxcity:{name}:")
    found = vocabulary(name).find(plain) if plain else None
    return found.key if found else ""


def languages(values: Iterable[str]) -> list[str]:
    """Return two-letter codes of languages given as code, EU address or name."""
    codes = (value.rstrip("/").rsplit("/", 1)[-1].casefold() for value in values)
    known = (_LANGUAGE_CODES.get(code, code.replace("_", "-").split("-")[0]) for code in codes)
    return [code for code in dict.fromkeys(known) if len(code) in (2, 3)]


def file_format(name: Any, media_type: Any, url: str) -> str:
    """Return the short name of a format from what was declared, else from the address."""
    table = mapping_file("formats")
    for value in (name, media_type):
        plain = text(value).strip("\"' .").rstrip("/").casefold()
        if "/authority/file-type/" in plain:
            plain = plain.rsplit("/", 1)[-1].replace("_", " ")
        plain = plain.split("/media-types/", 1)[-1].split(";")[0].strip()
        known = table["media_types"].get(plain) or table["names"].get(plain)
        if known:
            return str(known)
        if plain and "/" not in plain and len(plain) <= 40:
            return plain.upper()
    found = _EXTENSION.search(urlsplit(url).path.lower()) if url else None
    return str(table["names"].get(found.group(1), "")) if found else ""


def media_type(value: Any) -> str:
    """Return a media type (``text/csv``) from a text or an IANA address, empty if it is not one."""
    plain = text(value).strip("\"' ").casefold().split("/media-types/", 1)[-1].split(";")[0]
    return plain if re.fullmatch(r"[\w.+-]+/[\w.+-]+", plain) else ""


def byte_size(value: Any) -> int | None:
    """Return a size in bytes, None where it is not a whole number of them (``24.2 MB``)."""
    plain = text(value).replace(",", "")
    if not re.fullmatch(r"\d{1,15}(\.0+)?", plain):
        return None
    return int(plain.split(".")[0])


@schema_files.kept
def _aliases(name: str) -> Mapping[str, str]:
    terms = mapping_file(name)["terms"]
    return {folded_address(alias): key for key, names in terms.items() for alias in names}


@partial(schema_files.kept, size=4096)
def _term(name: str, value: str, mapping: str = "") -> str:
    if not value or len(value) > 300:
        return ""
    known = vocabulary(name).find(value)
    if known is not None:
        return known.key
    aliases = _aliases(mapping or name)
    folded = folded_address(value)
    return aliases.get(folded) or aliases.get(folded.rsplit("/", 1)[-1], "")
