"""Template helpers of the mxcity plugin."""

from __future__ import annotations

from typing import Any

from ckanext.mxcity.vocabularies import vocabulary


def mxcity_vocabulary_choices(field: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the choices of a scheming field that names its vocabulary.

    Labels are given under ``es`` and ``es_MX``, because scheming looks for the exact locale.
    """
    return [
        {"value": term.key, "label": {**term.labels, "es_MX": term.labels["es"]}}
        for term in vocabulary(field["vocabulary"]).terms.values()
    ]
