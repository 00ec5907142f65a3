"""What a sheet shows around the numbers of a column: its unit, where all of them have one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ckanext.mxcity.files.model import Note
from ckanext.mxcity.files.workbooks.seen import letters

_NUMBER = r"(-?){before} ?([0-9]+(?:\.[0-9]+)?) ?{behind}"
#: The currency of the country: a number beside such ones is of it too.
_OWN = {("$", ""), ("MX$", ""), ("$", "MXN"), ("$", "M.N.")}
#: What is shown before and behind a number.
Unit = tuple[str, str]


@dataclass
class ColumnUnits:
    """Takes the one unit of a column off its numbers; different ones stay where they are."""

    units: Mapping[int, set[Unit]]
    #: By column: the unit of all of its numbers, or several.
    one: dict[int, Unit] = field(default_factory=dict)
    several: dict[int, list[str]] = field(default_factory=dict)

    def look(self, rows: Iterable[tuple[int, Sequence[str]]]) -> None:
        """Look at the rows of a body."""
        found: dict[int, dict[Unit, None]] = {column: {} for column in self.units}
        for _, row in rows if self.units else ():
            for column, known in self.units.items():
                if column < len(row) and row[column]:
                    for unit in (*known, ("", "")):
                        if _pattern(unit).fullmatch(row[column]):
                            found[column][unit] = None
        for column, shown in found.items():
            units = [unit for unit in shown if any(unit)]
            alone = len(units) == 1 and (("", "") not in shown or units[0] in _OWN)
            if alone:
                self.one[column] = units[0]
            elif units:
                self.several[column] = [_named(unit) for unit in units]

    def take_off(self, row: list[str]) -> None:
        """Leave the number of each cell whose column has one unit."""
        for column, unit in self.one.items():
            if column < len(row) and (match := _pattern(unit).fullmatch(row[column])):
                row[column] = f"{match[1]}{match[2]}"

    def notes(self, names: Mapping[int, str], titles: Sequence[str]) -> list[Note]:
        """Return what has to be said of it; ``names`` are those of the columns by their place."""
        notes = []
        for column, name in names.items():
            title = (column < len(titles) and titles[column]) or letters(column)
            if column in self.one:
                params = {"column": title, "unit": _named(self.one[column])}
                notes.append(Note("unit-shown", params, name))
            elif column in self.several:
                params = {"column": title, "units": ", ".join(self.several[column])}
                notes.append(Note("units-shown", params, name))
        return notes


def _pattern(unit: Unit) -> re.Pattern[str]:
    before, behind = map(re.escape, unit)
    return re.compile(_NUMBER.format(before=before, behind=behind))


def _named(unit: Unit) -> str:
    return " ".join(filter(None, unit))
