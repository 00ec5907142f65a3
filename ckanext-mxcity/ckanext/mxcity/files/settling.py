"""Settle what the columns are that a first guess does not explain: each is looked at as a whole."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial

import duckdb

from ckanext.mxcity.files import canonical, days, numbers, values
from ckanext.mxcity.files.guessed import ENOUGH, Guess
from ckanext.mxcity.files.source import RawTable
from ckanext.mxcity.files.sql import literal

_NUMBERS = ("integer", "number")


def settle(
    connection: duckdb.DuckDBPyConnection,
    raw: RawTable,
    names: Mapping[str, str],
    guesses: Mapping[str, Guess],
    columns: Iterable[str],
    witnesses: Iterable[str] = (),
) -> dict[str, Guess]:
    """Return what each of some columns is.

    Args:
        connection: to DuckDB, with the table ``raw``.
        raw: the table.
        names: the clean names by the names that DuckDB has.
        guesses: what was made of all columns so far.
        columns: those to settle.
        witnesses: others with numbers, whatever a person says that they are: what their decimals
            prove does not change with it.

    """
    wanted = list(columns)
    seen = {
        column: numbers.evidence(connection, "raw", column)
        for column in wanted
        if guesses[column].type in _NUMBERS
    }
    # What the decimals of one column prove holds for those of another that could be either.
    told = [numbers.evidence(connection, "raw", column) for column in witnesses]
    marks = {found.mark for found in (*seen.values(), *told)} - {""}
    for column, guess in guesses.items():
        if column not in wanted and guess.type == "number":
            marks.add("comma" if "decimal-comma" in guess.format else "point")
    hint = marks.pop() if len(marks) == 1 else ""
    found = {}
    for column in wanted:
        guess, first = guesses[column], partial(first_of, connection, raw, column)
        if column in seen:
            made = numbers.decide(seen[column], raw.delimiter, hint, names[column], first)
        elif guess.type in ("date", "datetime"):
            made = _days(connection, column, guess.type, names[column], first)
        else:
            made = _other(connection, column, guess)
        if column in raw.typed and made.type != guess.type:
            made = Guess(guess.type)  # the file itself tells the type
        found[column] = replace(made, role=made.role or _role(guess, made))
    return found


def _days(
    connection: duckdb.DuckDBPyConnection, column: str, kind: str, name: str, first: numbers.First
) -> Guess:
    """Return what a column of days is; of moments, where many have a clock behind the day."""
    said = days.evidence(connection, "raw", column, kind)
    if kind == "date" and said.known < ENOUGH * said.total:
        kind, said = "datetime", days.evidence(connection, "raw", column, "datetime")
    elif kind == "datetime" and said.bare > ENOUGH * said.total:
        kind, said = "date", days.evidence(connection, "raw", column, "date")
    return days.decide(said, kind, name, first)


def file_row(raw: RawTable, place: int) -> int:
    """Return where in the file a row of data is, of which ``place`` counts from 0."""
    return raw.header_rows + 1 + place + bisect_right(raw.blanks, place)


def _role(guess: Guess, made: Guess) -> str | None:
    """Return the role that its name gives a column: years are whole numbers."""
    return guess.role if made.type in _NUMBERS else None


def first_of(
    connection: duckdb.DuckDBPyConnection, raw: RawTable, column: str, condition: str
) -> tuple[str, int]:
    """Return the first value of a column that a condition holds for, and its row in the file."""
    source = f"(SELECT rowid AS place, trim({column}) AS v FROM raw "  # noqa: S608
    source += f"WHERE NOT {canonical.is_missing(column, 'number')})"
    row = connection.execute(
        f"SELECT v, place FROM {numbers.labelled(source)} WHERE {condition} LIMIT 1"  # noqa: S608
    ).fetchone()
    value, place = row or ("", 0)
    return str(value)[:60], file_row(raw, int(place))


def _other(connection: duckdb.DuckDBPyConnection, column: str, guess: Guess) -> Guess:
    """Return what a column of answers or of times of the day is."""
    ways = {"": values.TIME} if guess.type == "time" else values.BOOLEANS
    source = numbers.filled("raw", column, guess.type)
    # Between yes and no, "No aplica" is an answer of its own.
    is_word = canonical.is_mark("v", values.MISSING[1:])
    counted = ", ".join(
        f"count(*) FILTER (regexp_full_match(v, {literal(pattern)}))" for pattern in ways.values()
    )
    row = connection.execute(
        f"SELECT count(*), count(*) FILTER ({is_word}), {counted} FROM {source}"  # noqa: S608
    ).fetchone()
    total, words, *counts = row or (0, 0, 0, 0)
    most = max(counts)
    if not total or most < ENOUGH * total or words:
        return Guess()
    return Guess(guess.type, list(ways)[counts.index(most)])
