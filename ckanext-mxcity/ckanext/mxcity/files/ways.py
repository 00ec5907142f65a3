"""The parts of a column's ``format`` that say how days and moments are read.

Behind the way of writing stands what the file does not tell, each part after a bar::

    %d/%m/%y|1927              years of two digits are 1927 to 2026
    %Y-%m-%d |day              a day alone is its beginning
    %Y-%m-%dT%z|-06:00|day     moments without a time zone are in this one
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ckanext.mxcity.files.values import DATES, MOMENTS, SERIALS

#: The first of the hundred years that two digits tell, where nothing is said.
CENTURY = 1969
MIDNIGHT = "day"
_ZONED = "%z"
_ZONE = re.compile(r"Z|[+-](0\d|1[0-4]):[0-5]\d")
_FIRST_YEAR = re.compile(r"19\d\d|2000")


@dataclass(frozen=True)
class Way:
    """How days or moments are written, and what is supposed of what they do not tell."""

    #: As ``strptime`` takes it.
    day: str
    #: Between the day and the clock; empty for days.
    gap: str = ""
    #: Whether moments tell their zone.
    zoned: bool = False
    #: The zone of those that tell none.
    zone: str = ""
    #: Whether a day alone is a moment.
    midnight: bool = False
    century: int = CENTURY

    @property
    def day_format(self) -> str:
        """The format of the days alone."""
        return self.day if self.century == CENTURY else f"{self.day}|{self.century}"


def way_of(form: str, *, moments: bool = False) -> Way:
    """Return what a format says; ``moments`` are written with a gap before their clock."""
    written, parts = _divided(form)
    day, gap, zoned = written, "", False
    if moments:
        bare, zoned = written.removesuffix(_ZONED), written.endswith(_ZONED)
        day, gap = bare[:-1], bare[-1:]
    zone = next((part for part in parts if _ZONE.fullmatch(part)), "")
    century = next((int(part) for part in parts if _FIRST_YEAR.fullmatch(part)), CENTURY)
    return Way(day, gap, zoned, zone, MIDNIGHT in parts, century)


def _divided(form: str) -> tuple[str, list[str]]:
    """Return the way of writing, which may have a bar itself, and the parts behind it."""
    parts: list[str] = []
    while "|" in form:
        written, _, part = form.rpartition("|")
        if not (part == MIDNIGHT or _ZONE.fullmatch(part) or _FIRST_YEAR.fullmatch(part)):
            break
        form, parts = written, [part, *parts]
    return form, parts


def with_parts(form: str, *parts: str) -> str:
    """Return a format with more said of what the values do not tell."""
    return "|".join((form, *filter(None, parts)))


def is_way(kind: str, form: str) -> bool:
    """Say whether a format is one of days or moments that a person can name; "" is as it is."""
    written, parts = _divided(form)
    known: dict[str, str] = DATES | SERIALS if kind == "date" else MOMENTS
    if written.removesuffix(_ZONED if kind == "datetime" else "") not in known:
        return form == ""
    return all(
        (_FIRST_YEAR.fullmatch(part) and "%y" in written)
        or (kind == "datetime" and (_ZONE.fullmatch(part) or part == MIDNIGHT))
        for part in parts
    )
