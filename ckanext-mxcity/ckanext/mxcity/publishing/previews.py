"""The first rows of each table, as they are written and as they are published, for a page to show.

They are kept beside the upload, so that a page neither reads the file nor has to hold it.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from ckanext.mxcity.files import FileReading, TableReading
from ckanext.mxcity.files.model import Limits
from ckanext.mxcity.publishing.upload_files import write_whole
from ckanext.mxcity.publishing.uploads import Upload

#: Rows of a table that are kept, rows of a page, and columns that a page shows.
KEPT, PAGE, COLUMNS = 100, 25, 100
#: Characters of a cell.
_LONG = 200
#: Which rows of a table are asked for.
FIRST, CHANGED, WRONG = "primeras", "cambios", "errores"
Cells = list[str]


@dataclass(frozen=True)
class Row:
    """A row of a preview: its cells in the order of the columns of the table."""

    #: Its number in the file.
    number: int
    cells: list[dict[str, Any]]

    @property
    def changed(self) -> bool:
        """Whether something is published otherwise than it is written."""
        return any(cell["changed"] for cell in self.cells)


def keep(upload: Upload, reading: FileReading, written: dict[str, Path]) -> FileReading:
    """Keep the first rows of each table; return the reading with as many as an answer has.

    Args:
        upload: the upload.
        reading: the file, read with ``KEPT`` rows of each table.
        written: by the name of a table, its canonical CSV as it would be published, where there is
            one: by a schema it may be other than it was understood.

    """
    kept = []
    for table in reading.tables:
        published = [list(row) for row in table.published]
        if table.name in written:
            published = _first_rows(table, written[table.name])
        kept.append({"written": table.sample, "published": published})
    write_whole(_path(upload), json.dumps(kept, ensure_ascii=False))
    few = Limits().sample
    tables = (
        replace(table, sample=table.sample[:few], published=table.published[:few])
        for table in reading.tables
    )
    return replace(reading, tables=tuple(tables))


def rows_of(upload: Upload, number: int, table: TableReading, verdicts: list[Any]) -> list[Row]:
    """Return the rows that are kept of a table, with the cells that are wrong in them.

    Args:
        upload: the upload.
        number: of the table.
        table: the table as it was read.
        verdicts: what the checks found in the file.

    """
    try:
        kept = json.loads(_path(upload).read_text(encoding="utf-8"))[number]
    except (FileNotFoundError, IndexError):
        kept = {"written": table.sample, "published": table.published}
    errors = errors_of(table, verdicts)
    pairs = zip(kept["written"], kept["published"], strict=False)
    return [
        _row(table, table.file_row(place), written, published, errors)
        for place, (written, published) in enumerate(pairs, start=2)
    ]


def wrong_rows(table: TableReading, verdicts: list[Any]) -> list[Row]:
    """Return the first rows with a cell that is wrong, wherever in the table they are."""
    errors = errors_of(table, verdicts)
    found: dict[int, Row] = {}
    for verdict in verdicts:
        for row in verdict["rows"] if verdict["table"] == table.name else ():
            cells = _spread(table, row["cells"])
            found.setdefault(row["row"], _row(table, row["row"], cells, cells, errors))
    return [found[number] for number in sorted(found)]


def errors_of(table: TableReading, verdicts: list[Any]) -> dict[tuple[int, str], dict[str, Any]]:
    """Return what is wrong in a table, by the number of the row and the name of the column."""
    found: dict[tuple[int, str], dict[str, Any]] = {}
    for verdict in verdicts:
        if verdict["table"] == table.name and verdict["report"]:
            for error in verdict["report"]["errors"]:
                found.setdefault((error["row"], error["column"]), error)
    return found


def _row(
    table: TableReading,
    number: int,
    written: Iterable[str | None],
    published: Iterable[str | None],
    errors: dict[tuple[int, str], dict[str, Any]],
) -> Row:
    cells = []
    for column, found, made in zip(table.columns, written, published, strict=False):
        before, after = (found or "").strip(), made or ""
        cells.append(
            {
                "text": before if column.left_out else after,
                "written": before,
                "left_out": column.left_out,
                "changed": not column.left_out and before != after,
                "error": errors.get((number, column.name)),
            }
        )
    return Row(number, cells)


def _first_rows(table: TableReading, path: Path) -> list[list[str | None]]:
    """Return the first rows of a canonical CSV, with nothing in the columns that it has not."""
    csv.field_size_limit(1 << 24)
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows, None)
        return [_spread(table, [cell[:_LONG] for cell in row]) for row in islice(rows, KEPT)]


def _spread(table: TableReading, cells: list[str]) -> list[str | None]:
    """Return the cells of the columns that are published in the places of all columns."""
    left = iter(cells)
    return [None if column.left_out else next(left, "") for column in table.columns]


def _path(upload: Upload) -> Path:
    return upload.path.with_suffix(".preview.json")
