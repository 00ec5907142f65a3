"""API actions of the mxcity plugin."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Action, Context, DataDict

from ckanext.mxcity import config
from ckanext.mxcity.areas import area_name, search_areas
from ckanext.mxcity.exports.rdf import catalogue_page
from ckanext.mxcity.logic import schema

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
