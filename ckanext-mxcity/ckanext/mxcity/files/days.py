"""How the days of a column are written, told by every one of them.

"01/02/2024" is the first of February in Mexico and the second of January in the United States: a
day above 12 anywhere in the column decides. Where none does, the clerk is told.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import duckdb

from ckanext.mxcity.files import values
from ckanext.mxcity.files.guessed import ENOUGH, Guess
from ckanext.mxcity.files.model import Note
from ckanext.mxcity.files.numbers import First, filled
from ckanext.mxcity.files.sql import literal

_ZONED = f"regexp_matches(v, {literal(f'[0-9]{values.ZONE}$')})"


@dataclass(frozen=True)
class Evidence:
    """How many values of a column are written in each way."""

    ways: Counter[str] = field(default_factory=Counter)
    #: By the way with the day first: how many may have the month first as well.
    both: Counter[str] = field(default_factory=Counter)
    #: Of moments: how many have a zone.
    zoned: int = 0
    #: How many are written in any way, and how many there are.
    known: int = 0
    total: int = 0

    @property
    def best(self) -> str:
        """The way in which most are written; the day first where that makes no difference."""
        return max(self.ways, key=lambda way: self.ways[way])


def evidence(connection: duckdb.DuckDBPyConnection, view: str, column: str, kind: str) -> Evidence:
    """Look at every value of a column of text; what stands for no value is left out."""
    ways = values.DATES if kind == "date" else values.MOMENTS
    twins = _twins(ways)
    label = {way: f"w{number}" for number, way in enumerate(ways)}
    fits = ", ".join(f"{_fits(way, ways)} AS {name}" for way, name in label.items())
    zoned = _ZONED if kind == "datetime" else "false"
    known = " OR ".join(label.values())
    asked = [
        *(f"count(*) FILTER ({name})" for name in label.values()),
        *(f"count(*) FILTER ({label[day]} AND {label[month]})" for day, month in twins.items()),
    ]
    row = connection.execute(
        f"SELECT {', '.join(asked)}, count(*) FILTER (({known}) AND zoned), "  # noqa: S608
        f"count(*) FILTER ({known}), count(*) "
        f"FROM (SELECT {fits}, {zoned} AS zoned FROM {filled(view, column, kind)})"
    ).fetchone()
    *counts, with_zone, some, total = row or [0] * (len(asked) + 3)
    return Evidence(
        Counter(dict(zip(ways, counts, strict=False))),
        Counter(dict(zip(twins, counts[len(ways) :], strict=True))),
        with_zone,
        some,
        total,
    )


def decide(found: Evidence, kind: str, name: str, first: First) -> Guess:
    """Return what a column of days or moments is.

    Args:
        found: what its values say.
        kind: date or datetime.
        name: the clean name of the column.
        first: finds the row that a note names.

    """
    ways = values.DATES if kind == "date" else values.MOMENTS
    way = found.best
    if not found.total or found.known < ENOUGH * found.total:
        return Guess()
    twins = _twins(ways)
    day_first = next((day for day, month in twins.items() if way in (day, month)), "")
    month_first = twins.get(day_first, "")
    if day_first:
        both = found.both[day_first]
        if found.ways[day_first] > both and found.ways[month_first] > both:
            one, other = _fits(day_first, ways), _fits(month_first, ways)
            return _mixed(first, name, f"{one} AND NOT {other}", f"{other} AND NOT {one}")
    if found.ways[way] < ENOUGH * found.total:
        fits = _fits(way, ways)
        any_way = " OR ".join(_fits(other, ways) for other in ways)
        return _mixed(first, name, fits, f"NOT {fits} AND ({any_way})")
    if "%b" in way and found.ways[way] < found.total:
        return Guess()  # words are read as days only where they all are
    if 0 < found.zoned < found.known:
        (one, row), (other, other_row) = first(_ZONED), first(f"NOT {_ZONED}")
        params = {"value": one, "row": row, "other": other, "other_row": other_row}
        return Guess(notes=(Note("zones-mixed", params, name),))
    notes = []
    if day_first and found.ways[day_first] == found.ways[month_first]:
        notes.append(Note("ambiguous-dates"))
    elif way == month_first and month_first:
        notes.append(Note("month-first"))
    notes += short_years(way, kind, name, first)
    return Guess(kind, f"{way}{'%z' if found.zoned else ''}", "period", tuple(notes))


def short_years(way: str, kind: str, name: str, first: First) -> list[Note]:
    """Return the note of years whose century was supposed."""
    ways = values.DATES if kind == "date" else values.MOMENTS
    if "%y" not in way:
        return []
    value, row = first(_fits(way.removesuffix("%z"), ways))
    return [Note("short-years", {"value": value, "row": row}, name)] if value else []


def likely(found: Evidence, kind: str) -> str:
    """Return the way in which most are written, for a column that has to be of the type."""
    if not found.known:
        return "%Y-%m-%d" if kind == "date" else "%Y-%m-%dT"
    return f"{found.best}{'%z' if 2 * found.zoned > found.known else ''}"


def _mixed(first: First, name: str, *conditions: str) -> Guess:
    (one, row), (other, other_row) = map(first, conditions)
    params = {"value": one, "row": row, "other": other, "other_row": other_row}
    return Guess(notes=(Note("dates-mixed", params, name),))


def _fits(way: str, ways: dict[str, str]) -> str:
    return f"regexp_full_match(v, {literal(ways[way])})"


def _twins(ways: dict[str, str]) -> dict[str, str]:
    """Return the ways with the day first, and those with the month first that look the same."""
    pairs = {
        f"{day}{gap}": f"{month}{gap}" for day, month in values.TWINS.items() for gap in ("", " ")
    }
    return {day: month for day, month in pairs.items() if day in ways}
