"""Validators of the fields that only some types of dataset have."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import ckan.plugins.toolkit as tk
from ckan.types import Context, FlattenDataDict, FlattenErrorDict, FlattenKey

from ckanext.mxcity.city.language import current_language
from ckanext.mxcity.dataset.values import comparable, is_empty, of_harvest
from ckanext.mxcity.ground.links import FEED_SCHEMES
from ckanext.mxcity.ground.numbers import without_groups
from ckanext.mxcity.ground.reference_systems import epsg
from ckanext.mxcity.ground.vocabularies import vocabulary
from ckanext.scheming.validation import scheming_validator

Validator = Callable[[FlattenKey, FlattenDataDict, FlattenErrorDict, Context], None]

SURVEY = "encuesta"
#: A feed without a reading for so many intervals counts as stopped, where nothing else is said.
STALE_INTERVALS = 3
FIRST_YEAR, LAST_YEAR = 1800, 2200


@scheming_validator  # type: ignore[untyped-decorator]
def mxcity_required(field: dict[str, Any], schema: dict[str, Any]) -> Validator:
    """Ask people for a required field; a harvest brings what its source has."""

    def validator(
        key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context
    ) -> None:
        if not is_empty(data.get(key)):
            return
        if field.get("required") and not of_harvest(context):
            errors[key].append(tk._("Missing value"))
        data.pop(key, None)
        raise tk.StopOnError

    return validator


def mxcity_survey_only(
    key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context
) -> None:
    """Refuse what only a survey has, a sample, in a census or an administrative record."""
    said = data.get(("information_type",))
    kind = vocabulary("information_types").find("" if is_empty(said) else str(said))
    if is_empty(data.get(key)) or kind is None or kind.key == SURVEY or of_harvest(context):
        return
    raise tk.Invalid(
        tk._(
            "Only a survey has a sample, and the kind of information is {kind}. Leave this empty, "
            "or choose Survey."
        ).format(kind=kind.label(current_language()))
    )


def mxcity_not_before(start: str) -> Validator:
    """Refuse a date or a year that comes before that of the field ``start``."""

    def validator(
        key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context
    ) -> None:
        begun, ended = data.get((*key[:-1], start)), data.get(key)
        if not is_empty(begun) and not is_empty(ended):
            refuse_reversed(begun, ended)

    return validator


def refuse_reversed(start: Any, end: Any) -> None:
    """Raise Invalid where a period ends before it starts, as far as both are told."""
    first, last = comparable(start), comparable(end)
    length = min(len(first), len(last))
    if last[:length] < first[:length]:
        raise tk.Invalid(
            tk._("The period ends ({end}) before it starts ({start}).").format(
                start=first, end=last
            )
        )


def mxcity_reference_system(value: Any) -> str:
    """Accept a reference system by EPSG code, OGC address or URN or known name; keep EPSG:nnnn."""
    code = epsg(str(value))
    if code is None:
        raise tk.Invalid(
            tk._(
                '"{value}" is not the EPSG code of a reference system. Write it like EPSG:6372 '
                "(Mexico ITRF2008, Lambert) or EPSG:4326 (degrees, WGS 84)."
            ).format(value=value)
        )
    return code


def mxcity_whole_number(value: Any) -> str:
    """Accept a whole number greater than zero, with or without commas for thousands."""
    number = _number(value)
    if number is None or number <= 0 or number != int(number):
        raise tk.Invalid(
            tk._('"{value}" is not a whole number greater than zero, e.g. 10.').format(value=value)
        )
    return str(int(number))


def mxcity_positive_number(value: Any) -> str:
    """Accept a number greater than zero."""
    number = _number(value)
    if number is None or number <= 0:
        raise tk.Invalid(
            tk._('"{value}" is not a number greater than zero, e.g. 2.5.').format(value=value)
        )
    return _text(number)


def mxcity_number(value: Any) -> str:
    """Accept a number, with decimals or without."""
    number = _number(value)
    if number is None:
        raise tk.Invalid(tk._('"{value}" is not a number, e.g. 61.5.').format(value=value))
    return _text(number)


def mxcity_number_output(value: Any) -> int | float | str:
    """Return a stored number as a number; what is none as it is."""
    number = _number(value)
    if number is None:
        return str(value)
    return int(number) if number == int(number) else float(number)


def mxcity_any_year(value: Any) -> str:
    """Accept a year of four digits, past or to come."""
    text = str(value).strip()
    if not re.fullmatch("[0-9]{4}", text) or not FIRST_YEAR <= int(text) <= LAST_YEAR:
        raise tk.Invalid(
            tk._('"{value}" is not a year between {first} and {last}.').format(
                value=value, first=FIRST_YEAR, last=LAST_YEAR
            )
        )
    return text


def mxcity_stale_after(
    key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context
) -> None:
    """Refuse a feed that goes stale between two readings; three intervals where nothing is said."""
    interval = _number(data.get(("update_interval",)))
    if is_empty(data.get(key)):
        if interval is None or interval <= 0:
            data.pop(key, None)
            raise tk.StopOnError
        data[key] = str(STALE_INTERVALS * int(interval))
        return
    data[key] = mxcity_whole_number(data[key])
    if interval is not None and int(data[key]) < interval:
        raise tk.Invalid(
            tk._(
                "The feed would count as stopped ({stale} minutes) before its next reading "
                "({interval} minutes). Give at least {interval}."
            ).format(stale=data[key], interval=_text(interval))
        )


def mxcity_feed_address(value: Any) -> str:
    """Accept the address of a feed: of the web, of MQTT or of a web socket."""
    text = str(value).strip()
    try:
        parts = urlsplit(text)
        valid = parts.scheme.lower() in FEED_SCHEMES and bool(parts.hostname)
    except ValueError:
        valid = False
    if not valid or re.search(r"[\s<>\"]", text):
        raise tk.Invalid(
            tk._(
                '"{value}" is not the address of a feed. Write it whole, e.g. '
                "https://sensores.example.gob.mx/movilidad."
            ).format(value=value)
        )
    return text


def _number(value: Any) -> Decimal | None:
    """Return a number however it was written: 1000, "1,000" or "2.5"; None for what is none."""
    if isinstance(value, bool) or is_empty(value):
        return None
    text = without_groups(str(value).strip())
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?", text, re.ASCII):
        return None
    return Decimal(text)


def _text(number: Decimal) -> str:
    """Write a number with all its digits, and no exponent."""
    return str(int(number)) if number == int(number) else f"{number.normalize():f}"
