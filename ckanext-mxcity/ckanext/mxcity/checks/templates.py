"""Empty tables to fill, made from a schema: header, an example, lists of values, dictionary.

No CKAN import: the same template is made at a desk and by a portal.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

#: Rows that the lists of values are offered in.
_ROWS = 10_000
_WIDTH = 22
#: Characters that a cell holds.
_LONGEST = 32_767
#: Characters of a list of values that Excel takes in the cell's rule itself.
_INLINE = 255


def write_csv(schema: dict[str, Any], target: Path) -> None:
    """Write the header and an example as CSV in UTF-8 with the mark that Excel wants."""
    with target.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(field["name"] for field in schema["fields"])
        writer.writerow(field.get("example", "") for field in schema["fields"])


def write_workbook(schema: dict[str, Any], target: Path) -> None:
    """Write the same as a workbook: lists of values to choose from, the dictionary on a sheet."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Datos"
    sheet.freeze_panes = "A2"
    lists = book.create_sheet("Valores")
    for number, field in enumerate(schema["fields"], start=1):
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = _WIDTH
        sheet.cell(1, number, field["name"]).font = Font(bold=True)
        cell = _write(sheet.cell(2, number), field.get("example"))
        if field.get("type", "string") == "string":
            # Text keeps the zeros of codes.
            cell.number_format = "@"
            _write(cell, str(field.get("example", "")))
        if values := field.get("constraints", {}).get("enum"):
            choice = DataValidation(type="list", formula1=_list_of(values, lists))
            sheet.add_data_validation(choice)
            choice.add(f"{letter}2:{letter}{_ROWS}")
    if lists.max_column == 1 and lists["A1"].value is None:
        book.remove(lists)
    _dictionary(book.create_sheet("Diccionario", 1), schema)
    book.save(target)


def _write(cell: Any, value: Any) -> Any:
    """Put a value into a cell; no text of a schema is a formula."""
    cell.value = value
    if cell.data_type == "f":
        cell.data_type = "s"
    return cell


def _list_of(values: list[Any], lists: Any) -> str:
    """Return what Excel offers as a list: the values, or where they are on a sheet of their own."""
    texts = [str(value) for value in values]
    joined = ",".join(texts)
    if len(joined) <= _INLINE and not any("," in text or '"' in text for text in texts):
        return f'"{joined}"'
    column = 1 if lists["A1"].value is None else lists.max_column + 1
    for row, text in enumerate(texts, start=1):
        _write(lists.cell(row, column), text)
    letter = get_column_letter(column)
    return f"={lists.title}!${letter}$1:${letter}${len(texts)}"


def _dictionary(sheet: Any, schema: dict[str, Any]) -> None:
    sheet.append(["Columna", "Título", "Qué contiene", "Tipo", "Obligatoria", "Valores", "Ejemplo"])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for field in schema["fields"]:
        limits = field.get("constraints", {})
        row = sheet.max_row + 1
        told = [
            field["name"],
            field.get("title", ""),
            field.get("description", ""),
            field.get("type", "string"),
            "sí" if limits.get("required") else "no",
            ", ".join(map(str, limits.get("enum", ()))),
            str(field.get("example", "")),
        ]
        for column, value in enumerate(told, start=1):
            _write(sheet.cell(row, column), str(value)[:_LONGEST])
