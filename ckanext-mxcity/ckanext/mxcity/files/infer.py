"""What the columns of a table hold: a guess from its first rows, then proved on every row."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from ckanext.mxcity.areas import MUNICIPALITY_DIGITS, STATE_DIGITS, areas
from ckanext.mxcity.files import values
from ckanext.mxcity.files.model import Note
from ckanext.mxcity.files.sql import literal

#: Rows that a guess is made from.
GUESSED_FROM = 5_000
#: Share of the values that have to be of a type for the others to be called wrong.
ENOUGH = 0.9
#: Columns of INEGI's codes by name, and how many digits they have.
_CODES = {
    "cve_ent": 2,
    "clave_entidad": 2,
    "cveent": 2,
    "entidad": 2,
    "cve_mun": 3,
    "cvemun": 3,
    "clave_municipio": 3,
    "municipio": 3,
    "cve_loc": 4,
    "cvegeo": 5,
    "clave_inegi": 5,
}
_KEYS = re.compile(
    r"(^|_)(id|cve|clave|claves|codigo|cp|folio|telefono|tel|rfc|curp|ageb|clee|expediente|placa)(_|$)"
    r"|^cve|geo$|_id$"
)
_YEARS = re.compile(r"^(anio|ano|year|ejercicio)(_|$)|_(anio|ano)$")


@dataclass(frozen=True)
class Guess:
    """A column's type, how its values are written, its role, and what was noticed."""

    type: str = "string"
    format: str = ""
    role: str | None = None
    notes: tuple[Note, ...] = ()


def guess(
    connection: duckdb.DuckDBPyConnection, view: str, names: Mapping[str, str]
) -> dict[str, Guess]:
    """Return a guess for each column of a view; ``names`` are the clean names of its columns."""
    plain = _test("", values.NUMBERS[""])[1]
    tests = [
        ("missing", f"lower(trim({{c}})) IN ({', '.join(map(literal, values.MISSING))})"),
        *(_test(f"number:{name}", pattern) for name, pattern in values.NUMBERS.items()),
        *(_test(f"date:{name}", pattern) for name, pattern in values.DATES.items()),
        *(_test(f"datetime:{name}", pattern) for name, pattern in values.MOMENTS.items()),
        *(_test(f"boolean:{name}", pattern) for name, pattern in values.BOOLEANS.items()),
        _test("time:", values.TIME),
        _test("code", values.CODE),
        _test("long", values.LONG),
        _test("ordinal", values.ORDINAL),
        _test("percent", values.PERCENT),
        _test("bound", values.BOUND),
        ("point", f"{plain} AND (contains({{c}}, '.') OR contains(lower({{c}}), 'e'))"),
    ]
    sample = f"(SELECT * FROM {view} LIMIT {GUESSED_FROM})"  # noqa: S608
    found = {}
    for column, name in names.items():
        counted = ", ".join(f"count(*) FILTER ({test.format(c=column)})" for _, test in tests)
        row = connection.execute(
            f"SELECT count({column}), {counted} FROM {sample} WHERE {column} IS NOT NULL"  # noqa: S608
        ).fetchone()
        assert row is not None  # noqa: S101  # a count has a row
        counts = dict(zip((label for label, _ in tests), row[1:], strict=True))
        found[column] = _decide(name, row[0] - counts.pop("missing"), counts)
    return found


def _decide(name: str, total: int, counts: dict[str, int]) -> Guess:
    if total <= 0:
        return Guess()
    enough = ENOUGH * total
    role = "period" if _YEARS.search(name) else None
    if counts["code"] or counts["long"] or _KEYS.search(name) or name in _CODES:
        return Guess(role="area" if name in _CODES else None)
    for kind in ("boolean", "date", "datetime", "time", "number"):
        ways = {label: count for label, count in counts.items() if label.startswith(f"{kind}:")}
        label = max(ways, key=lambda way: ways[way])
        if ways[label] >= enough:
            return _of_kind(kind, label.split(":", 1)[1], counts, ways, role)
    return Guess(notes=(Note("bounds"),) if counts["bound"] else ())


def _of_kind(
    kind: str, form: str, counts: dict[str, int], ways: dict[str, int], role: str | None
) -> Guess:
    notes: tuple[Note, ...] = ()
    if kind == "number":
        whole = form == "ordinal" or (form == "" and not counts["point"])
        noticed = ("ordinal", "percent") if form != "ordinal" else ("ordinal",)
        notes = tuple(Note(f"{what}s") for what in noticed if counts[what])
        return Guess("integer" if whole else "number", form, role, notes)
    if kind == "date":
        day_first, month_first = ways["date:%d/%m/%Y"], ways["date:%m/%d/%Y"]
        if day_first and day_first == month_first:
            notes = (Note("ambiguous-dates"),)
        elif form == "%m/%d/%Y":
            notes = (Note("month-first"),)
    return Guess(kind, form, "period" if kind in ("date", "datetime") else role, notes)


def area_codes(
    connection: duckdb.DuckDBPyConnection, view: str, column: str, name: str
) -> Guess | None:
    """Return a column of INEGI's codes, with the zeros that a spreadsheet took; None if it is none.

    A name says how many digits; the values then have to be codes that exist.
    """
    digits = _CODES.get(name)
    if digits is None:
        return None
    rows = connection.execute(
        f"SELECT DISTINCT trim({column}) FROM {view} WHERE trim({column}) <> '' LIMIT 6000"  # noqa: S608
    ).fetchall()
    found = [str(row[0]) for row in rows]
    if not found or not all(value.isascii() and value.isdigit() for value in found):
        return Guess(role=None)
    if digits == 3 and max(map(len, found)) > 3:
        digits = MUNICIPALITY_DIGITS
    padded = {value.zfill(digits) for value in found}
    if digits in (STATE_DIGITS, MUNICIPALITY_DIGITS) and not padded <= set(areas()):
        unknown = sorted(padded - set(areas()))
        note = Note("unknown-areas", {"codes": ", ".join(unknown[:5]), "count": len(unknown)})
        return Guess(format=f"pad:{digits}", role="area", notes=(note,))
    lost = sorted(value for value in found if len(value) < digits)
    notes = (
        (Note("zeros-lost", {"value": lost[0], "right": lost[0].zfill(digits)}),) if lost else ()
    )
    role = "area" if digits in (STATE_DIGITS, MUNICIPALITY_DIGITS) else None
    return Guess(format=f"pad:{digits}", role=role, notes=notes)


def _test(label: str, pattern: str) -> tuple[str, str]:
    return (
        label,
        f"regexp_full_match(trim({{c}}), {literal(pattern).replace('{', '{{').replace('}', '}}')})",
    )
