"""How a table was read the last time: kept with its file, and asked about where it fits no more.

A header and a foot are kept by the number of their rows. With them is kept what they took, so that
a version whose rows are others is not read in silence as the one before.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ckanext.mxcity.files import (
    LONGEST_FOOT,
    FileReading,
    TableReading,
    for_next,
    read_recipe,
)
from ckanext.mxcity.files.model import Option, Question
from ckanext.mxcity.ground.messages import N_

#: By the name of a table: its recipe, as plain data.
Recipes = dict[str, dict[str, Any]]
#: By the name of a table: the ``recipe`` that is kept with its file, and what it ``took``.
Kept = dict[str, dict[str, Any]]
#: Characters of what is kept, and of a text in it.
LONGEST, _TEXT = 200_000, 200
#: The name, beside the parts of the recipe, of what it took.
_TOOK = "took"
#: Parts of a recipe that count rows.
_PLACES = ("header", "foot")
#: Share of the columns of before that a table has whose header is in its place.
_ENOUGH = 0.5
#: Rows that an option shows, and the cells of one.
_ROWS, _CELLS = 3, 6
#: Notes of the reader that say what was left out below a table and above it.
_BELOW, _ABOVE = "foot-left-out", "title-rows"
SENTENCES = {
    "question-foot-again": N_(
        "The rows at the end are not like those that the earlier version left out. Which of them "
        "are no data?"
    ),
    "question-header-again": N_(
        "The header is not like that of the earlier version. Which rows name the columns?"
    ),
    "option-foot-rows": N_("The last ones, {rows} in all, are left out: “{text}”"),
    "option-foot-none": N_("None: every row is data"),
    "option-header-rows": N_("Rows {first} to {last}"),
    "option-header-row": N_("Row {first}"),
    "option-header-none": N_("None: the data begin in row {row}"),
}


def kept(recipe: Mapping[str, Any], table: TableReading) -> str:
    """Return how a table was read, as its file keeps it; empty where nothing was told."""
    lasting = for_next(recipe)
    if not lasting:
        return ""
    if any(part in lasting for part in _PLACES):
        columns = [column.name for column in table.columns]
        took = {"foot": _said(table, _BELOW), "above": _said(table, _ABOVE), "columns": columns}
        lasting = {**lasting, _TOOK: took}
    return json.dumps(lasting, ensure_ascii=False)


def read_kept(text: str) -> dict[str, Any]:
    """Return the ``recipe`` that a file keeps, and what it ``took``, None where that is unknown.

    Raises:
        ValueError, TypeError, AttributeError, RecursionError: it cannot be followed.

    """
    told = dict(json.loads(text[:LONGEST]).items())
    took = told.pop(_TOOK, None)
    recipe = for_next(told)
    read_recipe(recipe)
    if not isinstance(took, dict) or not isinstance(took.get("columns"), list):
        return {"recipe": recipe, "took": None}
    texts = {name: str(took.get(name) or "")[:_TEXT] for name in ("foot", "above")}
    return {"recipe": recipe, "took": {**texts, "columns": list(map(str, took["columns"]))}}


def with_questions(
    reading: FileReading,
    recipes: Recipes,
    before: Kept,
    read: Callable[[Recipes], FileReading | None],
) -> FileReading:
    """Return a reading that asks where rows are not like those that the earlier version took.

    Args:
        reading: the file as it was read by the recipes.
        recipes: those; a part that is no more as it was kept is not asked about.
        before: what is kept of the earlier version.
        read: reads the file by other recipes; None where that cannot be done.

    """
    if not any(_counted(table, recipes, before) for table in reading.tables):
        return reading
    without = {
        name: {part: value for part, value in recipe.items() if part not in _PLACES}
        for name, recipe in recipes.items()
    }
    plain = read(without)
    others = {table.name: table for table in plain.tables} if plain else {}
    tables = []
    for table in reading.tables:
        counted, other = _counted(table, recipes, before), others.get(table.name)
        asked: list[Question] = []
        if other and "header" in counted:
            asked += _of_header(table, other, before[table.name]["took"])
        if other and "foot" in counted:
            longer = _Longer(table, other, recipes, read)
            asked += _of_foot(table, other, before[table.name]["took"], longer)
        tables.append(replace(table, questions=(*asked, *table.questions)))
    return replace(reading, tables=tuple(tables))


def _counted(table: TableReading, recipes: Recipes, before: Kept) -> set[str]:
    """Return the parts that count rows by which a table was read, as the one before."""
    first = before.get(table.name, {}).get("recipe", {})
    now = recipes.get(table.name, {})
    taken = {"header": list(table.header or ()), "foot": table.foot}
    return {
        part
        for part in _PLACES
        if part in first and now.get(part) == first[part] and taken[part] == first[part]
    }


def _of_header(
    table: TableReading, plain: TableReading, took: dict[str, Any] | None
) -> Iterator[Question]:
    if plain.header and plain.header != table.header and not _names_again(table, took):
        yield Question("question-header-again", (_header(table), _header(plain)))


def _of_foot(
    table: TableReading, plain: TableReading, took: dict[str, Any] | None, longer: _Longer
) -> Iterator[Question]:
    like = _is_like(_said(table, _BELOW), took["foot"] if took else None)
    if like and plain.foot <= table.foot:
        return
    found = [table, plain, *(longer.tables() if table.foot and plain.foot else ())]
    options = {one.foot: _foot(one) for one in found}
    if len(options) > 1:
        yield Question("question-foot-again", tuple(options.values()))


@dataclass(frozen=True)
class _Longer:
    """A table with a foot as long as that of before and what the reader finds together."""

    table: TableReading
    plain: TableReading
    recipes: Recipes
    read: Callable[[Recipes], FileReading | None]

    def tables(self) -> Iterator[TableReading]:
        """Yield the table that is read so, if it can be."""
        name, foot = self.table.name, self.table.foot + self.plain.foot
        if foot > LONGEST_FOOT:
            return
        reading = self.read({**self.recipes, name: {**self.recipes[name], "foot": foot}})
        if reading:
            yield from (table for table in reading.tables if table.name == name)


def _names_again(table: TableReading, took: dict[str, Any] | None) -> bool:
    """Return whether a header names the columns of before, or the same stands above the data."""
    if took is None:
        return False
    if table.header and table.header[0] == 0:
        return _is_like(_said(table, _ABOVE), took["above"])
    wanted = set(took["columns"])
    return len(wanted & {column.name for column in table.columns}) >= _ENOUGH * len(wanted)


def _is_like(text: str, before: str | None) -> bool:
    """Return whether rows begin with the words that rows of before began with."""
    signs = _signs(text)
    return before is not None and "" not in signs and signs <= _signs(before)


def _signs(text: str) -> set[str]:
    """Return the first word of each row of a text; empty for a row that begins with none."""
    rows = text.split(" / ") if text else []
    found = (re.match(r"[^\w]*([^\W\d_]+)", row) for row in rows)
    return {match[1].casefold() if match else "" for match in found}


def _said(table: TableReading, code: str) -> str:
    """Return what the rows say that a note of the reader is about."""
    return " / ".join(str(note.params.get("text", "")) for note in table.notes if note.code == code)


def _foot(table: TableReading) -> Option:
    text = _said(table, _BELOW)
    if not table.foot:
        return Option({"foot": 0}, "option-foot-none")
    params = {"rows": table.foot, "text": text}
    return Option({"foot": table.foot}, "option-foot-rows", params)


def _header(table: TableReading) -> Option:
    first, last = table.header or (0, 0)
    titles = tuple(column.title or column.name for column in table.columns)
    rows = tuple(
        tuple(str(cell or "") for cell in row[:_CELLS])
        for row in (titles, *table.sample[: _ROWS - 1])
    )
    code = "option-header-rows" if first < last else "option-header-row"
    if not first:
        return Option({"header": [0, last]}, "option-header-none", {"row": last + 1}, rows)
    return Option({"header": [first, last]}, code, {"first": first, "last": last}, rows)
