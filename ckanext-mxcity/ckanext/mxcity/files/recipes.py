"""How a person wants a table to be read, where that is not what the reader would take.

A recipe is kept with what was published, and used again on its next version. As plain data::

    {"encoding": "cp850", "delimiter": ";", "header": [3, 4], "foot": 2, "rows": [[9, 12]],
     "columns": {"monto": {"type": "number", "format": "decimal-comma", "left_out": false}}}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from ckanext.mxcity.files import foot, headers
from ckanext.mxcity.files.delimiters import DELIMITERS
from ckanext.mxcity.files.encodings import ENCODINGS
from ckanext.mxcity.files.headers import DEEPEST_HEADER, LONGEST
from ckanext.mxcity.files.keys import EACH_LENGTH
from ckanext.mxcity.files.values import BOOLEANS, NUMBERS
from ckanext.mxcity.files.ways import is_way

TYPES = ("string", "integer", "number", "boolean", "date", "datetime", "time", "geojson")
#: Rows that a foot may have with a value, and the last row that a header may end in.
LONGEST_FOOT, LAST_HEADER = foot.LOOKED_AT - 1, headers.LOOKED_AT - 1
#: Rows that may be named one by one.
MOST_ROWS = 1_000
#: Columns that it may speak of.
MOST_COLUMNS = 1_000
#: Characters of a wrong one that are told.
_SHOWN = 60
#: By type: the ways of writing that a person can name; of others there is one. Those of days and
#: moments are told by ``ways``: without one they are as their file has them.
FORMATS: dict[str, tuple[str, ...]] = {
    "string": ("", EACH_LENGTH, *(f"pad:{digits}" for digits in range(2, 17))),
    "integer": tuple(NUMBERS),
    "number": tuple(NUMBERS),
    "boolean": ("", *BOOLEANS),
}


class RecipeError(ValueError):
    """A recipe that no table can be read by: ``part`` of it, with the ``value`` given."""

    def __init__(self, part: str, value: object) -> None:
        super().__init__(f"{part}: {value}")
        self.part, self.value = part, value


class ColumnRecipe(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """How a column is read. What is None or empty is left to the reader."""

    type: str = ""
    #: How its values are written; None is the way of most of them.
    format: str | None = None
    #: Whether it is not published.
    left_out: bool = False


class Recipe(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """How a table is read. What is None or empty is left to the reader."""

    encoding: str = ""
    delimiter: str = ""
    #: First and last row of the header, from 1; with a first of 0 there is none, and the data
    #: begin below the last.
    header: tuple[int, int] | None = None
    #: Rows with a value at the end that are no data.
    foot: int | None = None
    #: First and last row, from 1, of those that are left out.
    rows: tuple[tuple[int, int], ...] = ()
    #: Whether rows that say the header again are data.
    repeated: bool | None = None
    columns: dict[str, ColumnRecipe] = {}

    @property
    def parts(self) -> set[str]:
        """What is said of the file, beside its rows and columns."""
        said = {
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "header": self.header is not None,
            "foot": self.foot is not None,
            "repeated": self.repeated is not None,
        }
        return {part for part, value in said.items() if value}


#: Everything is left to the reader, of a table and of a column.
AS_READ = Recipe()
AS_FOUND = ColumnRecipe()


def read_recipe(values: Mapping[str, Any]) -> Recipe:
    """Return a recipe of plain data.

    Raises:
        RecipeError: a part of it has another shape, or is unknown.

    """
    _require(isinstance(values, Mapping), "recipe", str(values)[:_SHOWN])
    try:
        recipe = msgspec.convert(dict(values), Recipe)
    except msgspec.ValidationError as error:
        raise RecipeError("recipe", str(values)[:_SHOWN]) from error
    many = len(recipe.columns) > MOST_COLUMNS or any(len(name) > LONGEST for name in recipe.columns)
    _require(not many, "columns", len(recipe.columns))
    _require(recipe.encoding in ("", *ENCODINGS), "encoding", recipe.encoding)
    _require(recipe.delimiter in ("", *DELIMITERS), "delimiter", recipe.delimiter)
    if recipe.header is not None:
        first, last = recipe.header
        deep = first == 0 or last - first < DEEPEST_HEADER
        _require(0 <= first <= last <= LAST_HEADER and deep, "header", list(recipe.header))
    _require(recipe.foot is None or 0 <= recipe.foot <= LONGEST_FOOT, "foot", recipe.foot)
    _require(len(recipe.rows) <= MOST_ROWS, "rows", len(recipe.rows))
    for first, last in recipe.rows:
        _require(1 <= first <= last, "rows", [first, last])
    for name, column in recipe.columns.items():
        _require(column.type in ("", *TYPES), f"columns/{name}/type", column.type)
        known = column.format is None or _is_format(column.type, column.format)
        _require(known, f"columns/{name}/format", column.format)
    return recipe


def _is_format(kind: str, form: str) -> bool:
    return is_way(kind, form) if kind in ("date", "datetime") else form in FORMATS.get(kind, ("",))


def for_next(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a recipe, as plain data, without what is of one file alone: rows by their number."""
    return {name: value for name, value in values.items() if name != "rows"}


def merged(recipe: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """Return a recipe, as plain data, with the parts of another in the place of its own."""
    columns = {**recipe.get("columns", {})}
    for name, column in change.get("columns", {}).items():
        columns[name] = {**columns.get(name, {}), **column}
    found = {**recipe, **change}
    return {**found, "columns": columns} if columns else found


def _require(holds: bool, part: str, value: object) -> None:
    if not holds:
        raise RecipeError(part, value)
