"""How a value of a table is written for people of Mexico: nothing is rounded. No CKAN import."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from ckanext.mxcity.tables.chart.spec import is_figure
from ckanext.mxcity.tables.downloads.columns import Column

#: Characters of a text that a cell shows at once.
MOST = 200
_NUMBER = re.compile(r"(-?)(\d+)((?:\.\d+)?)\Z")
_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)(:\d\d(?:\.\d+)?)?([+-]\d\d(?::?\d\d)?|Z)?\Z"
)
_ADDRESS = re.compile(r"https?://[^\s<>\"]+\Z")


@dataclass(frozen=True)
class Cell:
    """A value as it is shown."""

    #: What is read at once; "" where there is no value.
    text: str
    #: Where it is longer, the rest.
    rest: str = ""
    #: Where it is an address, the address.
    link: str = ""


def cell(value: str, column: Column, words: tuple[str, str] = ("Sí", "No")) -> Cell:
    """Return how a value is shown.

    Args:
        value: as PostgreSQL writes it; "" where there is none.
        column: its column.
        words: for yes and for no.

    """
    if column.type == "bool" and value:
        return Cell(words[0] if value in ("t", "true", "True") else words[1])
    if column.type == "date":
        return Cell(_day(value))
    if column.type in ("timestamp", "timestamptz"):
        return Cell(_moment(value))
    if is_figure(column):
        return Cell(_grouped(value))
    if _ADDRESS.match(value):
        return Cell(value[:MOST], value[MOST:], value)
    return Cell(value[:MOST], value[MOST:])


def _grouped(value: str) -> str:
    """Return a figure with its digits in groups of three; all of them are kept."""
    found = _NUMBER.match(value)
    if found is None:
        return value
    sign, whole, fraction = found.groups()
    return f"{'−' if sign else ''}{int(whole):,}{fraction}"


def _day(value: str) -> str:
    try:
        return datetime.strptime(value, "%Y-%m-%d").strftime("%d/%m/%Y")  # noqa: DTZ007
    except ValueError:
        return value  # before the year 1, after 9999, or infinite


def _moment(value: str) -> str:
    """Return the day, the hour and the minute; seconds, fractions and the zone if they are told."""
    found = _MOMENT.match(value)
    if found is None:
        return value
    day, minute, second, zone = found.groups()
    told = second if second and second.strip(":0.") else ""
    return f"{_day(day)} {minute}{told}{_zone(zone)}"


def _zone(zone: str | None) -> str:
    return f" (UTC{zone.replace('-', '−')})" if zone and zone != "Z" else " (UTC)" if zone else ""
