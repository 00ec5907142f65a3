"""Template helpers of the mxcity plugin."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from ckanext.mxcity import config, figures
from ckanext.mxcity.areas import area_name
from ckanext.mxcity.city import City
from ckanext.mxcity.facet_labels import VOCABULARIES, current_language, facet_label
from ckanext.mxcity.vocabularies import localised, vocabulary


def mxcity_city() -> City | None:
    """Return the city of this portal, None when no profile is configured."""
    return config.city()


def mxcity_logo() -> Markup:
    """Return the city's logo as SVG to put in a page; nothing without a profile.

    The SVG was checked when the profile was read: shapes and text only.
    """
    city = config.city()
    return Markup(city.logo_svg) if city else Markup("")  # noqa: S704


def mxcity_vocabulary_choices(field: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the choices of a scheming field that names its vocabulary.

    Labels are given under ``es`` and ``es_MX``, because scheming looks for the exact locale.
    """
    return [
        {"value": term.key, "label": {**term.labels, "es_MX": term.labels["es"]}}
        for term in vocabulary(field["vocabulary"]).terms.values()
    ]


def mxcity_vocabulary_label(field: str, value: str) -> str:
    """Return what a value of a field is called in the reader's language; the value if unknown."""
    return facet_label(field, value) or value


def mxcity_vocabulary_note(field: str, value: str) -> str:
    """Return the sentence that explains a value of a field, empty if there is none."""
    name = VOCABULARIES.get(field)
    term = vocabulary(name).terms.get(value) if name else None
    return localised(term.notes, current_language()) if term else ""


def mxcity_facet_label(field: str, value: str) -> str:
    """Return what a facet's value is called in the reader's language; the value if unknown."""
    return facet_label(field, value) or value


def mxcity_area_name(code: str) -> str:
    """Return "Monterrey, Nuevo León" for "19039"."""
    return area_name(code)


def mxcity_topics() -> list[dict[str, Any]]:
    """Return every topic with key, title, note, icon and how many datasets it has."""
    language = current_language()
    counts = figures.catalogue_figures().topics
    return [
        {
            "key": term.key,
            "title": term.label(language),
            "note": localised(term.notes, language),
            "icon": term.extra["icon"],
            "count": counts.get(term.key, 0),
        }
        for term in vocabulary("topics").terms.values()
    ]


def mxcity_figures() -> figures.Figures:
    """Return the counts of the public catalogue (datasets, organizations, topics, formats)."""
    return figures.catalogue_figures()
