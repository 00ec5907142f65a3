"""What the data dictionary of a table says of its figures: a kind, which people correct."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ckanext.mxcity.ground import measures
from ckanext.mxcity.ground.columns import is_key, is_year
from ckanext.mxcity.ground.vocabularies import vocabulary

#: Types of Table Schema of which a column holds figures.
FIGURES = ("integer", "number")


def described(field: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the dictionary keeps of a column, with the kind of its figures if it is told.

    Args:
        field: a column with a type of Table Schema, as ``ITableStore.load`` takes it.

    """
    info = dict(field.get("info") or {})
    name = field["id"]
    if field["type"] not in FIGURES or is_key(name) or is_year(name):
        return info
    kind = measures.kind_in(info, name)
    return info if kind == measures.UNKNOWN else {**info, measures.KEY: kind}


def kinds_of_figures(language: str) -> dict[str, str]:
    """Return the kinds of figures with their names in a language."""
    terms = vocabulary(measures.VOCABULARY).terms
    return {key: term.label(language) for key, term in terms.items()}
