"""What the values of fields are called, on pages and in facets."""

from __future__ import annotations

from ckanext.mxcity.city.language import current_language
from ckanext.mxcity.dataset import fields
from ckanext.mxcity.ground.areas import area_name
from ckanext.mxcity.ground.vocabularies import Term, vocabulary


def term_of(field: str, value: str) -> Term | None:
    """Return the term that a value is, None if the field has no vocabulary or not this term.

    Args:
        field: a field of the schema, or its name in the index.
        value: a value of it.

    """
    name = fields.vocabularies().get(field)
    return vocabulary(name).terms.get(value) if name else None


def facet_label(field: str, value: str) -> str | None:
    """Return what a facet's value is called in the reader's language, None if it has no name."""
    if field in fields.of_areas():
        return area_name(value)
    term = term_of(field, value)
    return term.label(current_language()) if term else None
