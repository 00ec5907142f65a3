"""Read an uploaded table in the reading room, a child process; the actions call this module."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ckanext.mxcity import room
from ckanext.mxcity.datahub.tables import reader
from ckanext.mxcity.datahub.tables.columns import columns
from ckanext.mxcity.datahub.tables.reader import MAX_BYTES, Cell, Row, Table, TableError

#: A request waits for it.
_BOUNDS = room.Bounds(
    seconds=30, cpu_seconds=30, memory=room.GiB, disk=10 * room.MiB, answer=40 * room.MiB
)
_MOMENTS: dict[str, Any] = {"date": dt.date, "datetime": dt.datetime, "time": dt.time}


def read_table(name: str, content: bytes) -> Table:
    """Read a file as one of the tables.

    Args:
        name: a key of ``columns.TABLES``.
        content: the whole file.

    Raises:
        TableError: it is too large, broken, or no row has headings of that table.

    """
    with TemporaryDirectory(prefix="mxcity-") as folder:
        path = Path(folder) / "sent"
        path.write_bytes(content[: MAX_BYTES + 1])
        try:
            told = room.run(f"{__name__}:inside", {"name": name}, files={"file": path},
                            bounds=_BOUNDS)  # fmt: skip
        except room.RoomFailed as error:
            raise TableError("unfinished") from error
    if "reason" in told:
        raise TableError(told["reason"], **told["details"])
    every = columns(name)
    places = [every[number] for number in told["columns"]]
    rows = [
        Row(number, dict(zip(places, map(_cell, cells), strict=False)))  # a row may end early
        for number, cells in told["rows"]
    ]
    return Table(name, tuple(places), tuple(told["ignored"]), rows)


def inside(name: str, file: str) -> dict[str, Any]:
    """Read the file, inside; columns are told by their number."""
    try:
        table = reader.read_table(name, Path(file).read_bytes())
    except TableError as error:
        return {"reason": error.reason, "details": error.details}
    numbers = {column: number for number, column in enumerate(columns(name))}
    return {
        "columns": [numbers[column] for column in table.columns],
        "ignored": table.ignored,
        "rows": [
            (
                row.number,
                [_told(row.cells[column]) for column in table.columns if column in row.cells],
            )
            for row in table.rows
        ],
    }


def _told(cell: Cell) -> Any:
    """Return a cell as JSON can hold it: a moment as a pair of its kind and its text."""
    for kind in ("datetime", "date", "time"):
        if isinstance(cell, _MOMENTS[kind]):
            return kind, cell.isoformat()
    return str(cell) if isinstance(cell, dt.timedelta) else cell


def _cell(told: str | float | Sequence[str] | None) -> Cell:
    if isinstance(told, list):
        return _MOMENTS[told[0]].fromisoformat(told[1])
    return told
