"""What the values of a facet are called."""

from __future__ import annotations

import ckan.plugins.toolkit as tk

from ckanext.mxcity.areas import area_name
from ckanext.mxcity.vocabularies import vocabulary

#: The vocabulary of each field of the index, and of each field of the schema.
VOCABULARIES = {
    "dataset_type": "dataset_types",
    "vocab_topics": "topics",
    "topics": "topics",
    "snieg_subsystem": "subsystems",
    "geographic_level": "geographic_levels",
    "frequency": "periodicity",
    "official_status": "official_status",
    "information_type": "information_types",
    "snieg_themes": "snieg_themes",
    "pnd_axes": "pnd_axes",
    "sdgs": "sdgs",
    "reference_system": "reference_systems",
    "government_level": "government_levels",
    "license_id": "licences",
}
AREA_FIELDS = ("vocab_area_codes", "area_codes")


def facet_label(field: str, value: str) -> str | None:
    """Return what a facet's value is called in the reader's language, None if it has no name."""
    if field in AREA_FIELDS:
        return area_name(value)
    name = VOCABULARIES.get(field)
    term = vocabulary(name).terms.get(value) if name else None
    return term.label(current_language()) if term else None


def current_language() -> str:
    """Return the locale of the request, or the portal's own outside a request."""
    try:
        language = tk.h.lang()
    except (RuntimeError, TypeError, AttributeError):  # no request
        language = None
    return str(language or tk.config.get("ckan.locale_default") or "es")
