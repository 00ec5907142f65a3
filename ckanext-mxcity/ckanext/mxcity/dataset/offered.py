"""The types of dataset that this portal offers."""

from __future__ import annotations

import ckan.plugins.toolkit as tk

from ckanext.mxcity.city.language import current_language
from ckanext.mxcity.dataset import types
from ckanext.mxcity.ground.vocabularies import localised, vocabulary


def offered_types() -> list[dict[str, str]]:
    """Return the types of dataset that this portal has: key, title, note and icon."""
    language = current_language()
    return [
        {
            "key": term.key,
            "title": term.label(language),
            "note": localised(term.notes, language),
            "icon": term.extra["icon"],
        }
        for term in vocabulary(types.VOCABULARY).terms.values()
        if term.key in tk.h.scheming_dataset_schemas()
    ]
