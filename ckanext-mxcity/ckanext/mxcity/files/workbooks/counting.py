"""What a workbook gives, and how much of it has been taken."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from ckanext.mxcity.files.model import FileRefused, Limits
from ckanext.mxcity.files.workbooks.seen import Seen

#: A cell; None where it has no value.
Value = None | str | float | bool | dt.date | dt.time | dt.datetime | dt.timedelta
#: Number in the sheet, from 1, and the cells up to the last one with a value.
Row = tuple[int, list[Value]]

#: Rows of the longest sheet that the formats know.
LONGEST_SHEET = 1_048_576


@dataclass(frozen=True)
class Sheet:
    """A sheet: only rows with a value are given, in their order."""

    name: str
    hidden: bool
    rows: Iterator[Row]
    #: What it carries beside its values; whole when the rows ended.
    seen: Seen = field(default_factory=Seen)


class Budget:
    """Counts what is read of a file of ``size`` bytes; FileRefused by the first limit passed."""

    def __init__(self, limits: Limits, size: int, *, clip: bool = False) -> None:
        self.limits = limits
        self.clip = clip
        self._most_unpacked = limits.unpacked_from(size)
        self._most_text = limits.written_from(size)
        self._unpacked = self._cells = self._text = self._shared = self._sheets = 0

    def unpacked(self, size: int) -> None:
        """Count bytes that came out of the archive."""
        self._unpacked += size
        if self._unpacked > self._most_unpacked:
            raise FileRefused("unpacks-too-large", size=self._unpacked)

    def sheet(self) -> None:
        """Count a sheet."""
        self._sheets += 1
        if self._sheets > self.limits.sheets:
            raise FileRefused("too-many-sheets", limit=self.limits.sheets)

    def wants(self, column: int) -> bool:
        """Say whether a cell with a value is read; ``column`` is counted from 0."""
        if column < self.limits.columns:
            return True
        if self.clip:
            return False
        raise FileRefused("too-many-columns", columns=column + 1, limit=self.limits.columns)

    def row(self, number: int, cells: int, text: int) -> None:
        """Count a row: its number in the sheet, its cells, and the characters of their texts."""
        if number > LONGEST_SHEET:
            raise FileRefused("too-many-rows", rows=number, limit=LONGEST_SHEET)
        self._cells += cells
        if self._cells > self.limits.cells:
            raise FileRefused("too-many-cells", cells=self._cells, limit=self.limits.cells)
        self._text += text
        if self._text > self._most_text:
            raise FileRefused("too-much-text", limit=self._most_text)

    def shared(self, size: int) -> None:
        """Count what a shared text takes of memory."""
        self._shared += size
        if self._shared > self.limits.texts:
            raise FileRefused("too-many-texts", limit=self.limits.texts)

    def text(self, size: int) -> None:
        """Look at how many characters a cell has so far."""
        if size > self.limits.cell:
            raise FileRefused("long-cell", limit=self.limits.cell)
