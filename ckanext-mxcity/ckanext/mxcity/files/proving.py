"""Prove what was guessed of the columns on every row of a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import duckdb

from ckanext.mxcity.files import canonical, infer, keys, marks, places, settling
from ckanext.mxcity.files.guessed import Guess
from ckanext.mxcity.files.model import Box, Column
from ckanext.mxcity.files.recipes import AS_READ, Recipe
from ckanext.mxcity.files.source import RawTable, in_any_order
from ckanext.mxcity.files.sql import literal, trimmed
from ckanext.mxcity.files.told import recipe_of, told
from ckanext.mxcity.ground.columns import LATITUDES, LONGITUDES

#: First and last day.
Period = tuple[str, str]
#: Rows in which an example of each column is looked for first.
_HEAD = 2_048
#: Digits of a whole number, and its sign, that every program keeps.
_EXACT = 15


@dataclass(frozen=True)
class Fact:
    """What one look at a table tells of a column."""

    blank: int
    #: Values that are not of the type, marks of no value among them.
    other: int
    longest: int
    low: Any
    high: Any
    #: A value of the type, as it is written.
    example: str | None


def prove(
    connection: duckdb.DuckDBPyConnection,
    raw: RawTable,
    names: Mapping[str, str],
    recipe: Recipe = AS_READ,
) -> tuple[list[Column], Period | None, Box | None]:
    """Return the columns of the table ``raw``, the period that its days tell of, and its extent.

    One scan of the table, and others for each column that one way of writing does not explain.

    Args:
        connection: to DuckDB, with the table ``raw``.
        raw: the table.
        names: the clean names of its columns by the names that DuckDB has.
        recipe: what a person says of them.

    """
    guesses = _guesses(connection, raw, names)
    chosen = told(connection, raw, names, recipe)
    numeric = [column for column in chosen if guesses[column].type in ("integer", "number")]
    guesses |= chosen
    facts = _facts(connection, {c: g for c, g in guesses.items() if g.format != infer.UNDECIDED})
    open_ = [
        column
        for column, found in guesses.items()
        if column not in facts
        or (
            (column not in (*raw.typed, *chosen) and found.type != "string")
            and (
                facts[column].other or (found.type == "integer" and facts[column].longest > _EXACT)
            )
        )
    ]
    if open_:
        settled = settling.settle(connection, raw, names, guesses, open_, numeric)
        guesses |= settled
        facts |= _facts(connection, settled)
    columns, ends = [], []
    for (column, name), title in zip(names.items(), raw.titles, strict=True):
        fact = facts[column]
        found = guesses[column]
        missing, noted = marks.tell_apart(connection, raw, column, name, found, fact.other)
        columns.append(
            Column(
                name,
                title.strip() or name,
                found.type,
                found.format,
                _role(name, found),
                fact.example or "",
                fact.blank + missing,
                (*found.notes, *noted),
                left_out=recipe_of(recipe, name).left_out,
            )
        )
        if fact.low is not None and found.type != "string" and not columns[-1].left_out:
            ends.append((found.type, str(fact.low)[:10], str(fact.high)[:10]))
    columns = _with_examples(connection, columns)
    columns, extent = places.put_right(connection, raw, columns)
    return columns, _period(ends), extent


def _guesses(
    connection: duckdb.DuckDBPyConnection, raw: RawTable, names: Mapping[str, str]
) -> dict[str, Guess]:
    titles = dict(zip(names, raw.titles, strict=True))
    guesses = infer.guess(connection, "raw", names, titles)
    for column, kind in raw.typed.items():
        form = infer.UNDECIDED if kind == "datetime" else ""
        guesses[column] = Guess(kind, form, "geometry" if kind == "geojson" else None)
    for column, name in names.items():
        if name in keys.PARTS or name in keys.WHOLE:
            # Tables have few areas and many rows of each.
            connection.execute(f"CREATE TEMP TABLE once AS SELECT DISTINCT {column} FROM raw")  # noqa: S608
            guesses[column] = infer.area_codes(connection, "once", column, name)
            connection.execute("DROP TABLE once")
    return guesses


def _facts(connection: duckdb.DuckDBPyConnection, guesses: Mapping[str, Guess]) -> dict[str, Fact]:
    """Return what the cells of some columns are, in one scan: each cell is trimmed once."""
    if not guesses:
        return {}
    texts, typed, asked = [], [], []
    for number, (column, found) in enumerate(guesses.items()):
        text, value = f"t{number}", f"v{number}"
        valid = canonical.typed_value(text, found.type, found.format)
        texts.append(f"coalesce({trimmed(column)}, '') AS {text}")
        typed += [text] if valid is None else [text, f"{valid} AS {value}"]
        period = valid and _tells_period(found)
        asked += [
            f"count(*) FILTER ({text} = '')",
            "0" if valid is None else f"count(*) FILTER ({value} IS NULL AND {text} <> '')",
            f"max(length({text}))" if found.type == "integer" else "0",
            f"min({value})" if period else "NULL",
            f"max({value})" if period else "NULL",
        ]
    with in_any_order(connection):
        row = connection.execute(
            f"SELECT {', '.join(asked)} FROM (SELECT {', '.join(typed)} "  # noqa: S608
            f"FROM (SELECT {', '.join(texts)} FROM raw))"
        ).fetchone()
    answers: tuple[Any, ...] = row or (0, 0, 0, None, None) * len(guesses)
    examples = _examples(connection, guesses)
    facts = {}
    for number, column in enumerate(guesses):
        blank, other, longest, low, high = answers[number * 5 : number * 5 + 5]
        facts[column] = Fact(blank, other, longest, low, high, examples[number])
    return facts


def _examples(
    connection: duckdb.DuckDBPyConnection, guesses: Mapping[str, Guess]
) -> list[str | None]:
    """Return the first value of each column that is of its type, as it is written."""
    conditions = {}
    for column, found in guesses.items():
        valid = canonical.typed_value("v", found.type, found.format)
        conditions[column] = "v <> ''" if valid is None else f"({valid}) IS NOT NULL"
        if keys.are_keys(found.format):
            conditions[column] = f"NOT {canonical.is_missing('v', found.type, form=found.format)}"

    def first(column: str, rows: str) -> str:
        return (
            f"(SELECT v FROM (SELECT coalesce(trim({column}), '') AS v FROM {rows}) "  # noqa: S608
            f"WHERE {conditions[column]} LIMIT 1)"
        )

    # Nearly all have one in the first rows, where it costs little to look for all at once.
    asked = ", ".join(first(column, "head") for column in guesses)
    row = connection.execute(
        f"WITH head AS MATERIALIZED (SELECT * FROM raw LIMIT {_HEAD}) SELECT {asked}"  # noqa: S608
    ).fetchone() or (None,) * len(guesses)
    found_all: list[str | None] = []
    for column, value in zip(guesses, row, strict=True):
        if value is None:
            further = connection.execute(f"SELECT {first(column, 'raw')}").fetchone()
            value = further[0] if further else None
        found_all.append(value)
    return found_all


def _tells_period(found: Guess) -> bool:
    return found.type in ("date", "datetime") or (found.type, found.role) == ("integer", "period")


def _period(ends: list[tuple[str, str, str]]) -> Period | None:
    """Return the first and the last day; years tell of it only where there are no days."""
    days = [(low, high) for kind, low, high in ends if kind != "integer"]
    years = [(f"{low}-01-01", f"{high}-12-31") for kind, low, high in ends if kind == "integer"]
    found = days or years
    return (min(low for low, _ in found), max(high for _, high in found)) if found else None


def _with_examples(connection: duckdb.DuckDBPyConnection, columns: list[Column]) -> list[Column]:
    """Return the columns with an example each, as it will be published."""
    asked = ", ".join(canonical.expression(literal(column.example), column) for column in columns)
    row = connection.execute(f"SELECT {asked}").fetchone() or ()
    return [
        replace(column, example=str(example or "")[:120])
        for column, example in zip(columns, row, strict=True)
    ]


def _role(name: str, found: Guess) -> str | None:
    if found.type == "number" and name in LATITUDES:
        return "latitude"
    if found.type == "number" and name in LONGITUDES:
        return "longitude"
    return found.role
