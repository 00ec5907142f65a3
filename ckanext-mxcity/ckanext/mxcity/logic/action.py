"""API actions of the mxcity plugin."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Action, Context, DataDict

from ckanext.mxcity import config, conformance
from ckanext.mxcity.areas import area_name, search_areas
from ckanext.mxcity.exports.rdf import catalogue_page
from ckanext.mxcity.facet_labels import current_language
from ckanext.mxcity.logic import schema
from ckanext.mxcity.vocabularies import Term

#: The most areas that one call returns.
MAX_AREAS = 50


@tk.side_effect_free
def mxcity_city_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return the city that this portal belongs to.

    Anybody may call it: ``ckanapi action mxcity_city_show``.

    Returns:
        ``slug``, ``name``, ``official_name``, ``state_code``, ``state_name``,
        ``municipality_code`` (INEGI codes as text), ``bbox`` (GeoJSON polygon), ``time_zone``,
        ``language``, ``title`` and ``description``.

    Raises:
        ObjectNotFound: no city profile is configured.

    """
    tk.check_access("mxcity_city_show", context, data_dict)
    city = config.city()
    if city is None:
        raise tk.ObjectNotFound(tk._("This portal has no city profile."))
    names = ("slug", "name", "official_name", "state_code", "state_name", "municipality_code")
    more = ("time_zone", "language", "title", "description")
    shown = {name: getattr(city, name) for name in (*names, *more)}
    return {**shown, "bbox": city.bbox.geojson}


@tk.side_effect_free
def mxcity_area_autocomplete(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Return the states and municipalities whose name or INEGI code begins with a text.

    Anybody may call it: ``ckanapi action mxcity_area_autocomplete q=monterr``.

    Args:
        context: CKAN's context.
        data_dict: ``q``, the text, without regard to case or accents; ``limit``, how many at
            most (10 if left out, never more than 50).

    Returns:
        A list of ``code``, ``name`` and ``title`` ("Monterrey, Nuevo León").

    """
    tk.check_access("mxcity_area_autocomplete", context, data_dict)
    data, errors = tk.navl_validate(data_dict, schema.mxcity_area_autocomplete(), context)
    if errors:
        raise tk.ValidationError(errors)
    found = search_areas(data["q"], limit=min(data["limit"], MAX_AREAS))
    return [{"code": area.code, "name": area.name, "title": area_name(area.code)} for area in found]


@tk.side_effect_free
def mxcity_conformance_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return which elements of SNIEG's metadata norm a dataset has.

    Whoever may see the dataset may call it: ``ckanapi action mxcity_conformance_show id=NAME``.

    Args:
        context: CKAN's context.
        data_dict: ``id``, id or name of a dataset.

    Returns:
        ``norm``, ``published`` (its date), ``dataset`` (``id``, ``name``, ``title``), ``counts``
        (``present``, ``absent``, ``not_applicable``), ``elements`` (each ``id``, ``label``,
        ``block``, ``state``, and ``fields`` of ours that hold it) and ``verdict``, always null:
        which elements are obligatory is said in an annex of the norm.

    Raises:
        ObjectNotFound: no such dataset, or none that one may see.

    """
    tk.check_access("mxcity_conformance_show", context, data_dict)
    id_ = tk.get_or_bust(data_dict, "id")
    dataset = tk.get_action("package_show")({"user": context.get("user")}, {"id": id_})
    counts = dict.fromkeys(conformance.STATES, 0)
    shown = []
    for element, state in conformance.of_dataset(dataset):
        counts[state] += 1
        shown.append({**_element(element), "state": state})
    return {
        **conformance.NORM,
        "dataset": {key: dataset[key] for key in ("id", "name", "title")},
        "counts": counts,
        "elements": shown,
        "verdict": None,
    }


@tk.side_effect_free
def mxcity_organization_conformance_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return in how many of an organisation's public datasets each element of SNIEG's norm is.

    Anybody may call it: ``ckanapi action mxcity_organization_conformance_show id=NAME``.

    Args:
        context: CKAN's context.
        data_dict: ``id``, id or name of an organisation.

    Returns:
        ``norm``, ``published``, ``organization`` (``id``, ``name``, ``title``), ``datasets`` (how
        many), ``elements`` (each ``id``, ``label``, ``block``, ``fields``, and how many datasets
        are ``present``, ``absent`` and ``not_applicable``) and ``verdict``, always null.

    Raises:
        ObjectNotFound: no such organisation.

    """
    tk.check_access("mxcity_organization_conformance_show", context, data_dict)
    found = model.Group.get(tk.get_or_bust(data_dict, "id"))
    if found is None or not found.is_organization or found.state != model.State.ACTIVE:
        raise tk.ObjectNotFound(tk._("Organization was not found."))
    row = model.Session.execute(conformance.of_organization(found.id)).mappings().one()
    shown = []
    for element in conformance.elements():
        counts = {state: row.get(f"{element.key} {state}", 0) for state in conformance.STATES}
        counts["absent"] = row["datasets"] - counts["present"] - counts["not_applicable"]
        shown.append({**_element(element), **counts})
    return {
        **conformance.NORM,
        "organization": {key: getattr(found, key) for key in ("id", "name", "title")},
        "datasets": row["datasets"],
        "elements": shown,
        "verdict": None,
    }


def _element(element: Term) -> dict[str, Any]:
    return {
        "id": element.key,
        "label": element.label(current_language()),
        "block": element.extra["block"],
        "fields": list(element.extra.get("fields", ())),
    }


@tk.chained_action
@tk.side_effect_free
def dcat_catalog_show(original: Action, context: Context, data_dict: DataDict) -> str:
    """Return a page of the public catalogue as DCAT.

    In place of ckanext-dcat's own, so that all ways to the catalogue hold the same datasets in
    the same order, whoever asks: ``ckanapi action dcat_catalog_show format=ttl page=2``.

    Args:
        original: ckanext-dcat's action, which is not called.
        context: CKAN's context.
        data_dict: ``format`` (``ttl``, ``rdf``, ``xml``, ``jsonld``, ``n3``), ``page`` from 1,
            ``modified_since`` (a date), ``include=harvested`` for what was harvested as well,
            ``for`` (names of sources or hosts: all but what came from them), ``profiles``.

    Returns:
        The page, as a text in the format asked for.

    Raises:
        ValidationError: an argument that is not understood.

    """
    tk.check_access("dcat_catalog_show", context, data_dict)
    return catalogue_page(data_dict, tk.request.path)


@tk.chained_action
@tk.side_effect_free
def dcat_catalog_search(original: Action, context: Context, data_dict: DataDict) -> str:
    """Return a page of the public catalogue as DCAT; the same as ``dcat_catalog_show``."""
    tk.check_access("dcat_catalog_search", context, data_dict)
    return catalogue_page(data_dict, tk.request.path)
