"""What the schemas declare of the fields of a dataset: the one place that reads it. No CKAN import.

Besides what ckanext-scheming knows, a field of ``schemas/*.yaml`` may declare:

``dcat``
    ``property``: its term, such as ``mx:subsystem``. Without it the one that ``standard`` names,
    else ``mx:`` and the field's name in camel case. ``as``: the way in which it is written and
    read, where its preset does not tell. ``dcat: false``: not in DCAT.
``facet``
    ``true``, or ``index`` (the field of the index, where it is not the field's own), ``order``
    (among the other facets; without it the facet comes last) and ``label`` (where it is not the
    field's).
``key_fact``
    ``true``, or ``order`` and ``label`` as of a facet, ``as`` (a snippet of
    ``templates/mxcity/snippets/facts``), ``of`` (another key of the dataset that holds the value),
    ``hide`` (values that say nothing) and ``always`` (shown when it is empty, too).
``publish_form``
    ``part`` (``first``, or ``folded`` behind a fold) and ``order`` in the form of ``/publicar``,
    which has the fields that say so, and those that are required.
``export``
    The key under which a form of export has it: ``{data_json: theme, catalogo_json: theme}``.
``mapping``
    Where records of a source have it, and how it is read, as in ``schemas/mappings``:
    ``{ckan: {from: [unit], as: text}}``. What is not said follows from how the portal itself writes
    the field; what a file of ``schemas/mappings`` says of it comes first. ``mapping: false``: no
    more than that file says.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from ckanext.mxcity.dataset import types
from ckanext.mxcity.ground import schema_files
from ckanext.mxcity.ground.vocabularies import FALLBACK_LANGUAGE, localised

#: What the values of a preset are; others are text.
KINDS = {
    "mxcity_area_codes": "areas",
    "mxcity_boolean": "flag",
    "mxcity_choice": "term",
    "mxcity_choices": "terms",
    "mxcity_date": "date",
    "mxcity_number": "number",
    "mxcity_positive_number": "positive",
    "mxcity_text_list": "texts",
    "mxcity_whole_number": "whole",
}
#: Kinds of several values.
LISTS = frozenset({"areas", "terms", "texts"})
#: The index has lists under this prefix; CKAN's schema of Solr takes any name there.
LIST_PREFIX = "vocab_"
#: Forms of export, and types of source that fields have rules for.
EXPORTS = ("data_json", "catalogo_json")
SOURCES = ("ckan", "dcat_json", "dcat_rdf")
_KEYS: Mapping[str, frozenset[str]] = {
    "dcat": frozenset({"property", "as"}),
    "facet": frozenset({"index", "order", "label"}),
    "key_fact": frozenset({"order", "label", "as", "of", "hide", "always"}),
    "publish_form": frozenset({"part", "order"}),
    "export": frozenset(EXPORTS),
    "mapping": frozenset(SOURCES),
}
#: What stands under a key: a text unless it is named here.
_SHAPES: Mapping[str, tuple[type, str]] = {
    "order": (int, "a whole number"),
    "label": (Mapping, "a text by language"),
    "hide": (list, "a list"),
    "always": (bool, "true or false"),
    **dict.fromkeys(SOURCES, (Mapping, "a rule")),
}
#: Comes after every order that is given.
_LAST = 10_000

Labels = Mapping[str, str]


class DeclarationError(ValueError):
    """A field declares what nothing reads; names schema, field and key."""


@dataclass(frozen=True)
class Term:
    """The term of a field in DCAT."""

    #: With its prefix, e.g. ``dct:subject``.
    property: str
    #: The way in which it is written and read.
    way: str


@dataclass(frozen=True)
class Facet:
    """A filter of the search page."""

    #: The field of the index.
    index: str
    order: int
    labels: Labels


@dataclass(frozen=True)
class KeyFact:
    """A line of the key facts of a dataset's page."""

    order: int
    labels: Labels
    #: The snippet that shows it.
    way: str
    #: The key of the dataset that holds its value.
    of: str
    hide: tuple[str, ...]
    always: bool


@dataclass(frozen=True)
class FormPlace:
    """A place in the form of ``/publicar``."""

    part: str
    order: int


@dataclass(frozen=True)
class Field:
    """A field of a dataset, with what is declared of it."""

    name: str
    #: One of ``KINDS``, or ``text``.
    kind: str
    #: The vocabulary that its values come from, or "".
    vocabulary: str
    labels: Labels
    #: The element of SNIEG's norm that it comes from, or "".
    snieg: str
    term: Term | None
    facet: Facet | None
    key_fact: KeyFact | None
    publish_form: FormPlace | None
    #: Its key by the form of export.
    exports: Mapping[str, str]
    #: How a type of source has it; None where no rule follows from the field.
    mapping: Mapping[str, Mapping[str, Any]] | None

    @property
    def is_list(self) -> bool:
        """Whether it has several values."""
        return self.kind in LISTS


@schema_files.kept
def fields(kind: str) -> tuple[Field, ...]:
    """Return the fields of a type of dataset, in the order of its schema.

    Raises:
        DeclarationError: a field declares what nothing reads.

    """
    return tuple(_field(kind, given) for given in types.schema(kind)["dataset_fields"])


@schema_files.kept
def every() -> Mapping[str, Field]:
    """Return the fields of all types by name; of several with one name the first."""
    found: dict[str, Field] = {}
    for kind in types.TYPES:
        for field in fields(kind):
            found.setdefault(field.name, field)
    return found


@schema_files.kept
def facets() -> tuple[tuple[Field, Facet], ...]:
    """Return the fields that are facets, in the order of the search page."""
    found = [(field, field.facet) for field in every().values() if field.facet]
    return tuple(sorted(found, key=lambda pair: pair[1].order))


@schema_files.kept
def key_facts(kind: str) -> tuple[tuple[Field, KeyFact], ...]:
    """Return the fields of a type that are key facts, in the order of the page."""
    found = [(field, field.key_fact) for field in fields(kind) if field.key_fact]
    return tuple(sorted(found, key=lambda pair: pair[1].order))


@schema_files.kept
def of_publish_form(part: str) -> tuple[str, ...]:
    """Return the fields of any dataset in a part of the form of ``/publicar``, in its order."""
    places = [(field.publish_form, field.name) for field in fields(types.PLAIN)]
    found = [(place.order, name) for place, name in places if place and place.part == part]
    return tuple(name for _, name in sorted(found, key=lambda pair: pair[0]))


@schema_files.kept
def exported(form: str) -> tuple[tuple[str, Field], ...]:
    """Return the keys that a form of export has from fields, each with its field."""
    return tuple(
        (field.exports[form], field) for field in every().values() if form in field.exports
    )


@schema_files.kept
def vocabularies() -> Mapping[str, str]:
    """Return the vocabulary of each field that has one, and of each of its names in the index."""
    found = {types.VOCABULARY_FIELD: types.VOCABULARY}
    for field in every().values():
        if field.vocabulary:
            found[field.name] = field.vocabulary
            if field.facet:
                found[field.facet.index] = field.vocabulary
    for given in types.written("organization.yaml")["fields"]:
        if given.get("vocabulary"):
            found.setdefault(given["field_name"], given["vocabulary"])
    return found


@schema_files.kept
def of_areas() -> frozenset[str]:
    """Return the fields that hold codes of INEGI's areas, and their names in the index."""
    found = [field for field in every().values() if field.kind == "areas"]
    indexed = [field.facet.index for field in found if field.facet]
    return frozenset([*(field.name for field in found), *indexed])


@schema_files.kept
def single_values() -> frozenset[str]:
    """Return the fields of one value each that the search filters by, under their own name."""
    return frozenset(
        field.name
        for field in every().values()
        if field.kind == "term"
        or (field.facet and not field.is_list and field.facet.index == field.name)
    )


@schema_files.kept
def indexed_lists() -> Mapping[str, str]:
    """Return the field of each name in the index that holds a list as it is."""
    return {
        facet.index: field.name for field, facet in facets() if field.kind in ("terms", "texts")
    }


def label(labels: Labels, language: str) -> str:
    """Return the label in a language, else in Spanish."""
    return localised({FALLBACK_LANGUAGE: labels.get("es_MX", ""), **labels}, language)


def _field(kind: str, given: Mapping[str, Any]) -> Field:
    _check(kind, given)
    name, labels = given["field_name"], given["label"]
    found = KINDS.get(given.get("preset", ""), "text")
    if "repeating_subfields" in given:
        found = "objects"
    return Field(
        name=name,
        kind=found,
        vocabulary=given.get("vocabulary") or given.get("suggestions", ""),
        labels=labels,
        snieg=given.get("standard", {}).get("snieg", ""),
        term=_term(name, found, given),
        facet=_facet(name, found, labels, given.get("facet")),
        key_fact=_key_fact(name, found, labels, given.get("key_fact")),
        publish_form=_publish_form(given),
        exports=_told(given.get("export")),
        mapping=None if given.get("mapping") is False else _told(given.get("mapping")),
    )


def _check(kind: str, given: Mapping[str, Any]) -> None:
    for part, keys in _KEYS.items():
        declared = given.get(part)
        place = f"{kind}.yaml: {given['field_name']}: {part}"
        if declared is None or isinstance(declared, bool):
            continue
        if not isinstance(declared, Mapping):
            raise DeclarationError(f"{place} is {declared!r}; it may have {_listed(keys)}")
        strange = set(declared) - keys
        if strange:
            raise DeclarationError(f"{place} has {_listed(strange)}; it may have {_listed(keys)}")
        for key, value in declared.items():
            shape, told = _SHAPES.get(key, (str, "a text"))
            if not isinstance(value, shape):
                raise DeclarationError(f"{place}: {key} is {value!r}, and not {told}")


def _listed(keys: Collection[str]) -> str:
    return ", ".join(sorted(map(str, keys)))


def _term(name: str, kind: str, given: Mapping[str, Any]) -> Term | None:
    declared = given.get("dcat", {})
    if declared is False:
        return None
    declared = _told(declared)
    words = name.split("_")
    camel = words[0] + "".join(word.capitalize() for word in words[1:])
    named = declared.get("property") or given.get("standard", {}).get("dcat") or f"mx:{camel}"
    return Term(named, declared.get("as", kind))


def _facet(name: str, kind: str, labels: Labels, declared: Any) -> Facet | None:
    if not declared:
        return None
    told = _told(declared)
    index = f"{LIST_PREFIX}{name}" if kind in LISTS else name
    return Facet(told.get("index", index), told.get("order", _LAST), told.get("label", labels))


def _key_fact(name: str, kind: str, labels: Labels, declared: Any) -> KeyFact | None:
    if not declared:
        return None
    told = _told(declared)
    if kind == "objects" and "as" not in told:
        raise DeclarationError(f"{name}: key_fact needs as: a field of several parts has no form")
    return KeyFact(
        order=told.get("order", _LAST),
        labels=told.get("label", labels),
        way=told.get("as", kind),
        of=told.get("of", name),
        hide=tuple(told.get("hide", ())),
        always=bool(told.get("always")),
    )


def _publish_form(given: Mapping[str, Any]) -> FormPlace | None:
    declared = given.get("publish_form")
    if declared is None and not given.get("required"):
        return None
    told = _told(declared)
    return FormPlace(told.get("part", "first"), told.get("order", _LAST))


def _told(declared: Any) -> Mapping[str, Any]:
    return declared if isinstance(declared, Mapping) else {}
