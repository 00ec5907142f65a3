"""What a person corrects of how a file was read: the fields of the form, and what they stand for.

Each field shows what was taken; one that says something else is a part of a recipe. An answer to a
question is one too, whether it is what was taken or not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from ckanext.mxcity.files import (
    DEEPEST_HEADER,
    ENCODINGS,
    LAST_HEADER,
    LONGEST_FOOT,
    FileReading,
    TableReading,
    merged,
)
from ckanext.mxcity.files.delimiters import DELIMITERS
from ckanext.mxcity.ground.messages import N_
from ckanext.mxcity.ground.numbers import whole_number

Recipe = dict[str, Any]
#: Stands for the way of writing of most values of a column.
AS_MOST = "*"
#: How a column can be read: its type and way of writing, and what is said of it.
READINGS: dict[str, str] = {
    "string|": N_("Text, as it is written"),
    "integer|*": N_("Whole number"),
    "number|*": N_("Number with decimals, as most are written"),
    "number|decimal-comma": N_("Number written as 1.234,5"),
    "number|thousands-comma": N_("Number written as 1,234.5"),
    "date|*": N_("Day, as most are written"),
    "date|%d/%m/%Y": N_("Day written as 31/12/2024"),
    "date|%m/%d/%Y": N_("Day written as 12/31/2024"),
    "datetime|*": N_("Day and time"),
    "time|": N_("Time of day"),
    "boolean|": N_("Yes or no"),
    "geojson|": N_("Shape on the map"),
}
#: Types of which a column of text may have INEGI's keys, with their zeros.
KEYS = N_("Key with its zeros, as it was read")
_RANGE = re.compile(r"\s*(\d{1,8})\s*(?:[-–]\s*(\d{1,8}))?\s*")  # people write both


def way_of(kind: str, form: str) -> str:
    """Return which of the ``READINGS`` a type and a format are; their own for one that is none."""
    for way in (f"{kind}|{form}", f"{kind}|{AS_MOST}", f"{kind}|"):
        if way in READINGS and not (kind == "string" and form):
            return way
    return f"{kind}|{form}"


@dataclass(frozen=True)
class Told:
    """What a form says of how a file is read."""

    recipes: dict[str, Recipe]
    #: Whether the file has to be read again to be read so.
    changed: bool
    #: What the form has wrong, by the name of the field.
    wrong: dict[str, str]


def told_by(form: MultiDict[str, str], reading: FileReading, recipes: dict[str, Recipe]) -> Told:
    """Return what a form says of how a file is read.

    An answer that says what was taken is one only where nothing else changes: the reading that
    follows may take something else, and is looked at first.

    Args:
        form: the fields of the form.
        reading: what the form showed.
        recipes: those that it was read by: what the form does not change stays.

    """
    found, wrong = dict(recipes), {}
    for number, table in enumerate(reading.tables):
        changed, mistakes = _of_table(form, reading, number, found.get(table.name, {}))
        found[table.name] = changed
        wrong.update(mistakes)
    found = {name: recipe for name, recipe in found.items() if recipe}
    if found != recipes:
        return Told(found, changed=True, wrong=wrong)
    for number, table in enumerate(reading.tables):
        for answer in _answers(form, table, f"t-{number}", first=0):
            found[table.name] = merged(found.get(table.name, {}), answer)
    return Told(found, changed=False, wrong=wrong)


def _of_table(
    form: MultiDict[str, str], reading: FileReading, number: int, recipe: Recipe
) -> tuple[Recipe, dict[str, str]]:
    """Return the recipe of a table as a form changes it, and what the form has wrong."""
    table, prefix, wrong = reading.tables[number], f"t-{number}", {}
    for change in (
        *_answers(form, table, prefix, first=1),
        _dialect(form, reading, prefix),
        *_columns(form, table, prefix),
    ):
        recipe = merged(recipe, change)
    for part in (_header, _foot, _rows):
        try:
            recipe = merged(recipe, part(form, table, prefix))
        except ValueError as error:
            field, value = error.args
            wrong[f"{prefix}-{field}"] = str(value)
    if not recipe.get("rows", True):
        recipe = {name: value for name, value in recipe.items() if name != "rows"}
    return recipe, wrong


def is_same(recipes: dict[str, Recipe], others: dict[str, Recipe], reading: FileReading) -> bool:
    """Return whether recipes read a file as others do, but for answers that say what was taken."""
    taken = dict(others)
    for table in reading.tables:
        for question in table.questions:
            first, told = question.options[0].recipe, recipes.get(table.name, {})
            if merged(told, first) == told:
                taken[table.name] = merged(taken.get(table.name, {}), first)
    return taken == recipes


def _answers(
    form: MultiDict[str, str], table: TableReading, prefix: str, *, first: int
) -> list[Recipe]:
    """Return the parts of a recipe that the answers to the questions of a table are.

    Args:
        form: the fields of the form.
        table: the table as it was read.
        prefix: begins the names of its fields.
        first: which options count: from 0 all, from 1 those that were not taken.

    """
    found = []
    for place, question in enumerate(table.questions):
        chosen = whole_number(form.get(f"{prefix}-q-{place}", ""))
        if chosen is not None and first <= chosen < len(question.options):
            found.append(question.options[chosen].recipe)
    return found


def _dialect(form: MultiDict[str, str], reading: FileReading, prefix: str) -> Recipe:
    """Return the delimiter and the encoding where they are not those that were taken."""
    found: Recipe = {}
    if not reading.delimiter:
        return found
    delimiter = form.get(f"{prefix}-delimiter", reading.delimiter)
    if delimiter in DELIMITERS and delimiter != reading.delimiter:
        found["delimiter"] = delimiter
    encoding = form.get(f"{prefix}-encoding", "")
    if encoding in ENCODINGS and encoding != shown_encoding(reading):
        found["encoding"] = encoding
    return found


def shown_encoding(reading: FileReading) -> str:
    """Return the encoding that a file was read in, as the form has it."""
    return "utf-8" if (reading.encoding or "").startswith("utf") else reading.encoding or ""


def _columns(form: MultiDict[str, str], table: TableReading, prefix: str) -> list[Recipe]:
    """Return what is told of columns: their way of reading, and whether they are left out."""
    found = []
    for place, column in enumerate(table.columns):
        field = f"{prefix}-c-{place}"
        told: Recipe = {}
        way = form.get(f"{field}-way", "")
        if way in READINGS and way != way_of(column.type, column.format):
            kind, _, form_ = way.partition("|")
            told = {"type": kind, "format": None if form_ == AS_MOST else form_}
        if f"{field}-there" in form and (f"{field}-out" in form) != column.left_out:
            told["left_out"] = not column.left_out
        if told:
            found.append({"columns": {column.name: told}})
    return found


def _header(form: MultiDict[str, str], table: TableReading, prefix: str) -> Recipe:
    """Return the rows of the header where they are not those that were taken."""
    if table.header is None or f"{prefix}-header-first" not in form:
        return {}
    first, last = (
        _number(form, f"{prefix}-header-{end}", f"header-{end}") for end in ("first", "last")
    )
    if (first, last) == table.header:
        return {}
    if first == 0 and table.header == (table.header[0] or 1, last):
        # Without a header its rows are data, unless more is said.
        last = table.header[0] - 1 if table.header[0] else last
    deep = first and last - first >= DEEPEST_HEADER
    if last < first or last > LAST_HEADER or deep:
        raise ValueError("header-last", last)
    return {"header": [first, last]}


def _foot(form: MultiDict[str, str], table: TableReading, prefix: str) -> Recipe:
    """Return how many rows at the end are no data, where that is not what was taken."""
    if f"{prefix}-foot" not in form:
        return {}
    foot = _number(form, f"{prefix}-foot", "foot")
    if foot > LONGEST_FOOT:
        raise ValueError("foot", foot)
    return {} if foot == table.foot else {"foot": foot}


def _rows(form: MultiDict[str, str], _: TableReading, prefix: str) -> Recipe:
    """Return the rows that are left out: "5, 9-12"."""
    if f"{prefix}-rows" not in form:
        return {}
    rows = []
    for part in filter(str.strip, form[f"{prefix}-rows"].split(",")):
        match = _RANGE.fullmatch(part)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not 1 <= first <= last:
            raise ValueError("rows", part.strip())
        rows.append([first, last])
    return {"rows": rows}


def _number(form: MultiDict[str, str], name: str, field: str) -> int:
    number = whole_number(form.get(name, "").strip(), digits=6)
    if number is None:
        raise ValueError(field, form.get(name, ""))
    return number
