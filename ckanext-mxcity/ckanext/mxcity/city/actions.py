"""API actions about the city and its areas."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.logic.schema import validator_args
from ckan.types import Context, DataDict, Schema, Validator, ValidatorFactory

from ckanext.mxcity.city import rights, settings
from ckanext.mxcity.city.language import current_language
from ckanext.mxcity.ground.areas import area_name, search_areas

#: Areas that one call returns: where no number is asked for, and at most.
DEFAULT_AREAS, MAX_AREAS = 10, 50


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
    city = settings.city()
    if city is None:
        raise tk.ObjectNotFound(tk._("This portal has no city profile."))
    names = ("slug", "name", "official_name", "state_code", "state_name", "municipality_code")
    more = ("time_zone", "language", "title", "description")
    shown = {name: getattr(city, name) for name in (*names, *more)}
    return {**shown, "bbox": city.bbox.geojson}


@tk.side_effect_free
def mxcity_role_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return the table of who may what: every role, and every right with the roles that have it.

    Anybody may call it: ``ckanapi action mxcity_role_list``.

    Returns:
        ``roles``, each ``name`` and ``label``; ``rights``, each ``name``, ``label``, ``scope``
        (``portal``, ``organization`` or ``any``) and ``roles``: by role ``own`` (in its own
        organisation), ``all`` (in all of them), ``yes`` or ``no``.

    """
    tk.check_access("mxcity_role_list", context, data_dict)
    return rights.shown(current_language())


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
    data, errors = tk.navl_validate(data_dict, _area_schema(), context)
    if errors:
        raise tk.ValidationError(errors)
    found = search_areas(data["q"], limit=min(data["limit"], MAX_AREAS))
    return [{"code": area.code, "name": area.name, "title": area_name(area.code)} for area in found]


@validator_args
def _area_schema(
    not_missing: Validator,
    unicode_safe: Validator,
    default: ValidatorFactory,
    natural_number_validator: Validator,
) -> Schema:
    return {
        "q": [not_missing, unicode_safe],
        "limit": [default(DEFAULT_AREAS), natural_number_validator],
    }
