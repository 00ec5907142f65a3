"""How harvested records are read into our fields: the files of mappings, and the fields' own rules.

No CKAN import.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ckanext.mxcity.dataset import fields, types
from ckanext.mxcity.dataset.fields import Field
from ckanext.mxcity.ground import schema_files
from ckanext.mxcity.reading.rules import Rule, Rules, rules, with_fields

#: How the values of a kind are read where they stand as they are.
_PLAIN = {
    "date": "date",
    "flag": "flag",
    "number": "number",
    "positive": "positive",
    "term": "term",
    "terms": "terms",
    "text": "text",
    "texts": "list",
    "whole": "positive",
}
#: Ways of DCAT that write the value as it is; the others need a program to read.
_AS_IT_IS = frozenset({*_PLAIN, "service"})

Source = Callable[[Field], "tuple[str, str] | None"]


@schema_files.kept
def rules_of(name: str) -> Rules:
    """Return the rules of a type of source, those that follow from the fields included.

    Args:
        name: a file of ``schemas/mappings``, e.g. ``ckan``.

    Raises:
        ValueError: a rule is read in a way that there is not.

    """
    found = rules(name)
    if name not in _SOURCES:
        return found
    # What a type of dataset adds stays an extra too: a dataset of another type would lose it.
    plain = [field.name for field in fields.fields(types.PLAIN)] if found.extras_too else ()
    return with_fields(found, tuple(_rules(name, found)), plain)


def _rules(name: str, found: Rules) -> Iterator[Rule]:
    for field in fields.every().values():
        told = None if field.mapping is None else field.mapping.get(name, {})
        usual = None if told is None else _SOURCES[name](field)
        if told or (usual and usual[0] not in found.known):
            yield _rule(field, told or {}, usual or (field.name, _PLAIN.get(field.kind, "code")))


def _rule(field: Field, told: Mapping[str, Any], usual: tuple[str, str]) -> Rule:
    paths = tuple(told.get("from", [usual[0]]))
    return Rule(field.name, paths, told.get("as", usual[1]), told.get("vocabulary", _terms(field)))


def _terms(field: Field) -> str:
    return field.vocabulary if field.kind in ("term", "terms") else ""


def _in_ckan(field: Field) -> tuple[str, str] | None:
    """Return the key and the way of a field in another CKAN: its own name."""
    how = _PLAIN.get(field.kind)
    return (field.name, how) if how else None


def _in_dcat(field: Field) -> tuple[str, str] | None:
    """Return the property and the way of a field in DCAT."""
    if field.term is None:
        return None
    how = _PLAIN.get(field.kind, "code") if field.term.way in _AS_IT_IS else "code"
    return field.term.property, how


def _in_data_json(field: Field) -> tuple[str, str] | None:
    """Return the key and the way of a field in ``data.json``, if it is exported there."""
    key, how = field.exports.get("data_json"), _PLAIN.get(field.kind)
    return (key, how) if key and how else None


_SOURCES: Mapping[str, Source] = {
    "ckan": _in_ckan,
    "dcat_json": _in_data_json,
    "dcat_rdf": _in_dcat,
}
