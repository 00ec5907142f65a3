"""Validators of the dataset and organisation schemas.

Messages say what is wrong, with the value, and what is expected. None of them queries the
database.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context, FlattenDataDict, FlattenErrorDict, FlattenKey

from ckanext.mxcity.city.clock import today
from ckanext.mxcity.city.language import current_language
from ckanext.mxcity.dataset.table_schema import mxcity_table_schema
from ckanext.mxcity.dataset.type_validators import (
    mxcity_any_year,
    mxcity_feed_address,
    mxcity_not_before,
    mxcity_number,
    mxcity_number_output,
    mxcity_positive_number,
    mxcity_reference_system,
    mxcity_required,
    mxcity_stale_after,
    mxcity_survey_only,
    mxcity_whole_number,
    refuse_reversed,
)
from ckanext.mxcity.dataset.values import as_json, as_list, stored
from ckanext.mxcity.ground.areas import find_area, restored_zero
from ckanext.mxcity.ground.text import folded
from ckanext.mxcity.ground.vocabularies import Term, vocabulary
from ckanext.scheming.validation import scheming_validator

Validator = Callable[[FlattenKey, FlattenDataDict, FlattenErrorDict, Context], None]

#: How people write yes and no.
TRUE_WORDS = ("true", "yes", "y", "1", "on", "t", "si", "sí", "verdadero")
FALSE_WORDS = ("false", "no", "n", "0", "off", "f", "falso")

#: Words of article 59 of the LSNIEG, in the singular and the plural.
_RESERVED = re.compile(r"\b(censos?|cuentas?)\s+nacional(es)?\b")

NO_SUBSYSTEM = "ninguno"
FIRST_YEAR = 1500


@scheming_validator  # type: ignore[untyped-decorator]
def mxcity_vocabulary_value(field: dict[str, Any], schema: dict[str, Any]) -> Validator:
    """Accept a term of the field's vocabulary (key, label, alias or URI); keep its key.

    ``vocabulary_terms`` says which of them a field of a type may have.
    """

    def validator(
        key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context
    ) -> None:
        value = data.get(key)
        if value is tk.missing or value is None or value == "":
            data[key] = ""
            return
        found = vocabulary(field["vocabulary"]).find(str(value))
        if found is None:
            raise tk.Invalid(_unknown_term(field["vocabulary"], str(value)))
        if found.retired and not _may_keep(found.key, key, context):
            raise tk.Invalid(_retired_term(field["vocabulary"], found))
        allowed = field.get("vocabulary_terms") or (found.key,)
        if found.key not in allowed and not _may_keep(found.key, key, context):
            raise tk.Invalid(_unknown_term(field["vocabulary"], str(value), allowed))
        data[key] = found.key

    return validator


@scheming_validator  # type: ignore[untyped-decorator]
def mxcity_vocabulary_list(field: dict[str, Any], schema: dict[str, Any]) -> Validator:
    """Accept terms of the field's vocabulary; keep their keys, once each, as a JSON list."""

    def validator(
        key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context
    ) -> None:
        terms = vocabulary(field["vocabulary"])
        keys = []
        for value in as_list(data.get(key)):
            found = terms.find(value)
            if found is None:
                errors[key].append(_unknown_term(field["vocabulary"], value))
            elif found.retired and not _may_keep(found.key, key, context):
                errors[key].append(_retired_term(field["vocabulary"], found))
            else:
                keys.append(found.key)
        data[key] = as_json(keys)

    return validator


def mxcity_text_list(value: Any) -> str:
    """Keep a list of texts (given as a list, JSON or separated by commas) as a JSON list."""
    return as_json(as_list(value))


def mxcity_json_list_output(value: Any) -> list[Any]:
    """Return a list from its stored form; a text of another kind is a list of one."""
    return as_list(value)


def mxcity_area_codes(
    key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context
) -> None:
    """Accept INEGI codes of states (2 digits) and municipalities (5); keep a JSON list."""
    codes = []
    for code in as_list(data.get(key)):
        if find_area(code):
            codes.append(code)
        else:
            errors[key].append(_unknown_area(code))
    data[key] = as_json(codes)


def mxcity_subsystem_reason(
    key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context
) -> None:
    """Ask for a reason when no subsystem of the SNIEG was chosen; drop it otherwise."""
    if data.get(("snieg_subsystem",)) != NO_SUBSYSTEM:
        data.pop(key, None)
        raise tk.StopOnError
    value = data.get(key)
    if value is tk.missing or not str(value or "").strip():
        errors[key].append(
            tk._("Say why no subsystem of the SNIEG fits, or choose one of the four.")
        )
        raise tk.StopOnError


def mxcity_default_status(
    key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context
) -> None:
    """Keep the status of what was harvested; call what a person enters a municipal record."""
    if data.get(key):
        return
    if data.get(("source_url",)) or stored(context, "source_url"):
        data[key] = stored(context, "official_status")
    else:
        data[key] = "registro_municipal"


def mxcity_reserved_title(
    key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context
) -> None:
    """Refuse in the title of others the words that the law reserves to INEGI (LSNIEG, art. 59).

    What was harvested keeps the title that its source gave it.
    """
    reserved = _RESERVED.search(folded(str(data.get(key) or "")))
    if reserved and not data.get(("source_identifier",)):
        raise tk.Invalid(
            tk._(
                'The law reserves the words "{words}" to INEGI (LSNIEG, article 59). Name the data '
                'otherwise, e.g. "Register of…" or "Municipal count of…".'
            ).format(words=reserved.group())
        )


def mxcity_official_status(
    key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context
) -> None:
    """Refuse a status that only a harvested source may carry, unless it was there before.

    The harvester calls ``package_create`` and ``package_update`` with ``ignore_auth``, which no
    request from outside can set; that is how its writes are told from a person's.
    """
    value = data.get(key)
    found = vocabulary("official_status").terms.get(str(value or ""))
    if found is None or not found.extra.get("harvest_only") or context.get("ignore_auth"):
        return
    if stored(context, "official_status") != value:
        raise tk.Invalid(
            tk._(
                'Only data harvested from an official source can be marked "{status}". '
                "Choose Municipal record or Derived from other data."
            ).format(status=found.label(current_language()))
        )


def mxcity_harvest_only(
    key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context
) -> None:
    """Keep what the harvester wrote, whatever a form or an API call sends."""
    if not context.get("ignore_auth"):
        data[key] = stored(context, key[0])


def mxcity_json_text(value: Any) -> str:
    """Keep a list or dictionary as JSON, a text as it is."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def mxcity_json_objects_output(value: Any) -> list[dict[str, Any]]:
    """Return the dictionaries of a list that is stored as JSON; none of what is no such list."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return []
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def mxcity_licence(value: Any) -> str:
    """Keep our key for a licence that we know by any of its names, another as it is."""
    text = str(value).strip()
    term = vocabulary("licences").find(text)
    return term.key if term else text


def mxcity_boolean(value: Any) -> str:
    """Keep yes or no, in English or Spanish, as "true" or "false"; nothing is no."""
    if value is tk.missing or value is None or value == "":
        return "false"
    word = str(value).strip().casefold()
    if word in TRUE_WORDS:
        return "true"
    if word in FALSE_WORDS:
        return "false"
    raise tk.Invalid(tk._('"{value}" is neither yes nor no.').format(value=value))


def mxcity_boolean_output(value: Any) -> bool:
    """Return the stored yes or no as a truth value."""
    return str(value).casefold() == "true"


def mxcity_period_order(
    key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context
) -> None:
    """Refuse a period that ends before it starts; runs on the end."""
    start = data.get((*key[:-1], "start"))
    end = data.get(key)
    if not start or not end or start is tk.missing or end is tk.missing:
        return
    refuse_reversed(start, end)


def mxcity_year(value: Any) -> str:
    """Accept a year of four digits, not in the future."""
    text = str(value).strip()
    this_year = today().year
    if not re.fullmatch(r"\d{4}", text) or not FIRST_YEAR <= int(text) <= this_year:
        raise tk.Invalid(
            tk._('"{value}" is not a year between {first} and {last}.').format(
                value=value, first=FIRST_YEAR, last=this_year
            )
        )
    return text


def mxcity_geojson(value: Any) -> str:
    """Accept a GeoJSON geometry in degrees, as text or as an object; keep it as text."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError as error:
            raise tk.Invalid(
                tk._("The extent is not GeoJSON: {error}").format(error=error)
            ) from error
    if not isinstance(value, dict) or not isinstance(value.get("coordinates"), list):
        raise tk.Invalid(
            tk._('The extent must be a GeoJSON geometry with "type" and "coordinates".')
        )
    for longitude, latitude in _positions(value["coordinates"]):
        if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
            raise tk.Invalid(
                tk._(
                    "The extent has the point {longitude}, {latitude}, which is not on the map: "
                    "give longitude and latitude in degrees."
                ).format(longitude=longitude, latitude=latitude)
            )
    return json.dumps(value)


def _positions(coordinates: Any) -> Iterable[tuple[float, float]]:
    if not isinstance(coordinates, list) or not coordinates:
        raise tk.Invalid(tk._("The extent has a list of coordinates that is empty or broken."))
    if all(isinstance(number, int | float) for number in coordinates):
        if len(coordinates) < 2:
            raise tk.Invalid(tk._("A point of the extent needs a longitude and a latitude."))
        yield coordinates[0], coordinates[1]
        return
    for part in coordinates:
        yield from _positions(part)


def _unknown_term(name: str, value: str, only: Iterable[str] = ()) -> str:
    language = current_language()
    terms = vocabulary(name).terms
    allowed = [terms[key] for key in only] or terms.values()
    labels = ", ".join(f"{term.key} ({term.label(language)})" for term in allowed)
    return tk._('"{value}" is not one of the values allowed: {allowed}.').format(
        value=value, allowed=labels
    )


def _may_keep(term: str, key: FlattenKey, context: Context) -> bool:
    """Return whether a retired term stays: the dataset has it already, or its source says so."""
    return bool(context.get("ignore_auth")) or term in as_list(stored(context, key[0]))


def _retired_term(name: str, term: Term) -> str:
    language = current_language()
    successor = vocabulary(name).terms.get(str(term.extra.get("replaced_by", "")))
    if successor is None:
        return tk._('"{value}" is no longer used. Choose another value.').format(
            value=term.label(language)
        )
    return tk._('"{value}" is no longer used: choose "{successor}".').format(
        value=term.label(language), successor=successor.label(language)
    )


def _unknown_area(code: str) -> str:
    padded = restored_zero(code)
    if padded:
        return tk._(
            'The area code "{code}" has lost its leading zero: write "{padded}" ({name}).'
        ).format(code=code, padded=padded, name=_area_name(padded))
    return tk._(
        'There is no area with the INEGI code "{code}". Use two digits for a state or five for '
        'a municipality, e.g. "19" (Nuevo León) or "19039" (Monterrey).'
    ).format(code=code)


def _area_name(code: str) -> str:
    area = find_area(code)
    return area.name if area else code


__all__ = [
    "mxcity_any_year",
    "mxcity_area_codes",
    "mxcity_boolean",
    "mxcity_boolean_output",
    "mxcity_default_status",
    "mxcity_feed_address",
    "mxcity_geojson",
    "mxcity_harvest_only",
    "mxcity_json_list_output",
    "mxcity_json_objects_output",
    "mxcity_json_text",
    "mxcity_licence",
    "mxcity_not_before",
    "mxcity_number",
    "mxcity_number_output",
    "mxcity_official_status",
    "mxcity_period_order",
    "mxcity_positive_number",
    "mxcity_reference_system",
    "mxcity_required",
    "mxcity_reserved_title",
    "mxcity_stale_after",
    "mxcity_subsystem_reason",
    "mxcity_survey_only",
    "mxcity_table_schema",
    "mxcity_text_list",
    "mxcity_vocabulary_list",
    "mxcity_vocabulary_value",
    "mxcity_whole_number",
    "mxcity_year",
]
