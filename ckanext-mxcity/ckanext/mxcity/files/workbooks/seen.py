"""What a sheet carries beside its values: merged cells, comments, what it hides, what is lost."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ckanext.mxcity.files.model import FileRefused

#: Ranges of merged cells of a sheet, and of hidden columns, that are kept.
MOST_MERGED, _MOST_RANGES = 100_000, 10_000
#: Places that are named.
_NAMED = 5
#: Digits that a format of zeros may have.
MOST_ZEROS = 20
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_RANGE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7}):\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")

#: First row, first column, last row, last column; rows from 1, columns from 0.
Range = tuple[int, int, int, int]


class Shown(float):
    """A number that its sheet shows in another way: 0.12 as 12%, 1.0 as 001."""

    text: str


class ShownWhole(int):
    """A whole number that its sheet shows in another way."""

    text: str


def shown_as(value: float, text: str) -> Shown | ShownWhole:
    """Return a number, of its own kind still, with the text that is shown."""
    made = ShownWhole(value) if isinstance(value, int) else Shown(value)
    made.text = text
    return made


@dataclass
class Places:
    """How many cells there are of a kind, and where the first ones are."""

    count: int = 0
    first_row: int = 0
    named: list[str] = field(default_factory=list)

    def add(self, row: int, column: int, times: int = 1) -> None:
        """Count a cell."""
        self.count += times
        self.first_row = min(self.first_row or row, row)
        name = f"{letters(column)}{row}"
        if len(self.named) < _NAMED and name not in self.named:
            self.named.append(name)


@dataclass
class Seen:
    """Is filled while the rows of a sheet are read, and whole when they ended."""

    merged: list[Range] = field(default_factory=list)
    #: First and last of each range of hidden columns, from 0.
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    #: Rows with a value that are hidden.
    hidden_rows: int = 0
    comments: Places = field(default_factory=Places)
    #: Cells that show an error, and formulas whose value was not stored.
    errors: Places = field(default_factory=Places)
    unsaid: Places = field(default_factory=Places)
    #: Columns with numbers that are shown as percentages.
    percents: set[int] = field(default_factory=set)
    #: What is shown before and behind the numbers of a column.
    units: dict[int, set[tuple[str, str]]] = field(default_factory=dict)
    since_1904: bool = False
    #: Days that are counted from 1904, and days before March 1900, of which programs disagree.
    days_of_1904: Places = field(default_factory=Places)
    early: Places = field(default_factory=Places)
    #: Cells with letters that are struck out.
    struck: Places = field(default_factory=Places)

    def merge(self, first_row: int, first: int, last_row: int, last: int) -> None:
        """Keep a range of merged cells; one of a single cell is none."""
        last_row, last = min(last_row, _LAST_ROW), min(last, _LAST_COLUMN - 1)
        if first_row <= last_row and first <= last and (first_row, first) != (last_row, last):
            if len(self.merged) >= MOST_MERGED:
                raise FileRefused("too-many-merged", limit=MOST_MERGED)
            self.merged.append((first_row, first, last_row, last))

    def merge_named(self, text: str) -> None:
        """Keep a range of merged cells by its name, as ``A1:B2``; what is no name is no range."""
        if found := _RANGE.fullmatch(text):
            first, first_row, last, last_row = found.groups()
            self.merge(int(first_row), column_of(first), int(last_row), column_of(last))

    def hide_columns(self, first: int, last: int) -> None:
        """Keep a range of hidden columns."""
        if first <= last and len(self.hidden_columns) < _MOST_RANGES:
            self.hidden_columns.append((first, last))


def letters(column: int) -> str:
    """Return the letters of a column that is counted from 0."""
    found, rest = "", column + 1
    while rest:
        rest, last = divmod(rest - 1, 26)
        found = chr(65 + last) + found
    return found


def column_of(name: str) -> int:
    """Return the number of a column, from 0, by its letters."""
    found = 0
    for letter in name.upper():
        found = found * 26 + ord(letter) - 64
    return found - 1
