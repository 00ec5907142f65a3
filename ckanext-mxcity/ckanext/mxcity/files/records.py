"""Records of delimited text, one by one, where their cells cannot be taken as they stand.

A quotation mark that is left open takes the rows that follow into one cell: such a file is
refused with the row. A mark inside a quoted cell belongs to its text.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from ckanext.mxcity.files.model import FileRefused

#: Characters of the longest cell; whatever is longer has run on over rows.
LONGEST = 20_000_000
#: Lines inside a cell that look like rows: so many, and this share of them, are rows.
_ROWS, _MANY_ROWS, _SHARE = 3, 10, 0.8
#: Columns from which three such lines are enough.
_WIDE = 3


class Records:
    """The records of a text in UTF-8, blank lines among them, and what was read with patience."""

    def __init__(self, path: Path, delimiter: str) -> None:
        self._path, self._delimiter = path, delimiter
        mark = re.escape(delimiter)
        self._quoted = re.compile(rf'\s*"((?:[^"]|"(?!\s*(?:{mark}|$)))*)"\s*(?={mark}|$)')
        self._plain = re.compile(rf"[^{mark}]*")
        #: Cells of a row of the table, once they are known: see ``_refuse_swallowed``.
        self.width = 0
        #: Rows with a quotation mark inside a quoted cell: how many, and the first.
        self.quotes = self.first_quotes = 0

    def __iter__(self) -> Iterator[list[str]]:
        """Yield the cells of each record; FileRefused for a quotation mark that stays open."""
        csv.field_size_limit(LONGEST)
        self.quotes = self.first_quotes = 0
        number = 0
        with self._path.open(encoding="utf-8", newline="") as file:
            lines = _Lines(file)
            reader = csv.reader(
                lines, delimiter=self._delimiter, strict=True, skipinitialspace=True
            )
            while True:
                number += 1
                lines.taken.clear()
                try:
                    row = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    row = self._patiently(number, lines.taken, error)
                if len(lines.taken) > _ROWS:
                    self._refuse_swallowed(number, row)
                yield row

    def _patiently(self, number: int, taken: list[str], error: Exception) -> list[str]:
        """Cut a line whose marks are not doubled; a mark closes a cell where the cell ends."""
        line = taken[0].rstrip("\r\n")
        if len(taken) > 1 or len(line) > LONGEST:
            raise FileRefused("quote-open", row=number) from error
        cells, at = [], 0
        while at <= len(line):
            found = self._quoted.match(line, at)
            if found is None and line[at:].lstrip().startswith('"'):
                raise FileRefused("quote-open", row=number) from error
            if found is None:
                found = self._plain.match(line, at)
                assert found is not None  # noqa: S101  # it takes nothing at least
                cells.append(found[0])
            else:
                cells.append(found[1].replace('""', '"'))
            at = found.end() + 1
        self.quotes += 1
        self.first_quotes = self.first_quotes or number
        return cells

    def _refuse_swallowed(self, number: int, row: list[str]) -> None:
        """FileRefused for a cell whose lines are rows of the table."""
        inner = [line for cell in row for line in cell.splitlines()[1:-1]]
        alike = sum(line.count(self._delimiter) == self.width - 1 for line in inner)
        enough = _ROWS if self.width >= _WIDE else _MANY_ROWS
        if self.width > 1 and alike >= max(enough, _SHARE * len(inner)):
            raise FileRefused("quote-open", row=number)


class _Lines:
    """Hands out the lines of a file, and keeps those of the present record."""

    def __init__(self, file: Iterator[str]) -> None:
        self._file = file
        self.taken: list[str] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = next(self._file)
        self.taken.append(line)
        return line
