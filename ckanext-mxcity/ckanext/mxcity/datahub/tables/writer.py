"""Writing a table so that reading it again changes nothing. No CKAN import."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ckanext.mxcity.datahub.tables.columns import Column
from ckanext.mxcity.datahub.tables.reader import FORMULA_SIGNS
from ckanext.mxcity.ground.excel import escaped

Value = Any
Line = Mapping[Column, Value]


def as_csv(columns: Sequence[Column], lines: Iterable[Line]) -> bytes:
    """Return a table as CSV in UTF-8, with the mark by which spreadsheets know it.

    Hardened against cells that a spreadsheet would run as a formula.
    """
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow([column.heading for column in columns])
    for line in lines:
        writer.writerow([_guarded(_told(column, line.get(column))) for column in columns])
    return target.getvalue().encode("utf-8-sig")


def as_excel(columns: Sequence[Column], lines: Iterable[Line], title: str) -> bytes:
    """Return a table as an Excel workbook of one sheet; every cell is text, number or date."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"

    def cell(value: Value, bold: bool = False) -> Any:
        made = WriteOnlyCell(sheet, value=escaped(value) if isinstance(value, str) else value)
        if isinstance(value, str):
            made.data_type = "s"
        if isinstance(value, dt.date):
            made.number_format = "dd/mm/yyyy"
        if bold:
            made.font = Font(bold=True)
        return made

    sheet.append([cell(column.heading, bold=True) for column in columns])
    for line in lines:
        told = (_told(column, line.get(column), typed=True) for column in columns)
        sheet.append([cell(value) for value in told])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _told(column: Column, value: Value, typed: bool = False) -> Value:
    """Return the content of a cell: the label of a value, Sí or No, a date as dd/mm/yyyy."""
    if value is None:
        return None if typed else ""
    kind = column.field.type if column.field else "text"
    if kind == "choice" and column.field:
        choice = column.field.find_choice(str(value))
        return choice.label() if choice else str(value)
    if kind == "boolean":
        return "Sí" if value else "No"
    if kind == "date":
        return value if typed else f"{value:%d/%m/%Y}"
    if kind == "rows":
        return ", ".join(value)
    return value if typed and isinstance(value, int) else str(value)


def _guarded(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text
