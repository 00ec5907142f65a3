"""The controlled lists of the portal, read from ``schemas/vocabularies``. No CKAN import."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from ckanext.mxcity.ground import schema_files
from ckanext.mxcity.ground.text import folded_address
from ckanext.mxcity.ground.yaml import load_yaml

#: Shown when a text has no version in the language asked for.
FALLBACK_LANGUAGE = "es"

_NAME = re.compile(r"[a-z_]+")


class UnknownVocabularyError(LookupError):
    """There is no vocabulary of that name."""


@dataclass(frozen=True)
class Term:
    """One value of a vocabulary: its key and what it is called in each language."""

    key: str
    labels: Mapping[str, str]
    notes: Mapping[str, str]
    #: Everything else that the file says of it (icon, uri, iso8601, days, theme, …).
    extra: Mapping[str, Any]

    def label(self, language: str = FALLBACK_LANGUAGE) -> str:
        """Return the label in a language (``es_MX`` falls back to ``es``)."""
        return localised(self.labels, language) or self.key

    @property
    def retired(self) -> bool:
        """Whether it is kept for what has it already, and chosen no more."""
        return bool(self.extra.get("retired"))


@dataclass(frozen=True)
class Vocabulary:
    """A controlled list, in the order in which it is shown."""

    name: str
    version: str
    source: str
    title: Mapping[str, str]
    uri_base: str
    terms: Mapping[str, Term]
    _lookup: Mapping[str, str] = field(repr=False)

    def find(self, value: str) -> Term | None:
        """Return the term that a value means: its key, label, alias, URI or ISO 8601 form.

        Case, accents and the scheme of a URI make no difference.
        """
        key = self._lookup.get(folded_address(value))
        return self.terms[key] if key is not None else None

    def uri(self, key: str) -> str | None:
        """Return the address that stands for a term, None where the list has none."""
        return self.uri_base + key if self.uri_base and key in self.terms else None


@schema_files.kept
def vocabulary(name: str) -> Vocabulary:
    """Return a vocabulary by name; its file is read once.

    Raises:
        UnknownVocabularyError: no file of that name.

    """
    source = schema_files.find(f"vocabularies/{name}.yaml") if _NAME.fullmatch(name) else None
    if source is None:
        raise UnknownVocabularyError(f"There is no vocabulary called {name!r}")
    document = load_yaml(source.read_text(encoding="utf-8"))
    uri_base = document.get("uri_base", "")
    terms = {entry["key"]: _term(entry) for entry in document.get("terms", [])}
    return Vocabulary(
        name=name,
        version=str(document["version"]),
        source=document["source"],
        title=MappingProxyType(document["title"]),
        uri_base=uri_base,
        terms=MappingProxyType(terms),
        _lookup=MappingProxyType(_lookup(terms, uri_base)),
    )


def localised(texts: Mapping[str, str], language: str) -> str:
    """Return the text in a language, else in its base language, else in Spanish."""
    base = re.split("[_-]", language, maxsplit=1)[0]
    return texts.get(language) or texts.get(base) or texts.get(FALLBACK_LANGUAGE, "")


def _term(entry: Mapping[str, Any]) -> Term:
    known = {"key", "es", "en", "note"}
    return Term(
        key=entry["key"],
        labels=MappingProxyType({"es": entry["es"], "en": entry["en"]}),
        notes=MappingProxyType(entry.get("note", {})),
        extra=MappingProxyType({k: v for k, v in entry.items() if k not in known}),
    )


def _lookup(terms: Mapping[str, Term], uri_base: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, term in terms.items():
        names = [key, *term.labels.values(), *term.extra.get("aliases", [])]
        names += [term.extra[name] for name in ("code", "iso8601", "uri") if term.extra.get(name)]
        if uri_base:
            names.append(uri_base + key)
        for name in names:
            found.setdefault(folded_address(str(name)), key)
    return found
