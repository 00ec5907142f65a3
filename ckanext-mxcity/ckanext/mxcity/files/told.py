"""Columns whose type a person chose: read so, with what their values lose by it said."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import duckdb

from ckanext.mxcity.files import days, infer, keys, numbers
from ckanext.mxcity.files.guessed import Guess
from ckanext.mxcity.files.model import Note
from ckanext.mxcity.files.recipes import AS_FOUND, ColumnRecipe, Recipe
from ckanext.mxcity.files.settling import first_of
from ckanext.mxcity.files.source import RawTable
from ckanext.mxcity.ground.columns import is_year


def told(
    connection: duckdb.DuckDBPyConnection,
    raw: RawTable,
    names: Mapping[str, str],
    recipe: Recipe,
) -> dict[str, Guess]:
    """Return the columns whose type a person chose, written as most of their values are.

    Args:
        connection: to DuckDB, with the table ``raw``.
        raw: the table.
        names: the clean names of its columns by the names that DuckDB has.
        recipe: what a person says of them.

    """
    found = {}
    for (column, name), title in zip(names.items(), raw.titles, strict=True):
        kind, form = recipe_of(recipe, name).type, recipe_of(recipe, name).format
        if not kind:
            continue
        if form is None:
            form = infer.way_of_writing(connection, "raw", column, kind, raw.delimiter)
        notes = _notes(connection, raw, column, name, kind, form)
        found[column] = Guess(kind, form, _role(kind, form, name, title), notes)
    return found


def recipe_of(recipe: Recipe, name: str) -> ColumnRecipe:
    """Return what a person says of a column."""
    return recipe.columns.get(name, AS_FOUND)


def _role(kind: str, form: str, name: str, title: str) -> str | None:
    """Return the role that a column has by its type and name."""
    if kind in ("date", "datetime") or (kind in ("integer", "number") and is_year(title)):
        return "period"
    if kind == "geojson":
        return "geometry"
    keyed = name in keys.PARTS or name in keys.WHOLE
    return "area" if kind == "string" and keyed and keys.of_areas(form) else None


def _notes(
    connection: duckdb.DuckDBPyConnection,
    raw: RawTable,
    column: str,
    name: str,
    kind: str,
    form: str,
) -> tuple[Note, ...]:
    """Return what has to be said of values that are published otherwise than they are written."""
    first = partial(first_of, connection, raw, column)
    if kind in ("integer", "number") and form:
        found = numbers.evidence(connection, "raw", column)
        return tuple(numbers.left_out(found, form, name, first))
    if kind in ("date", "datetime"):
        return tuple(days.supposed(form, kind, name, first))
    if kind == "string" and form:
        return infer.notes_of_keys(connection, "raw", column, form)
    return ()
