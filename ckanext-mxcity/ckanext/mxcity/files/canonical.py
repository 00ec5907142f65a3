"""The canonical table: what everything downstream reads.

CSV in UTF-8 with commas and one header row of clean names; numbers with a decimal point, days and
moments in ISO 8601, INEGI's codes with their zeros, geometries in GeoJSON, nothing where there is
no value. A value that is not of its column's type stays as it was written, for the checks to name.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

from ckanext.mxcity.files import keys, moments, values
from ckanext.mxcity.files.model import Column
from ckanext.mxcity.files.source import RawTable, engine
from ckanext.mxcity.files.sql import identifier, literal, trimmed

_ISO = "%Y-%m-%d"


def write_raw(table: RawTable, columns: tuple[Column, ...], target: Path) -> int:
    """Write the canonical CSV of a table whose columns are understood; return its rows."""
    if all(column.left_out for column in columns):
        return 0
    sql, parameters = ("raw", []) if table.loaded else table.relation()
    texts = ", ".join(f"{trimmed(raw)} AS {raw}" for raw in table.columns)
    chosen = ", ".join(
        f"{of_trimmed(raw, column)} AS {identifier(column.name)}"
        for raw, column in zip(table.columns, columns, strict=True)
        if not column.left_out
    )
    with nullcontext(table.loaded) if table.loaded else engine() as connection:
        written = connection.execute(
            f"COPY (SELECT {chosen} FROM (SELECT {texts} FROM {sql})) TO {literal(str(target))} "  # noqa: S608
            "(FORMAT csv, HEADER true, DELIMITER ',', NULLSTR '')",
            parameters,
        ).fetchone()
    return int(written[0]) if written else 0


def expression(raw: str, column: Column) -> str:
    """Return the SQL of a column's canonical value."""
    return of_trimmed(f"trim({raw})", column)


def of_trimmed(text: str, column: Column) -> str:
    """Return the SQL of the canonical value of a text that has no space around it."""
    absent = (mark.strip().lower() for mark in column.absent)
    marks = (*marks_of(column.type, column.format), *absent)
    plain = column.format == "" and column.type in ("integer", "number")
    converted = converted_value(text, column.type, column.format)
    value = text if converted is None else f"coalesce({converted}, {text})"
    if plain:
        # A number stays as it is written, all digits of it, without a plus.
        value = f"CASE WHEN starts_with({text}, '+') THEN {value} ELSE {text} END"
    if not marks:
        return f"nullif({value}, '')"
    value = f"CASE WHEN {is_mark(text, marks)} THEN NULL ELSE {value} END"
    if plain and not any(mark.removeprefix("-")[:1].isdigit() for mark in marks):
        # What begins with a digit, as nearly all of them do, needs no further look; nor does what
        # has a minus before it, as longitudes have.
        known = f"{_digit_first(text)} OR ({text} >= '-0' AND {text} < '-:')"
        return f"CASE WHEN {known} THEN {text} ELSE nullif({value}, '') END"
    return f"nullif({value}, '')"


def is_missing(raw: str, kind: str, more: Sequence[str] = (), form: str = "") -> str:
    """Return the SQL that says whether a cell has no value.

    Args:
        raw: the SQL of the cell.
        kind: the type of the column: words for no value are such only among what is no text.
        more: further marks of no value, which a schema names.
        form: how the values of the column are written.

    """
    text = f"trim({raw})"
    known = [*marks_of(kind, form), *(mark.strip().lower() for mark in more)]
    blank = f"{raw} IS NULL OR {text} = ''"
    if not known:
        return f"({blank})"
    return f"({blank} OR ({is_mark(text, known)}))"


def marks_of(kind: str, form: str = "") -> tuple[str, ...]:
    """Return the marks that stand for no value in a column of a type, in small letters.

    Among texts they are values, but for keys: ``form`` says that those are some.
    """
    if keys.are_keys(form):
        return values.MISSING
    if kind in ("integer", "number"):
        return (*values.MISSING, *values.STATISTICAL)
    return values.MISSING if kind in ("date", "datetime", "time") else ()


def is_mark(text: str, marks: Sequence[str]) -> str:
    """Return the SQL that says whether a trimmed text is one of the marks."""
    longest = max(map(len, marks)) + 8
    listed = ", ".join(map(literal, marks))
    # What begins with a digit is looked at no further: most cells of such columns do.
    digit = "" if any(mark[:1].isdigit() for mark in marks) else f"NOT {_digit_first(text)} AND "
    return f"{digit}length({text}) < {longest} AND lower({text}) IN ({listed})"


def _digit_first(text: str) -> str:
    # The character after "9" is ":". DuckDB reads words such as "infinity" as days.
    return f"({text} >= '0' AND {text} < ':')"


def typed_value(text: str, kind: str, form: str) -> str | None:
    """Return SQL that is NULL where a trimmed value is not of a type; None for text.

    Quicker than to write the value: a number stays a number, a day a day.
    """
    if kind == "integer" and form == "":
        # Written again it has to be the same: a cast also takes 007, 1e3 and 0x1F. Most columns
        # hold nothing but such whole numbers, and the pattern is for the rest.
        whole = f"TRY_CAST({text} AS BIGINT)"
        exact = f"CAST({whole} AS VARCHAR) = {text}"
        matched = f"regexp_full_match({text}, '[+-]?[0-9]{{1,38}}') AND NOT {_is_code(text)}"
        return f"CASE WHEN {exact} THEN {whole} WHEN {matched} THEN TRY_CAST({text} AS HUGEINT) END"
    if kind == "number" and form == "":
        pattern = literal(values.NUMBERS[""])
        found = f"TRY_CAST({text} AS DOUBLE)"
        matched = f"regexp_full_match({text}, {pattern}) AND NOT {_is_code(text)}"
        return f"CASE WHEN {matched} AND isfinite({found}) THEN {found} END"
    if kind == "date":
        known = moments.day(text, form or _ISO)
        # A day in ISO 8601 is one in any column of days.
        return known if form in ("", _ISO) else f"coalesce({known}, {moments.day(text, _ISO)})"
    if kind == "datetime" and form:
        return moments.day_of_moment(text, form)
    if kind == "time":
        return f"CASE WHEN regexp_full_match({text}, {literal(values.TIME)}) THEN {text} END"
    return converted_value(text, kind, form)


def _is_code(text: str) -> str:
    """Return the SQL that says whether a number begins with a zero that it would lose."""
    return f"(starts_with({text}, '0') AND regexp_full_match({text}, {literal(values.CODE)}))"


def converted_value(text: str, kind: str, form: str) -> str | None:
    """Return the SQL of a value as its type writes it, NULL where it is none; None for text."""
    if keys.are_keys(form):
        return keys.written_whole(text, form)
    if kind in ("integer", "number"):
        return _number(text, kind, form)
    if kind == "boolean":
        return (
            f"CASE WHEN lower({text}) IN ('si', 'sí', 'true', 'verdadero') THEN 'true' "
            f"WHEN lower({text}) IN ('no', 'false', 'falso') THEN 'false' END"
        )
    if kind == "date" and form:
        date = f"CAST({moments.day(text, form)} AS VARCHAR)"
        # A day of ten characters in ISO 8601 is published as it is.
        as_it_is = f"length({text}) = 10 AND {_digit_first(text)}"
        return f"CASE WHEN {as_it_is} THEN {text} ELSE {date} END" if form == _ISO else date
    if kind == "datetime" and form:
        return moments.moment(text, form)
    return None


def _number(text: str, kind: str, form: str) -> str:
    if form == "":
        # A number stays as it is written, all digits of it, without a plus.
        return f"CASE WHEN {typed_value(text, kind, form)} IS NOT NULL THEN ltrim({text}, '+') END"
    pattern = literal(values.NUMBERS[form])
    if form == "ordinal":
        first = f"regexp_extract({text}, '^[0-9]+')"
        return f"CASE WHEN regexp_full_match({text}, {pattern}) THEN {first} END"
    digits = f"regexp_extract({text}, {literal(values.DIGITS)})"
    if form.startswith("thousands-space"):
        digits = f"regexp_replace({digits}, {literal(values.SPACE)}, '', 'g')"
    if "decimal-comma" in form:
        digits = f"replace(replace({digits}, '.', ''), ',', '.')"
    else:
        digits = f"replace({digits}, ',', '')"
    # A zero before other digits is none of a number's.
    digits = f"regexp_replace({digits}, '^0+([0-9])', '\\1')"
    if form.endswith(values.SHARE):
        hundredfold = f"CAST(TRY_CAST({digits} AS DECIMAL(28, 12)) * 100 AS VARCHAR)"
        shown = f"rtrim(rtrim({hundredfold}, '0'), '.')"
        digits = f"CASE WHEN contains({text}, '%') THEN {digits} ELSE {shown} END"
    negative = f"contains({text}, '-') OR contains({text}, '(')"
    signed = f"CASE WHEN {negative} THEN '-' ELSE '' END || {digits}"
    return f"CASE WHEN regexp_full_match({text}, {pattern}) THEN {signed} END"
