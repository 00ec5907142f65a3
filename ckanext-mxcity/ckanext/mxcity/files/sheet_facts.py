"""What has to be said of a sheet beside its values, and which values its merged cells give."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from unidecode import unidecode

from ckanext.mxcity.files.model import Note
from ckanext.mxcity.files.workbooks.seen import Places, Range, Seen, letters

_NAMED = 10
#: Whole numbers that are days from 1954 to 2064, counted as spreadsheets do.
_FIRST_DAY, _LAST_DAY = 20_000, 60_000
_DAYS = re.compile(r"(^|[^a-z])(fecha|fec|dia|date|alta|vencimiento)s?([^a-z]|$)")


class MergedBody:
    """Gives each row of the body the values of the cells that are merged over it.

    Of a column one range counts at a time, so that many ranges cost no more than the columns.
    """

    def __init__(self, merged: Sequence[Range], top: int) -> None:
        self._tall = sorted(m for m in merged if m[0] > top and m[2] > m[0])
        self._wide = sorted(m for m in merged if m[0] > top and m[3] > m[1])
        self._next_tall = self._next_wide = 0
        #: By column: the last row of its range, and the value.
        self._open: dict[int, tuple[int, str]] = {}
        self.filled, self.across = Places(), Places()

    def fill(self, number: int, row: list[str]) -> list[str]:
        """Return a row with the values that reach down into it."""
        while self._next_wide < len(self._wide) and self._wide[self._next_wide][0] <= number:
            top, left, _, _ = self._wide[self._next_wide]
            if top == number and left < len(row) and row[left]:
                self.across.add(number, left)
            self._next_wide += 1
        for column in [column for column, (last, _) in self._open.items() if last < number]:
            del self._open[column]
        for column, (_, value) in self._open.items():
            row.extend([""] * (column + 1 - len(row)))
            if not row[column]:
                row[column] = value
                self.filled.add(number, column)
        while self._next_tall < len(self._tall) and self._tall[self._next_tall][0] <= number:
            top, left, bottom, _ = self._tall[self._next_tall]
            if top == number and left < len(row) and row[left]:
                self._open[left] = bottom, row[left]
            self._next_tall += 1
        return row

    def notes(self, place: str) -> list[Note]:
        """Return how many cells were filled, and which values stand over several columns."""
        return [
            Note(code, {"count": found.count, "row": found.first_row}, place)
            for code, found in (("merged-filled", self.filled), ("merged-across", self.across))
            if found.count
        ]


@dataclass
class ColumnFacts:
    """What is looked for in the columns of a body, only where there is a reason to."""

    titles: Sequence[str]
    percents: set[int]
    #: Columns whose title says that they hold days, until a value is no count of days.
    days: set[int] = field(default_factory=set)
    #: Columns without a title between others, until a value is seen.
    gaps: set[int] = field(default_factory=set)
    _shown: set[int] = field(default_factory=set)
    _plain: dict[int, int] = field(default_factory=dict)
    _first_days: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        named = [place for place, title in enumerate(self.titles) if title]
        if named:
            between = range(named[0], named[-1])
            self.gaps = {place for place in between if not self.titles[place]}
        self.days = {p for p in named if _DAYS.search(unidecode(self.titles[p]).lower())}

    def look(self, number: int, row: Sequence[str]) -> None:
        """Look at a row of the body."""
        for place in self.percents:
            cell = row[place] if place < len(row) else ""
            if cell.endswith("%"):
                self._shown.add(place)
            elif cell:
                self._plain.setdefault(place, number)
        if self.gaps:
            self.gaps -= {place for place in self.gaps if place < len(row) and row[place]}
        for place in [place for place in self.days if place < len(row) and row[place]]:
            cell = row[place]
            if cell.isdecimal() and len(cell) == 5 and _FIRST_DAY <= int(cell) <= _LAST_DAY:
                self._first_days.setdefault(place, int(cell))
            else:
                self.days.discard(place)

    def notes(self, names: Mapping[int, str], place: str, *, since_1904: bool) -> list[Note]:
        """Return what was found; ``names`` are those of the columns by their place."""
        found = []
        for column in sorted(self._shown):
            if column in names:
                name = names[column]
                title = self._title(column)
                found.append(Note("percent-shown", {"column": title}, name))
                if column in self._plain:
                    params = {"column": title, "row": self._plain[column]}
                    found.append(Note("percent-mixed", params, name))
        for column in sorted(self.days & self._first_days.keys()):
            value = self._first_days[column]
            begin = dt.date(1904, 1, 1) if since_1904 else dt.date(1899, 12, 30)
            day = (begin + dt.timedelta(days=value)).isoformat()
            form = "serial-1904" if since_1904 else "serial"
            params = {"column": self._title(column), "value": value, "day": day, "format": form}
            found.append(Note("dates-as-serials", params, names[column]))
        if self.gaps:
            after = max(place for place in self.gaps) + 1
            found.append(Note("side-tables", {"column": self._title(after)}, place))
        return found

    def _title(self, column: int) -> str:
        return (column < len(self.titles) and self.titles[column]) or letters(column)


def notes_of_sheet(seen: Seen, titles: Sequence[str], place: str) -> list[Note]:
    """Return what a sheet carries or lost, and where; ``titles`` are those of all columns."""
    notes = []
    for code, found in (
        ("formulas-without-value", seen.unsaid),
        ("error-cells", seen.errors),
        ("struck-out", seen.struck),
        ("days-early", seen.early),
        ("days-of-1904", seen.days_of_1904),
    ):
        if found.count:
            params = {"count": found.count, "row": found.first_row, "cells": _list(found)}
            notes.append(Note(code, params, place))
    if seen.comments.count:
        params = {"count": seen.comments.count, "cells": _list(seen.comments)}
        notes.append(Note("comments", params, place))
    hidden = [
        column
        for column in range(len(titles))
        if any(first <= column <= last for first, last in seen.hidden_columns)
    ]
    if hidden:
        named = ", ".join(titles[column] or letters(column) for column in hidden[:_NAMED])
        notes.append(Note("hidden-columns", {"count": len(hidden), "names": named}, place))
    if seen.hidden_rows:
        notes.append(Note("hidden-rows", {"count": seen.hidden_rows}, place))
    return notes


def _list(found: Places) -> str:
    return ", ".join(found.named)
