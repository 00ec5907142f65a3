"""``mxcity template``: an empty table to fill, with its dictionary."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import click
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from ckanext.mxcity.table_schemas import UnknownSchemaError, load_table_schema

#: Rows that the lists of values are offered in.
_ROWS = 10_000
_WIDTH = 22


@click.command("template")
@click.argument("schema")
@click.option(
    "--format", "kind", type=click.Choice(["csv", "xlsx"]), default="xlsx", show_default=True
)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Where to write.")
def template(schema: str, kind: str, output: Path | None) -> None:
    """Write a table to fill for SCHEMA: header, a row as an example, and the dictionary."""
    try:
        content = load_table_schema(schema)
    except UnknownSchemaError as unknown:
        raise click.ClickException(f"{schema}: {', '.join(unknown.known)}") from None
    target = output or Path(f"{Path(schema).stem}.{kind}")
    (write_csv if kind == "csv" else write_workbook)(content, target)
    click.echo(str(target))


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
    for number, field in enumerate(schema["fields"], start=1):
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = _WIDTH
        sheet.cell(1, number, field["name"]).font = Font(bold=True)
        cell = sheet.cell(2, number, field.get("example"))
        if field.get("type", "string") == "string":
            # Text keeps the zeros of codes.
            cell.number_format = "@"
            cell.value = str(field.get("example", ""))
        if values := field.get("constraints", {}).get("enum"):
            choice = DataValidation(type="list", formula1=f'"{",".join(map(str, values))}"')
            sheet.add_data_validation(choice)
            choice.add(f"{letter}2:{letter}{_ROWS}")
    _dictionary(book.create_sheet("Diccionario"), schema)
    book.save(target)


def _dictionary(sheet: Any, schema: dict[str, Any]) -> None:
    sheet.append(["Columna", "Título", "Qué contiene", "Tipo", "Obligatoria", "Valores", "Ejemplo"])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for field in schema["fields"]:
        limits = field.get("constraints", {})
        sheet.append(
            [
                field["name"],
                field.get("title", ""),
                field.get("description", ""),
                field.get("type", "string"),
                "sí" if limits.get("required") else "no",
                ", ".join(map(str, limits.get("enum", ()))),
                str(field.get("example", "")),
            ]
        )
