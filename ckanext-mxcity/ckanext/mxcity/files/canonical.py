"""The canonical table: what everything downstream reads.

CSV in UTF-8 with commas and one header row of clean names; numbers with a decimal point, days and
moments in ISO 8601, INEGI's codes with their zeros, geometries in GeoJSON, nothing where there is
no value. A value that is not of its column's type stays as it was written, for the checks to name.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ckanext.mxcity.files import values
from ckanext.mxcity.files.model import Column
from ckanext.mxcity.files.source import RawTable, engine
from ckanext.mxcity.files.sql import identifier, literal

_CLOCKS = ("%H:%M:%S", "%H:%M", "%H:%M:%S.%f")


def write_raw(table: RawTable, columns: tuple[Column, ...], target: Path) -> int:
    """Write the canonical CSV of a table whose columns are understood; return its rows."""
    sql, parameters = table.relation()
    chosen = ", ".join(
        f"{expression(raw, column)} AS {identifier(column.name)}"
        for raw, column in zip(table.columns, columns, strict=True)
    )
    with engine() as connection:
        written = connection.execute(
            f"COPY (SELECT {chosen} FROM {sql}) TO {literal(str(target))} "  # noqa: S608
            "(FORMAT csv, HEADER true, DELIMITER ',', NULLSTR '')",
            parameters,
        ).fetchone()
    return int(written[0]) if written else 0


def expression(raw: str, column: Column) -> str:
    """Return the SQL of a column's canonical value."""
    text = f"trim({raw})"
    converted = converted_value(text, column.type, column.format)
    value = text if converted is None else f"coalesce({converted}, {text})"
    return f"CASE WHEN {is_missing(raw, column.absent)} THEN NULL ELSE {value} END"


def is_missing(raw: str, more: Sequence[str] = ()) -> str:
    """Return the SQL that says whether a cell has no value; ``more`` are further marks of that."""
    known = [*values.MISSING, *(mark.strip().lower() for mark in more)]
    marks = ", ".join(map(literal, known))
    longest = max(map(len, known)) + 8
    return f"({raw} IS NULL OR (length({raw}) < {longest} AND lower(trim({raw})) IN ({marks})))"


def typed_value(text: str, kind: str, form: str) -> str | None:
    """Return SQL that is NULL where a value is not of a type; None for text.

    Quicker than to write the value: a number stays a number, a day a day.
    """
    if kind == "integer" and form == "":
        # A cast would round a number with a point.
        return f"CASE WHEN NOT contains({text}, '.') THEN TRY_CAST({text} AS HUGEINT) END"
    if kind == "number" and form == "":
        return f"TRY_CAST({text} AS DOUBLE)"
    if kind == "date" and form in ("", "%Y-%m-%d"):
        return f"TRY_CAST({text} AS DATE)"
    if kind == "date":
        return f"CAST(try_strptime({text}, {literal(form)}) AS DATE)"
    return converted_value(text, kind, form)


def converted_value(text: str, kind: str, form: str) -> str | None:
    """Return the SQL of a value as its type writes it, NULL where it is none; None for text."""
    if form.startswith("pad:"):
        digits = int(form.removeprefix("pad:"))
        return (
            f"CASE WHEN length({text}) < {digits} THEN lpad({text}, {digits}, '0') ELSE {text} END"
        )
    if kind in ("integer", "number"):
        return _number(text, kind, form)
    if kind == "boolean":
        return (
            f"CASE WHEN lower({text}) IN ('si', 'sí', 'true', 'verdadero') THEN 'true' "
            f"WHEN lower({text}) IN ('no', 'false', 'falso') THEN 'false' END"
        )
    if kind == "date" and form:
        return f"strftime(try_strptime({text}, {literal(form)}), '%Y-%m-%d')"
    if kind == "datetime" and form:
        forms = ", ".join(literal(form + clock) for clock in _CLOCKS)
        return f"strftime(try_strptime({text}, [{forms}]), '%Y-%m-%dT%H:%M:%S')"
    return None


def _number(text: str, kind: str, form: str) -> str:
    if form == "":
        cast = "HUGEINT" if kind == "integer" else "DOUBLE"
        plain = f"ltrim({text}, '+')"
        return f"CASE WHEN TRY_CAST({text} AS {cast}) IS NOT NULL THEN {plain} END"
    if form == "ordinal":
        pattern = literal(values.NUMBERS[form])
        first = f"regexp_extract({text}, '^[0-9]+')"
        return f"CASE WHEN regexp_full_match({text}, {pattern}) THEN {first} END"
    bare = f"regexp_replace({text}, '[$%\\s\u00a0\u202f]', '', 'g')"
    if "decimal-comma" in form:
        bare = f"replace(replace({bare}, '.', ''), ',', '.')"
    else:
        bare = f"replace({bare}, ',', '')"
    pattern = literal(values.NUMBERS[form])
    return f"CASE WHEN regexp_full_match({text}, {pattern}) THEN {bare} END"
