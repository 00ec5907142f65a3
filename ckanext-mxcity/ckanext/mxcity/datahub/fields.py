"""What the DataHub records, read from ``fields.yaml``. No CKAN import.

Validation, forms, tables of CSV and Excel and the reference are all made from these definitions,
so that a field is described once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from importlib import resources
from typing import Any

from ckanext.mxcity.ground.text import folded_words
from ckanext.mxcity.ground.vocabularies import localised, vocabulary
from ckanext.mxcity.ground.yaml import load_yaml

FILE = "fields.yaml"
LANGUAGE = "es"
#: Longest text of a field, in characters.
MAX_TEXT = {"long": 20_000}
DEFAULT_MAX_TEXT = 500


@dataclass(frozen=True)
class Choice:
    """One value of a field that is chosen from a list."""

    key: str
    labels: Mapping[str, str]
    aliases: tuple[str, ...] = ()

    def label(self, language: str = LANGUAGE) -> str:
        """Return what the value is called."""
        return localised(self.labels, language) or self.key


@dataclass(frozen=True)
class Field:
    """One thing that is recorded."""

    name: str
    type: str
    labels: Mapping[str, str]
    notes: Mapping[str, str]
    required: bool = False
    #: Only the ministry's administrator writes it.
    decide: bool = False
    #: The field is required unless every one of these fields that is filled in has this value.
    required_unless: Mapping[str, str] = field(default_factory=dict)
    choices_name: str = ""
    vocabulary_name: str = ""
    minimum: int | None = None
    maximum: int | None = None
    _lists: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict, repr=False)

    def label(self, language: str = LANGUAGE) -> str:
        """Return the heading of the field."""
        return localised(self.labels, language) or self.name

    def help(self, language: str = LANGUAGE) -> str:
        """Return the sentence with an example that stands beside the field."""
        return localised(self.notes, language)

    @property
    def max_length(self) -> int:
        """Return the longest text that is taken, in characters."""
        return MAX_TEXT.get(self.type, DEFAULT_MAX_TEXT)

    @cached_property
    def choices(self) -> tuple[Choice, ...]:
        """Return what may be chosen, in the order shown; empty where the field is free."""
        if self.vocabulary_name:
            terms = vocabulary(self.vocabulary_name).terms.values()
            return tuple(Choice(term.key, term.labels) for term in terms)
        return self._lists.get(self.choices_name, ())

    def find_choice(self, value: str) -> Choice | None:
        """Return the choice that a text means: its key, label or alias, without case or accents."""
        if self.vocabulary_name:
            term = vocabulary(self.vocabulary_name).find(value)
            return Choice(term.key, term.labels) if term else None
        wanted = folded_words(value)
        for choice in self.choices:
            if wanted in (folded_words(name) for name in (choice.key, *choice.labels.values())):
                return choice
            if wanted in (folded_words(alias) for alias in choice.aliases):
                return choice
        return None


@dataclass(frozen=True)
class Kind:
    """One kind of record, such as an asset or a milestone."""

    name: str
    section: str
    labels: Mapping[str, str]
    plurals: Mapping[str, str]
    notes: Mapping[str, str]
    fields: tuple[Field, ...]
    #: It belongs to an asset, named by ``asset_id``.
    of_asset: bool
    #: An asset has at most one.
    one_per_asset: bool

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        """Return the fields by name."""
        return {entry.name: entry for entry in self.fields}

    @property
    def decided(self) -> tuple[str, ...]:
        """Return the names of the fields that only an administrator writes."""
        return tuple(entry.name for entry in self.fields if entry.decide)

    def label(self, language: str = LANGUAGE) -> str:
        """Return what one record is called."""
        return localised(self.labels, language)

    def plural(self, language: str = LANGUAGE) -> str:
        """Return what several records are called."""
        return localised(self.plurals, language)

    def note(self, language: str = LANGUAGE) -> str:
        """Return the sentence that says what such a record is for."""
        return localised(self.notes, language)


@lru_cache(maxsize=1)
def kinds() -> Mapping[str, Kind]:
    """Return every kind of record by name."""
    text = (resources.files(__package__ or "") / FILE).read_text(encoding="utf-8")
    document = load_yaml(text)
    lists = {name: tuple(map(_choice, found)) for name, found in document["choices"].items()}
    return {name: _kind(name, found, lists) for name, found in document["kinds"].items()}


def _choice(found: dict[str, Any]) -> Choice:
    labels = {language: found[language] for language in ("es", "en")}
    return Choice(found["key"], labels, tuple(found.get("aliases", ())))


def _kind(name: str, found: dict[str, Any], lists: Mapping[str, tuple[Choice, ...]]) -> Kind:
    return Kind(
        name=name,
        section=found["section"],
        labels=found["label"],
        plurals=found["plural"],
        notes=found["note"],
        fields=tuple(_field(entry, lists) for entry in found["fields"]),
        of_asset=bool(found.get("of_asset") or found.get("one_per_asset")),
        one_per_asset=bool(found.get("one_per_asset")),
    )


def _field(found: dict[str, Any], lists: Mapping[str, tuple[Choice, ...]]) -> Field:
    return Field(
        name=found["name"],
        type=found["type"],
        labels=found["label"],
        notes=found["help"],
        required=bool(found.get("required")),
        decide=bool(found.get("decide")),
        required_unless=found.get("required_unless", {}),
        choices_name=found.get("choices", ""),
        vocabulary_name=found.get("vocabulary", ""),
        minimum=found.get("min", 0 if found["type"] == "integer" else None),
        maximum=found.get("max"),
        _lists=lists,
    )
