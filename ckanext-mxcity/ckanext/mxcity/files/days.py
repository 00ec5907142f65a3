"""How the days of a column are written, told by every one of them.

"01/02/2024" is the first of February in Mexico and the second of January in the United States: a
day above 12 anywhere in the column decides. Where none does, the clerk is told.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field

import duckdb

from ckanext.mxcity.files import values
from ckanext.mxcity.files.guessed import ENOUGH, Guess
from ckanext.mxcity.files.model import Note
from ckanext.mxcity.files.numbers import First, filled
from ckanext.mxcity.files.sql import literal
from ckanext.mxcity.files.ways import CENTURY, MIDNIGHT, way_of, with_parts

#: By kind: the ways in which a value may be written; among moments a day alone is one.
_WAYS = {"date": values.DATES, "datetime": values.MOMENTS_OR_DAYS}
_CLOCK = "contains(v, ':')"
_ZONED = f"({_CLOCK} AND regexp_matches(v, {literal(f'[0-9]{values.ZONE}$')}))"
_ZONE = f"upper(trim(regexp_extract(v, {literal(f'[0-9](?:{values.ZONE})$')}, 1)))"
#: Zones that a note names.
_ZONES = 3
#: Columns of days of birth: none of them is to come.
_BIRTHS = ("nac", "nacimiento", "birth", "birthdate", "birthday")


@dataclass(frozen=True)
class Evidence:
    """How many values of a column are written in each way."""

    ways: Counter[str] = field(default_factory=Counter)
    #: By the way with the day first: how many may have the month first as well.
    both: Counter[str] = field(default_factory=Counter)
    #: Of moments: how many have a zone, which zones those are, and how many are a day alone.
    zoned: int = 0
    zones: tuple[str, ...] = ()
    bare: int = 0
    #: How many are written in any way, and how many there are.
    known: int = 0
    total: int = 0

    @property
    def best(self) -> str:
        """The way in which most are written; the day first where that makes no difference."""
        return max(self.ways, key=lambda way: self.ways[way])


def evidence(connection: duckdb.DuckDBPyConnection, view: str, column: str, kind: str) -> Evidence:
    """Look at every value of a column of text; what stands for no value is left out."""
    ways = _WAYS[kind]
    twins = _twins(ways)
    label = {way: f"w{number}" for number, way in enumerate(ways)}
    fits = ", ".join(f"{_fits(way, ways)} AS {name}" for way, name in label.items())
    zoned, bare, zone = "false", "false", "''"
    if kind == "datetime":
        zoned, bare, zone = _ZONED, f"NOT {_CLOCK}", _ZONE
    known = " OR ".join(label.values())
    asked = [
        *(f"count(*) FILTER ({name})" for name in label.values()),
        *(f"count(*) FILTER ({label[day]} AND {label[month]})" for day, month in twins.items()),
    ]
    row = connection.execute(
        f"SELECT {', '.join(asked)}, count(*) FILTER (({known}) AND zoned), "  # noqa: S608
        f"list(DISTINCT zone) FILTER (({known}) AND zoned), "
        f"count(*) FILTER (({known}) AND bare), count(*) FILTER ({known}), count(*) "
        f"FROM (SELECT {fits}, {zoned} AS zoned, {bare} AS bare, {zone} AS zone "
        f"FROM {filled(view, column, kind)})"
    ).fetchone()
    assert row is not None  # noqa: S101  # counts have a row
    *counts, with_zone, zones, alone, some, total = row
    return Evidence(
        Counter(dict(zip(ways, counts, strict=False))),
        Counter(dict(zip(twins, counts[len(ways) :], strict=True))),
        with_zone,
        tuple(sorted({_long_zone(zone) for zone in zones or ()})),
        alone,
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
    ways = _WAYS[kind]
    way = found.best
    if not found.total or found.known < ENOUGH * found.total:
        return Guess()
    if kind == "datetime" and found.bare == found.known:
        return Guess()  # not one of them has a clock
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
    midnight = MIDNIGHT if found.bare else ""
    if 0 < found.zoned < found.known:
        (one, row), (other, other_row) = first(_ZONED), first(f"NOT {_ZONED}")
        params: dict[str, object] = {"value": one, "row": row}
        params |= {"other": other, "other_row": other_row, "zones": found.zones[:_ZONES]}
        params["format"] = with_parts(f"{way}%z", midnight)
        return Guess(notes=(Note("zones-mixed", params, name),))
    notes = []
    if day_first and found.ways[day_first] == found.ways[month_first]:
        notes.append(Note("ambiguous-dates"))
    elif way == month_first and month_first:
        notes.append(Note("month-first"))
    century = _century(way, name)
    form = with_parts(f"{way}{'%z' if found.zoned else ''}", century, midnight)
    return Guess(kind, form, "period", (*notes, *supposed(form, kind, name, first, asked=True)))


def supposed(form: str, kind: str, name: str, first: First, *, asked: bool = False) -> list[Note]:
    """Return what has to be said of days and moments that do not tell all of themselves.

    Args:
        form: how they are read.
        kind: date or datetime.
        name: the clean name of the column.
        first: finds the row that a note names.
        asked: whether another reading of them is asked for.

    """
    way = way_of(form, moments=kind == "datetime")
    notes = _short_years(form, kind, name, first, asked=asked)
    if way.midnight:
        value, row = first(_fits(f"{way.day}", values.DATES))
        notes += [Note("midnight-supposed", {"value": value, "row": row}, name)] if value else []
    if way.zone:
        value, row = first(f"{_CLOCK} AND NOT {_ZONED}")
        params = {"value": value, "row": row, "zone": way.zone}
        notes += [Note("zone-supposed", params, name)] if value else []
    return notes


def _short_years(form: str, kind: str, name: str, first: First, *, asked: bool) -> list[Note]:
    """Return the note of years whose century was supposed; of another century that they may be."""
    way = way_of(form, moments=kind == "datetime")
    if "%y" not in way.day:
        return []
    fits = _fits(f"{way.day}{way.gap}", _WAYS[kind])
    value, row = first(fits)
    if not value:
        return []
    params = {"value": value, "row": row, "first": way.century, "last": way.century + 99}
    others = []
    year = dt.datetime.now(dt.UTC).year
    short = f"TRY_CAST(right({_day_of(way.gap)}, 2) AS INTEGER)"
    window = CENTURY if _is_birth(name) else year - 99
    if first(f"{fits} AND {short} BETWEEN {(year + 1) % 100} AND {(CENTURY - 1) % 100}")[0]:
        others.append(window)
    if _is_birth(name) and first(f"{fits} AND {short} <= {year % 100}")[0]:
        others.append(1900)
    if not (asked and others):
        return [Note("short-years", params, name)]
    return [Note("century-supposed", {**params, "others": others}, name)]


def _day_of(gap: str) -> str:
    return f"split_part(v, {literal(gap)}, 1)" if gap else "v"


def _century(way: str, name: str) -> str:
    """Return the first of a hundred years, of which the present one is the last, for births."""
    year = dt.datetime.now(dt.UTC).year
    return f"{year - 99}" if "%y" in way and _is_birth(name) else ""


def _is_birth(name: str) -> bool:
    return any(part in _BIRTHS for part in name.split("_"))


def _long_zone(zone: str) -> str:
    """Return a zone as ISO 8601 writes it at length."""
    if zone == "Z":
        return zone
    digits = zone.replace(":", "").ljust(5, "0")
    return "Z" if digits == "+0000" else f"{digits[:3]}:{digits[3:]}"


def likely(found: Evidence, kind: str) -> str:
    """Return the way in which most are written, for a column that has to be of the type."""
    if not found.known:
        return "%Y-%m-%d" if kind == "date" else "%Y-%m-%dT"
    zoned = "%z" if 2 * found.zoned > found.known - found.bare else ""
    return with_parts(f"{found.best}{zoned}", MIDNIGHT if found.bare and not zoned else "")


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
