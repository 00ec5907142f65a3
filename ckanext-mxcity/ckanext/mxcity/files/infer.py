"""What the columns of a table may hold: a first guess, and what decides it on every row.

The guess is made from the first values of each column. That a column is text can be told from
them, for text stays as it is; all else is looked at as a whole: see ``proving``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import duckdb

from ckanext.mxcity.files import canonical, days, keys, numbers, values
from ckanext.mxcity.files.guessed import ENOUGH, UNDECIDED, Guess
from ckanext.mxcity.files.model import Note
from ckanext.mxcity.files.sql import literal
from ckanext.mxcity.ground.columns import is_key, is_year

__all__ = ["ENOUGH", "UNDECIDED", "Guess", "area_codes", "guess", "way_of_writing"]

#: Values of each column that a guess is made from.
GUESSED_FROM = 5_000


def _any(patterns: Mapping[str, str]) -> str:
    return "|".join(f"(?:{pattern})" for pattern in patterns.values())


_TESTS = {
    "boolean": _any(values.BOOLEANS),
    "date": _any(values.DATES),
    "datetime": _any(values.MOMENTS),
    "time": values.TIME,
    "number": values.NUMBER,
    "plain": values.NUMBERS[""],
    "whole": "[+-]?[0-9]+",
    **{f"boolean:{name}": pattern for name, pattern in values.BOOLEANS.items()},
    "date:%Y-%m-%d": values.DATES["%Y-%m-%d"],
    **{
        f"datetime:%Y-%m-%d{gap}{form}": rf"{values.DATES['%Y-%m-%d']}{gap}{values.CLOCK}{zone}"
        for gap in (" ", "T")
        for form, zone in (("", ""), ("%z", values.ZONE))
    },
    "code": values.CODE,
    "long": values.LONG,
    "bound": values.BOUND,
    "doubt": f"[+-]?{values.SHAPES['point3']}",
}


def guess(
    connection: duckdb.DuckDBPyConnection,
    view: str,
    names: Mapping[str, str],
    titles: Mapping[str, str],
) -> dict[str, Guess]:
    """Return a guess for each column of a view.

    A guess without a format, of whole numbers, numbers or days in ISO 8601, is proved by one look
    at the table; for others the format is ``UNDECIDED``.

    Args:
        connection: to DuckDB.
        view: the table, all of whose columns are text.
        names: the clean name of each column.
        titles: what stands in the header, by which keys and years are known: ``CodigoPostal`` has
            two words, its clean name has one.

    """
    counted = ", ".join(
        f"coalesce(sum(n) FILTER (regexp_full_match(v, {literal(pattern)})), 0)"
        for pattern in _TESTS.values()
    )
    found = {}
    for column, name in names.items():
        if is_key(titles[column]) or name in keys.PARTS or name in keys.WHOLE:
            found[column] = Guess()
            continue
        # A category is looked at once, however many rows have it.
        row = connection.execute(
            f"SELECT coalesce(sum(n), 0), {counted} FROM (SELECT v, count(*) AS n FROM "  # noqa: S608
            f"(SELECT v FROM {numbers.filled(view, column, 'number')} LIMIT {GUESSED_FROM}) "
            "GROUP BY v)"
        ).fetchone()
        assert row is not None  # noqa: S101  # a count has a row
        counts = dict(zip(_TESTS, row[1:], strict=True))
        role = "period" if is_year(titles[column]) else None
        decided = _decide(row[0], counts)
        counted_years = decided.type in ("integer", "number") and role
        found[column] = replace(decided, role=role) if counted_years else decided
    return found


def _decide(total: int, counts: dict[str, int]) -> Guess:
    if not total or counts["code"] or counts["long"]:
        return Guess()
    mixed = counts["datetime"] and counts["date"] + counts["datetime"]
    for kind in ("boolean", "date", "datetime", "time", "number"):
        if counts[kind] >= ENOUGH * total or (kind == "datetime" and mixed >= ENOUGH * total):
            break
    else:
        return Guess(notes=(Note("bounds"),) if counts["bound"] else ())
    if kind == "number" and counts["plain"] == total:
        # Where every number has three digits behind its point, that may be a thousand.
        doubt = counts["doubt"] and counts["doubt"] + counts["whole"] == total
        if not doubt:
            return Guess("integer" if counts["whole"] == total else "number")
    # Where the first values are written in one way, one look proves that the others are.
    way = next((way for way in counts if way.startswith(f"{kind}:") and counts[way] == total), "")
    if way:
        return Guess(kind, way.partition(":")[2], "period" if kind != "boolean" else None)
    return Guess(kind, "" if kind == "time" else UNDECIDED)


def way_of_writing(
    connection: duckdb.DuckDBPyConnection,
    view: str,
    column: str,
    kind: str,
    delimiter: str = ",",
) -> str:
    """Return the ``format`` in which most values of a column are, for a type that a person chose.

    Args:
        connection: to DuckDB.
        view: the table, all of whose columns are text.
        column: as the view calls it.
        kind: a type of Table Schema. What no value is written as has the format "".
        delimiter: what parts the columns of the file, where nothing else decides.

    """
    if kind in ("integer", "number"):
        return numbers.likely(numbers.evidence(connection, view, column), delimiter)
    if kind in ("date", "datetime"):
        return days.likely(days.evidence(connection, view, column, kind), kind)
    return ""


def area_codes(connection: duckdb.DuckDBPyConnection, view: str, column: str, name: str) -> Guess:
    """Return what a column is whose name says that it has INEGI's keys.

    The length of the values says of which areas they are; a spreadsheet may have taken their zeros.
    """
    rows = connection.execute(
        "SELECT length(v), regexp_full_match(v, '[0-9]+'), ltrim(v, '0') = '', count(*), min(v) "  # noqa: S608
        f"FROM {numbers.filled(view, column, 'date')} "
        f"WHERE regexp_full_match(v, {literal(keys.WRITTEN)}) GROUP BY ALL"
    ).fetchall()
    lengths = {length for length, *_ in rows}
    written = sum(row[3] for row in rows)
    total = connection.execute(
        f"SELECT count(*) FROM {numbers.filled(view, column, 'date')}"  # noqa: S608
    ).fetchone()
    if not written or total != (written,):
        return Guess()
    digits = keys.PARTS.get(name)
    if digits == 3 and name not in ("mza", "cve_mza", "cvemza") and max(lengths) in (4, 5):
        digits = 5  # the municipality with its state
    if digits is None:
        form = _form_of_keys(rows)
    elif max(lengths) > digits:
        return Guess()
    else:
        form = f"pad:{digits}"
    notes = notes_of_keys(connection, view, column, form)
    return Guess(format=form, role="area" if keys.of_areas(form) else None, notes=notes)


def _form_of_keys(rows: list[tuple[int, bool, bool, int, str]]) -> str:
    """Return the format of a column of whole keys: one length, or each by itself."""
    full = {
        length if length in keys.LENGTHS else length + 1
        for length, digits, zero, *_ in rows
        if length in keys.LENGTHS or (digits and length + 1 in keys.LENGTHS and not zero)
    }
    return f"pad:{full.pop()}" if len(full) == 1 else keys.EACH_LENGTH


def notes_of_keys(
    connection: duckdb.DuckDBPyConnection, view: str, column: str, form: str
) -> tuple[Note, ...]:
    """Return what has to be said of a column of keys: lost zeros, lengths, and unknown ones."""
    right = canonical.converted_value("v", "string", form) or "v"
    source = numbers.filled(view, column, "date")
    changed = connection.execute(
        f"SELECT v, {right} FROM {source} WHERE {right} <> v ORDER BY v LIMIT 1"  # noqa: S608
    ).fetchone()
    notes = [Note("zeros-lost", {"value": changed[0], "right": changed[1]})] if changed else []
    if form == keys.EACH_LENGTH:
        rows = connection.execute(
            f"SELECT DISTINCT length({right}) AS n FROM {source} ORDER BY n"  # noqa: S608
        ).fetchall()
        lengths = ", ".join(str(length) for (length,) in rows)
        notes.append(Note("keys-mixed", {"lengths": lengths}))
    if not keys.of_areas(form):
        return tuple(notes)
    unknown = connection.execute(
        f"SELECT code, count(*) OVER () FROM (SELECT DISTINCT {right} AS code FROM {source} "  # noqa: S608
        f"WHERE NOT {keys.is_known(right)}) ORDER BY code LIMIT 5"
    ).fetchall()
    if unknown:
        codes = ", ".join(str(row[0]) for row in unknown)
        notes.append(Note("unknown-areas", {"codes": codes, "count": unknown[0][1]}))
    return tuple(notes)
