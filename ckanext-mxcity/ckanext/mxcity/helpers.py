"""Template helpers of the mxcity plugin."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.plugins import PluginImplementations
from markupsafe import Markup
from werkzeug.exceptions import default_exceptions

from ckanext.mxcity.catalogue import figures, index, light, page_facts, related
from ckanext.mxcity.city import City, settings
from ckanext.mxcity.city.clock import written_date, written_day, written_moment
from ckanext.mxcity.city.language import current_language
from ckanext.mxcity.city.style import style_version
from ckanext.mxcity.dataset import conformance, fields, formats, types
from ckanext.mxcity.dataset.labels import facet_label, term_of
from ckanext.mxcity.dataset.offered import offered_types
from ckanext.mxcity.dataset.one_file import OneFile, files_of
from ckanext.mxcity.exchange.exports.forms import FORMS
from ckanext.mxcity.ground import measures
from ckanext.mxcity.ground.areas import area_name
from ckanext.mxcity.ground.numbers import whole_number
from ckanext.mxcity.ground.vocabularies import localised, vocabulary
from ckanext.mxcity.interfaces import IDatasetOpening, Part

#: Pages of a list that are told apart: the index counts no further than some thousand millions.
MOST_PAGES = 1_000_000

#: Errors of which the reason is told; others say what to do.
_TOLD = (400, 403, 409, 410, 413, 429, 503)


def mxcity_city() -> City | None:
    """Return the city of this portal, None when no profile is configured."""
    return settings.city()


def mxcity_logo() -> Markup:
    """Return the city's logo as SVG to put in a page; nothing without a profile.

    The SVG was checked when the profile was read: shapes and text only.
    """
    city = settings.city()
    return Markup(city.logo_svg) if city else Markup("")  # noqa: S704


def mxcity_vocabulary_choices(field: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the choices of a scheming field that names its vocabulary.

    Labels are given under ``es`` and ``es_MX``, because scheming looks for the exact locale.
    """
    return [
        {"value": term.key, "label": {**term.labels, "es_MX": term.labels["es"]}}
        for term in vocabulary(field["vocabulary"]).terms.values()
    ]


def mxcity_current_terms(field: dict[str, Any], given: str | list[str] | None) -> list[str]:
    """Return the terms that a form offers for a field: those in use, and what is given."""
    kept = [given] if isinstance(given, str) else given or []
    return [
        term.key
        for term in vocabulary(field["vocabulary"]).terms.values()
        if term.key in kept
        or (not term.retired and term.key in field.get("vocabulary_terms", (term.key,)))
    ]


def mxcity_vocabulary_label(field: str, value: str) -> str:
    """Return what a value of a field is called in the reader's language; the value if unknown."""
    return facet_label(field, value) or value


def mxcity_conformance(package: dict[str, Any]) -> dict[str, list[str]]:
    """Return what the elements of SNIEG's norm are called, by their state in a dataset."""
    found: dict[str, list[str]] = {state: [] for state in conformance.STATES}
    for element, state in conformance.of_dataset(package):
        found[state].append(element.label(current_language()))
    return found


def mxcity_vocabulary_note(field: str, value: str) -> str:
    """Return the sentence that explains a value of a field, empty if there is none."""
    term = term_of(field, value)
    return localised(term.notes, current_language()) if term else ""


def mxcity_measure_kind(key: Any) -> str:
    """Return what a kind of figures of a data dictionary is called; "" for one that is none."""
    term = vocabulary(measures.VOCABULARY).terms.get(str(key))
    return term.label(current_language()) if term else ""


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


def mxcity_style_version() -> str:
    """Return a text that changes with the city's colours, for the stylesheet's address."""
    city = settings.city()
    return style_version(city.colours if city else None)


def mxcity_says_more(status: int, content: object) -> bool:
    """Tell whether an error's own text is for people; Werkzeug's are English, for programmers."""
    usual = getattr(default_exceptions.get(status), "description", "")
    text = str(content)
    return status in _TOLD and text != usual and len(text) < 400


def mxcity_is_light(tells_error: bool = False) -> bool:
    """Return whether this page goes without CKAN's scripts and styles: a visitor reads it."""
    return light.is_light(tells_error)


def mxcity_date(value: Any) -> str:
    """Return a day as dd/mm/yyyy, whatever part of it is known, as it was said."""
    return written_date(value)


def mxcity_day(moment: Any) -> str:
    """Return the city's day of a moment that the portal noted (in UTC), as dd/mm/yyyy."""
    return written_day(moment)


def mxcity_moment(moment: Any) -> str:
    """Return a moment that the portal noted (in UTC) as dd/mm/yyyy hh:mm of the city."""
    return written_moment(moment)


def mxcity_newest() -> list[dict[str, Any]]:
    """Return the public datasets whose data changed last, the newest first."""
    return page_facts.newest_datasets()


def mxcity_newest_first() -> str:
    """Return the order of a search that begins with the data that changed last."""
    return index.NEWEST_FIRST


def mxcity_file_count() -> int:
    """Return how many files public datasets have."""
    return page_facts.file_count()


def mxcity_citation(package: dict[str, Any]) -> str:
    """Return how to cite a dataset, in one line."""
    address = tk.h.url_for("dataset.read", id=package["name"], qualified=True)
    return page_facts.citation(package, str(tk.config.get("ckan.site_title")), address)


def mxcity_excerpt(text: str | None, length: int) -> str:
    """Return the beginning of a text in Markdown, ``length`` characters of it, without markup."""
    return page_facts.excerpt(text or "", length)


def mxcity_formats(resources: list[dict[str, Any]] | None) -> list[str]:
    """Return the formats of the data of a dataset, each once; those of dictionaries are none."""
    return formats.data_formats(resources or [])


def mxcity_export_forms() -> list[dict[str, str]]:
    """Return the forms of the whole catalogue: file, endpoint, media type and title."""
    language = current_language()
    return [
        {
            "file": form.file,
            "endpoint": f"mxcity_exports.{form.endpoint}",
            "media_type": form.media_type,
            "title": form.title.get(language, form.title["en"]),
        }
        for form in FORMS.values()
    ]


def mxcity_files(resources: list[dict[str, Any]] | None) -> list[OneFile]:
    """Return the files of a dataset, each with its formats; dictionaries of columns last."""
    return sorted(files_of(resources or []), key=lambda file: file.is_dictionary)


def mxcity_opening(package: dict[str, Any]) -> dict[str, Part]:
    """Return what a dataset's page opens with, by its place; see ``IDatasetOpening``.

    Of several plugins that have something for a place the first is taken.
    """
    found: dict[str, Part] = {}
    for plugin in PluginImplementations(IDatasetOpening):
        for part in plugin.dataset_opening(package):
            found.setdefault(part.place, part)
    return found


def mxcity_related(package: dict[str, Any]) -> list[dict[str, Any]]:
    """Return public datasets that are like one, the most alike first."""
    return related.related_datasets(package)


def mxcity_dataset_feeds(package: dict[str, Any]) -> list[dict[str, str]]:
    """Return the feeds that tell of a public dataset and its like: title, label and address."""
    return related.feeds_of(package)


def mxcity_key_facts(package: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the key facts of a dataset that its type declares, each with label, way and value."""
    language = current_language()
    kind = package.get("type")
    return [
        {
            "label": fields.label(fact.labels, language),
            "way": fact.way,
            "value": package.get(fact.of),
            "field": {"name": field.name, "index": field.facet.index if field.facet else ""},
        }
        for field, fact in fields.key_facts(kind if kind in types.TYPES else types.PLAIN)
        if fact.always or _says(field, fact, package.get(fact.of))
    ]


def _says(field: fields.Field, fact: fields.KeyFact, value: Any) -> bool:
    """Return whether a value is worth a line: what is broken or no address is not."""
    if field.kind == "objects" and not isinstance(value, list):
        return False
    if fact.way == "page" and not tk.h.is_url(value or ""):
        return False
    return value not in (None, "", [], {}) and value not in fact.hide


def mxcity_dataset_types() -> list[dict[str, str]]:
    """Return the types of dataset that this portal has: key, title, note and icon."""
    return offered_types()


def mxcity_type_facts(package: dict[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return the fields that a dataset has by its type and that say something, by group."""
    kind = package.get("type") or types.PLAIN
    schema = tk.h.scheming_get_dataset_schema(kind) or {}
    own = {field["field_name"] for field in types.added_fields(kind)}
    found = []
    for group in schema.get("field_groups", ()):
        shown = [
            field
            for field in schema["dataset_fields"]
            if field.get("field_group") == group["name"]
            and field["field_name"] in own
            and package.get(field["field_name"]) not in (None, "", [])
        ]
        if shown:
            found.append((str(tk.h.scheming_language_text(group["label"])), shown))
    return found


@tk.chained_helper
def get_page_number(
    _original: Callable[..., int], params: Mapping[str, Any], key: str = "page", default: int = 1
) -> int:
    """Return which page of a list an address asks for; the first where it is no page."""
    number = whole_number(params.get(key, default))
    return min(number, MOST_PAGES) if number and number > 0 else default


@tk.chained_helper
def humanize_entity_type(
    original: Callable[[str, str, str], str | None],
    entity_type: str,
    object_type: str,
    purpose: str,
) -> str | None:
    """Return what a page calls a dataset of one of our types, None for CKAN's own words.

    A dataset is a dataset, whatever its type; only a page that makes one says which.
    """
    if entity_type != "package" or object_type not in types.TYPES:
        return original(entity_type, object_type, purpose)
    if object_type == types.PLAIN or purpose not in ("create label", "create title"):
        return None
    return tk._("New: {kind}").format(kind=facet_label("dataset_type", object_type))
