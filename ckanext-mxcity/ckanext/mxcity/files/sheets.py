"""Workbooks: every sheet with something in it is a table."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path
from typing import Any

import python_calamine as calamine

from ckanext.mxcity.files.headers import header_row, join_header
from ckanext.mxcity.files.model import FileRefused, Limits, Note
from ckanext.mxcity.files.source import RawTable, refuse_wide, write_rows

_TOTALS = ("total", "totales", "total general", "suma", "gran total", "promedio")


def read_workbook(path: Path, folder: Path, limits: Limits) -> tuple[list[RawTable], list[str]]:
    """Return the tables of a workbook, and the names of the sheets that it hides.

    Formulas count as what they last gave, macros never run, hidden sheets are not read.
    """
    if path.stat().st_size > limits.memory_size:
        raise FileRefused("too-large", size=path.stat().st_size, limit=limits.memory_size)
    try:
        book = calamine.load_workbook(str(path))
    except calamine.PasswordError as error:
        raise FileRefused("password") from error
    except (calamine.CalamineError, ValueError, OSError) as error:
        raise FileRefused("broken-workbook") from error
    tables, hidden = [], []
    for number, sheet in enumerate(book.sheets_metadata):
        if sheet.visible != calamine.SheetVisibleEnum.Visible:
            hidden.append(sheet.name)
            continue
        try:
            rows = book.get_sheet_by_index(number).to_python(skip_empty_area=False)
        except (calamine.CalamineError, ValueError, OSError) as error:
            raise FileRefused("broken-workbook") from error
        table = _table(sheet.name, rows, folder / f"sheet{number}.csv", limits)
        if table:
            tables.append(table)
    if not tables:
        raise FileRefused("empty")
    return tables, hidden


def has_macros(path: Path) -> bool:
    """Say whether a workbook carries a program."""
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.lower().endswith("vbaproject.bin") for name in archive.namelist())
    except zipfile.BadZipFile:
        return False


def _table(name: str, rows: list[list[Any]], target: Path, limits: Limits) -> RawTable | None:
    text = [[_written(cell) for cell in row] for row in rows]
    while text and not any(text[-1]):
        text.pop()
    if not text:
        return None
    first = header_row(text)
    titles, _ = join_header(text, first)
    width = max((number + 1 for row in text for number, cell in enumerate(row) if cell), default=0)
    refuse_wide(width, limits)
    titles = (titles + [""] * width)[:width]
    left = next(
        (
            number
            for number in range(width)
            if any(cell for row in text for cell in row[number : number + 1])
        ),
        0,
    )
    below = text[first + 1 :]
    body = [row[left:] for row in below if any(row)]
    blanks = tuple(
        number - sum(not any(row) for row in below[:number])
        for number, row in enumerate(below)
        if not any(row)
    )
    notes = []
    if first:
        notes.append(Note("title-rows", {"rows": first}, name))
    body, totals = _without_totals(body)
    if totals:
        notes.append(Note("totals-left-out", {"rows": totals}, name))
    write_rows(body, width - left, target)
    return RawTable(
        name, target, tuple(titles[left:]), first + 1, notes=tuple(notes), blanks=blanks
    )


def _without_totals(rows: list[list[str]]) -> tuple[list[list[str]], int]:
    """Leave out the rows at the end that add up the others."""
    kept = len(rows)
    while (
        kept > 1
        and next((cell for cell in rows[kept - 1] if cell), "").strip(" :").lower() in _TOTALS
    ):
        kept -= 1
    return rows[:kept], len(rows) - kept


def _written(value: Any) -> str:
    """Return a cell as text: whole numbers without a point, days and moments in ISO 8601."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        midnight = (value.hour, value.minute, value.second, value.microsecond) == (0, 0, 0, 0)
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    if isinstance(value, dt.timedelta):
        return str(value)
    return str(value).strip() if not isinstance(value, dt.date | dt.time) else value.isoformat()
