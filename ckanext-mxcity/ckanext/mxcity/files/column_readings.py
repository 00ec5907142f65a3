"""In which ways a column can be read, where its values do not tell: the first one was taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ckanext.mxcity.files.model import Column, Note
from ckanext.mxcity.files.values import NUMBERS, SHARE, TWINS
from ckanext.mxcity.files.ways import CENTURY, MIDNIGHT, with_parts

#: By the note of a column that can be read in several ways: what is asked.
ASKED = {
    "numbers-ambiguous": "question-numbers",
    "ambiguous-dates": "question-dates",
    "zeros-kept": "question-key",
    "dates-as-serials": "question-serials",
    "percents-mixed": "question-percents",
    "century-supposed": "question-century",
    "midnight-supposed": "question-midnight",
    "zones-mixed": "question-zone",
    "zone-unsaid": "question-zone",
}


@dataclass(frozen=True)
class Reading:
    """A column as it can be read, and the sentence of an option that says how."""

    column: Column
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


def readings(column: Column, note: Note) -> list[Reading]:
    """Return the ways in which a note says that a column can be read; none if it says nothing."""
    find = _FOUND.get(note.code)
    found = find(column, note.params) if find else []
    return found if len(found) > 1 else []


def _of_marks(column: Column, _: Mapping[str, Any]) -> list[Reading]:
    comma = "decimal-comma" in column.format
    other = replace(column, format="thousands-comma" if comma else "decimal-comma")
    return [Reading(column, _marks(column)), Reading(other, _marks(other))]


def _marks(column: Column) -> str:
    return "option-decimal-comma" if "decimal-comma" in column.format else "option-decimal-point"


def _of_codes(column: Column, params: Mapping[str, Any]) -> list[Reading]:
    if "type" not in params:
        return []
    other = replace(column, type=params["type"], format=params["format"])
    return [Reading(column, "option-code"), Reading(other, "option-number")]


def _of_serials(column: Column, params: Mapping[str, Any]) -> list[Reading]:
    if column.type != "integer":
        return []
    other = replace(column, type="date", format=params["format"])
    return [Reading(column, "option-plain-number"), Reading(other, "option-day-number")]


def _of_days(column: Column, _: Mapping[str, Any]) -> list[Reading]:
    twins = [*TWINS.items(), *((month, day) for day, month in TWINS.items())]
    for one, two in twins:
        if column.format.startswith(one):
            other = replace(column, format=column.format.replace(one, two))
            return [Reading(column, _first(column)), Reading(other, _first(other))]
    return []


def _first(column: Column) -> str:
    return "option-day-first" if column.format.startswith("%d") else "option-month-first"


def _of_percents(column: Column, params: Mapping[str, Any]) -> list[Reading]:
    form = params["format"]
    found = [
        Reading(column, "option-as-written"),
        Reading(replace(column, type="number", format=form), "option-percents"),
    ]
    if f"{form}{SHARE}" in NUMBERS:
        shares = replace(column, type="number", format=f"{form}{SHARE}")
        found.append(Reading(shares, "option-shares"))
    return found


def _of_centuries(column: Column, params: Mapping[str, Any]) -> list[Reading]:
    taken = params["first"]
    found = [Reading(column, "option-century", {"first": taken, "last": taken + 99})]
    written, *parts = column.format.split("|")
    kept = [part for part in parts if part != str(taken)]
    for first in params["others"]:
        form = with_parts(written, "" if first == CENTURY else str(first), *kept)
        other = replace(column, format=form)
        found.append(Reading(other, "option-century", {"first": first, "last": first + 99}))
    return found


def _of_midnight(column: Column, _: Mapping[str, Any]) -> list[Reading]:
    if MIDNIGHT not in column.format:
        return []
    text = replace(column, type="string", format="")
    return [Reading(column, "option-midnight"), Reading(text, "option-as-written")]


def _of_mixed_zones(column: Column, params: Mapping[str, Any]) -> list[Reading]:
    found = [Reading(column, "option-as-written")]
    written, *parts = params["format"].split("|")
    for zone in params["zones"]:
        other = replace(column, type="datetime", format=with_parts(written, zone, *parts))
        found.append(Reading(other, "option-zone", {"zone": zone}))
    return found


def _of_no_zone(column: Column, params: Mapping[str, Any]) -> list[Reading]:
    written, *parts = column.format.split("|")
    zoned = replace(column, format=with_parts(f"{written}%z", params["zone"], *parts))
    return [Reading(column, "option-local"), Reading(zoned, "option-zone", params)]


_FOUND: dict[str, Callable[[Column, Mapping[str, Any]], list[Reading]]] = {
    "numbers-ambiguous": _of_marks,
    "ambiguous-dates": _of_days,
    "zeros-kept": _of_codes,
    "dates-as-serials": _of_serials,
    "percents-mixed": _of_percents,
    "century-supposed": _of_centuries,
    "midnight-supposed": _of_midnight,
    "zones-mixed": _of_mixed_zones,
    "zone-unsaid": _of_no_zone,
}
