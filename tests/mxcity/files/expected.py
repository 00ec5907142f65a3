"""What a test expects of a file: its table as it is published, and what is said of it."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ckanext.mxcity.files import FileReading, FileRefused
from ckanext.mxcity.files.reading import read_file, write_table

#: By code, the parameters of a note that matter; those of the same code, in the order of the file.
Said = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Table:
    """A table by its columns, with their types, and some of its rows by their number, from 0."""

    rows: int
    #: ``name:type``, without a type where it is text.
    columns: str
    #: A row as it is published, its cells divided by ``|``.
    cells: dict[int, str]
    name: str = ""


@dataclass(frozen=True)
class Expected:
    """The tables of a file, and all that is said of the file, its tables and their columns."""

    tables: tuple[Table, ...] = ()
    said: Said = field(default_factory=dict)
    #: Whether the file holds what nobody looked at.
    carries_more: bool = False
    #: Why the file is refused, and the parameters that matter.
    refused: str = ""
    params: dict[str, Any] = field(default_factory=dict)


def one(rows: int, columns: str, cells: dict[int, str], **said: Any) -> Expected:
    """A file of one table, of which there is this to say: a note, or several of a code."""
    notes = {
        code.replace("_", "-"): params if isinstance(params, list) else [params]
        for code, params in said.items()
        if code != "carries_more"
    }
    return Expected((Table(rows, columns, cells),), notes, bool(said.get("carries_more")))


def refused(code: str, **params: Any) -> Expected:
    """A file that is not taken."""
    return Expected(refused=code, params=params)


def compare(path: Path, expected: Expected, folder: Path) -> None:
    """Read a file, write its tables, and compare all of it with what is expected."""
    try:
        reading = read_file(path, path.name)
    except FileRefused as error:
        found = error
    else:
        _compare_tables(path, reading, expected, folder)
        return
    shown = {key: found.params.get(key) for key in expected.params}
    assert (found.code, shown) == (expected.refused, expected.params)


def _compare_tables(path: Path, reading: FileReading, expected: Expected, folder: Path) -> None:
    assert not expected.refused, f"read, not refused: {reading.tables[0]}"
    assert _without_detail(said_of(reading), expected.said) == expected.said
    assert reading.carries_more == expected.carries_more
    assert len(reading.tables) == len(expected.tables)
    for table, wanted in zip(reading.tables, expected.tables, strict=True):
        kinds = [c.name + (f":{c.type}" if c.type != "string" else "") for c in table.columns]
        assert " ".join(kinds) == wanted.columns
        assert wanted.name in ("", table.name)
        target = folder / "table.csv"
        assert write_table(path, path.name, table.name, target) == table.row_count == wanted.rows
        header, *rows = written(target)
        assert header == [column.name for column in table.columns]
        found = {number: "|".join(rows[number]) for number in wanted.cells}
        assert found == wanted.cells
        assert [[cell or "" for cell in row] for row in table.published] == rows[:20]


def written(path: Path) -> list[list[str]]:
    """The rows of a canonical CSV, its header first."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def said_of(reading: FileReading) -> Said:
    """All notes of a file by their code."""
    found: Said = {}
    tables = reading.tables
    notes = [*reading.notes, *(note for table in tables for note in table.notes)]
    notes += [note for table in tables for column in table.columns for note in column.notes]
    for note in notes:
        found.setdefault(note.code, []).append(note.params)
    return found


def _without_detail(said: Said, wanted: Said) -> Said:
    """Leave the parameters out that nothing is expected of."""
    return {
        code: [
            {key: value for key, value in params.items() if key in kept}
            for params, kept in zip(
                found, [*wanted.get(code, []), *[{}] * len(found)], strict=False
            )
        ]
        for code, found in said.items()
    }
