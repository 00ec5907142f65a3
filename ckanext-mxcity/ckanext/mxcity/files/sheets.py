"""Workbooks: every sheet with something in it is a table."""

from __future__ import annotations

import csv
import datetime as dt
import zipfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from ckanext.mxcity.files import foot, headers
from ckanext.mxcity.files.headers import clean_names, header_of
from ckanext.mxcity.files.maps.model import named
from ckanext.mxcity.files.model import FileRefused, Limits, Note
from ckanext.mxcity.files.recipes import AS_READ, Recipe
from ckanext.mxcity.files.repeated import Repeated
from ckanext.mxcity.files.sheet_facts import ColumnFacts, MergedBody, notes_of_sheet
from ckanext.mxcity.files.sheet_units import ColumnUnits
from ckanext.mxcity.files.source import Counted, RawTable, one_line_end, refuse_many
from ckanext.mxcity.files.workbooks import Row, Sheet, read_sheets
from ckanext.mxcity.files.workbooks.counting import LONGEST_SHEET
from ckanext.mxcity.files.workbooks.seen import Range, Shown, ShownWhole

#: Whole numbers below it are written with all of their digits.
_LARGEST = 1e22
#: What the number of each row may take while the rows wait.
_NUMBERS = 9 * LONGEST_SHEET

Numbered = tuple[int, list[str]]


def read_workbook(
    path: Path, folder: Path, limits: Limits, recipes: Mapping[str, Recipe] | None = None
) -> tuple[list[RawTable], list[str]]:
    """Return the tables of a workbook, and the names of the sheets that it hides.

    Formulas count as what they last gave, macros never run, hidden sheets are not read.
    """
    recipes = recipes or {}
    if path.stat().st_size > limits.memory_size:
        raise FileRefused("too-large", size=path.stat().st_size, limit=limits.memory_size)
    tables: list[RawTable] = []
    hidden: list[str] = []
    others: list[Note] = []
    bare: list[RawTable] = []  # without a row
    left = limits.written_from(path.stat().st_size)
    for number, sheet in enumerate(read_sheets(path, limits)):
        if sheet.hidden:
            hidden.append(sheet.name)
            continue
        recipe = recipes.get(sheet.name, AS_READ)
        table = _Table(sheet, folder / f"sheet{number}.csv", limits, left, recipe)
        raw = table.read()
        left -= table.size
        if raw and table.size:
            tables.append(raw)
        else:
            others += notes_of_sheet(sheet.seen, (), sheet.name)
            bare += [raw] if raw else []
    if not tables and not bare:
        raise FileRefused("empty")
    others += named("sheets-without-rows", (raw.name for raw in bare)) if tables else []
    tables = tables or bare
    tables[0] = replace(tables[0], notes=(*tables[0].notes, *others))
    return tables, hidden


def has_macros(path: Path) -> bool:
    """Say whether a workbook carries a program."""
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.lower().endswith("vbaproject.bin") for name in archive.namelist())
    except zipfile.BadZipFile:
        return False


class _Table:
    """A sheet on its way to a table.

    Its rows wait in a file as they come: where the header is, which cells are merged and what
    stands below the table is known when they ended.
    """

    def __init__(
        self, sheet: Sheet, target: Path, limits: Limits, most: int, recipe: Recipe
    ) -> None:
        self.name, self.seen = sheet.name, sheet.seen
        self.target, self.limits, self.most, self.recipe = target, limits, most, recipe
        #: Bytes of the table.
        self.size = 0
        self._sheet_rows = sheet.rows
        self._waiting = target.with_suffix(".rows")
        #: Number of the first row with a value; the rows from there on, blank ones too.
        self._base = 0
        self._head: list[list[str]] = []
        self._tail: deque[Numbered] = deque(maxlen=foot.LOOKED_AT)
        #: First column and width of the rows below those of the head.
        self._left = self._width = 0
        self._blanks: list[int] = []

    def read(self) -> RawTable | None:
        """Return the table of a sheet; None if there is nothing in it."""
        self._keep(self._sheet_rows)
        if not self._head:
            return None
        header = self._header()
        self._repeated = Repeated(header, self.recipe.repeated, self._base - 1)
        top = self._base + header.data - 1
        end, notes, below = self._foot(top)
        rows = self._head[header.above :]
        firsts = [_first(row) for row in rows if row]
        left = min([*firsts, self._left] if self._width else firsts)
        width = max([*map(len, rows), self._width])
        titles = list(header.titles) + [""] * (width - len(header.titles))
        kept = self._kept(titles, left, width, top, end)
        names = dict(zip(kept, clean_names([titles[place] for place in kept])[0], strict=True))
        body = MergedBody(self.seen.merged, top)
        facts = ColumnFacts(titles, self.seen.percents)
        self._units = ColumnUnits(self.seen.units)
        self._units.look(self._rows(top, end))
        with self.target.open("wb") as file:
            counted = Counted(file, self.most)
            writer = csv.writer(counted, lineterminator="\n")
            count = self._write(writer, self._rows(top, end), top, kept, body, facts)
        self.size = counted.size
        self._waiting.unlink()
        notes = [
            *header.notes_above(self.name),
            *header.notes(self.name, self._base - 1),
            *self._repeated.notes(self.name, others=count - self._repeated.kept),
            *notes,
            *body.notes(self.name),
            *self._units.notes(names, titles),
            *facts.notes(names, self.name, since_1904=self.seen.since_1904),
            *notes_of_sheet(self.seen, titles, self.name),
        ]
        if left_out := width - left - len(kept):
            notes.append(Note("empty-columns", {"count": left_out}, self.name))
        return RawTable(
            self.name,
            self.target,
            tuple(titles[place] for place in kept),
            top,
            notes=tuple(notes),
            blanks=tuple(self._blanks),
            header=header.place(self._base - 1),
            foot=below,
        )

    def _header(self) -> headers.Header:
        """Return the header, as a person chose it or as it is found."""
        chosen = self.recipe.header
        if chosen:
            first, last = chosen[0] and max(chosen[0] - self._base + 1, 1), chosen[1]
            last = last - self._base + 1
            chosen = first, last if first else max(last, 0)
        return header_of(self._head, chosen, self._merged_head(), self.recipe.repeated)

    def _keep(self, rows: Iterator[Row]) -> None:
        """Write the rows as text into the file where they wait, and look at the first and last."""
        with self._waiting.open("wb") as file:
            writer = csv.writer(Counted(file, self.most + _NUMBERS), lineterminator="\n")
            widest = 0
            for count, (number, cells) in enumerate(rows, start=1):
                row = ["" if cell is None else _WRITTEN[type(cell)](cell) for cell in cells]
                widest = max(widest, len(row))
                refuse_many(count, widest, self.limits)
                writer.writerow([number, *row])
                self._tail.append((number, row))
                self._base = self._base or number
                if number < self._base + headers.LOOKED_AT:
                    self._head += [[] for _ in range(number - self._base - len(self._head))]
                    self._head.append(row)
                else:
                    first = _first(row)
                    self._left = min(self._left, first) if self._width else first
                    self._width = max(self._width, len(row))

    def _merged_head(self) -> list[Range]:
        """Return the merged cells of the head, with its rows counted from 0."""
        base = self._base
        return [
            (first - base, left, last - base, right)
            for first, left, last, right in self.seen.merged
            if base <= first < base + headers.LOOKED_AT
        ]

    def _rows(self, top: int, end: int) -> Iterator[Numbered]:
        """Yield the rows below a row and above another."""
        csv.field_size_limit(1 << 27)
        with self._waiting.open(encoding="utf-8", newline="") as file:
            for number, *row in csv.reader(file):
                if int(number) >= end:
                    return
                if int(number) > top:
                    yield int(number), row

    def _foot(self, top: int) -> tuple[int, list[Note], int]:
        """Return the first row below the table, what is said of its foot, and how long that is."""
        # A row that a value reaches down into is one of the table.
        tall = [(first, last) for first, _, last, _ in self.seen.merged if last > first]
        tail = [(number, row) for number, row in self._tail if number > top]
        chosen = self.recipe.foot
        for place in range(len(tail) - 1, 0, -1) if chosen is None else ():
            if any(first < tail[place][0] <= last for first, last in tall):
                tail = tail[place:]
                break
        some = [*self._head, *(row for _, row in tail)]
        usual = headers.usual_width([sum(map(bool, row)) for row in some])
        end, notes, below = foot.foot_of(
            tail, usual, lambda row: self._rows(top, row), chosen, self.name
        )
        if end is None:
            end = tail[-1][0] + 1 if tail else top + 1
        return end, notes, below

    def _kept(self, titles: Sequence[str], left: int, width: int, top: int, end: int) -> list[int]:
        """Return the columns that have a title or, below the header, a value."""
        empty = {place for place in range(left, width) if not titles[place].strip()}
        if empty:
            for _, row in self._rows(top, end):
                empty -= {place for place in empty if place < len(row) and row[place]}
        return [place for place in range(left, width) if place not in empty] or [left]

    def _write(
        self,
        writer: Any,
        rows: Iterable[Numbered],
        top: int,
        kept: Sequence[int],
        body: MergedBody,
        facts: ColumnFacts,
    ) -> int:
        """Write the rows of data, and count the blank ones among them; return how many."""
        expected, written = top + 1, 0
        for number, found in rows:
            if self._repeated.leaves_out(number, found):
                continue
            blank = number - expected
            if len(self._blanks) + blank > self.limits.blank_rows:
                raise FileRefused("rows-far-apart", row=number, limit=self.limits.blank_rows)
            self._blanks += [written] * blank
            self._units.take_off(found)
            row = body.fill(number, found)
            facts.look(number, row)
            row = row + [""] * (kept[-1] + 1 - len(row))
            writer.writerow([row[place] for place in kept])
            expected, written = number + 1, written + 1
            refuse_many(written, len(kept), self.limits)
        return written


def _first(row: list[str]) -> int:
    """Return the column of the first cell with a value."""
    return next((place for place, cell in enumerate(row) if cell), len(row))


def _number(value: float) -> str:
    # Its digits are those that tell it from others: a computer would add some of its own.
    if not value.is_integer() or abs(value) >= _LARGEST:
        return repr(value)
    return str(int(value)) if abs(value) < 1e15 else str(int(Decimal(repr(value))))


def _moment(value: dt.datetime) -> str:
    midnight = (value.hour, value.minute, value.second, value.microsecond) == (0, 0, 0, 0)
    return value.date().isoformat() if midnight else value.isoformat(sep=" ")


def _length(value: dt.timedelta) -> str:
    """Return a length of time as hours, minutes and seconds, however many hours they are."""
    seconds, sign = abs(value) // dt.timedelta(seconds=1), "-" if value < dt.timedelta() else ""
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


#: By type: a cell as text, whole numbers without a point, days and moments in ISO 8601.
_WRITTEN: dict[type, Callable[[Any], str]] = {
    str: lambda text: one_line_end(text.strip()),
    int: str,
    float: _number,
    Shown: lambda value: value.text,
    ShownWhole: lambda value: value.text,
    bool: lambda value: "true" if value else "false",
    dt.date: dt.date.isoformat,
    dt.time: dt.time.isoformat,
    dt.datetime: _moment,
    dt.timedelta: _length,
}
