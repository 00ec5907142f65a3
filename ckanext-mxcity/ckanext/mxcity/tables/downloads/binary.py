"""Tables as Excel and Parquet."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

import ckan.plugins.toolkit as tk
import duckdb
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from ckanext.mxcity.ground.excel import escaped
from ckanext.mxcity.tables.downloads.columns import Column

#: Longest text of a cell of Excel.
_CELL = 32_767
#: Whole numbers that Excel shows exactly.
_EXACT = 10**15
#: PostgreSQL's types in Parquet; what is not here is text.
_PARQUET = {
    "int2": "SMALLINT",
    "int4": "INTEGER",
    "int8": "BIGINT",
    "numeric": "DOUBLE",
    "float4": "FLOAT",
    "float8": "DOUBLE",
    "bool": "BOOLEAN",
    "date": "DATE",
    "time": "TIME",
    "timestamp": "TIMESTAMP",
    "timestamptz": "TIMESTAMPTZ",
}
_MEMORY = "200MB"
#: What PostgreSQL writes as CSV, read without guessing: nothing between commas is a null.
_COPY = """
COPY (
    SELECT * FROM read_csv($source, columns = $types, auto_detect = false, header = true,
                           delim = ',', quote = '"', escape = '"')
) TO $target (FORMAT parquet, COMPRESSION zstd)
"""


def write_excel(columns: list[Column], pages: Iterable[list[list[Any]]], target: IO[bytes]) -> None:
    """Write a workbook: the rows on one sheet, what the columns are on another."""
    book = Workbook(write_only=True)
    rows = book.create_sheet(tk._("Data"))
    rows.freeze_panes = "A2"
    rows.append([_bold(rows, column.name) for column in columns])
    for page in pages:
        for row in page:
            rows.append([_cell(rows, value) for value in row])
    dictionary = book.create_sheet(tk._("Dictionary"))
    titles = (tk._("Column"), tk._("Title"), tk._("Type"))
    dictionary.append([_bold(dictionary, title) for title in titles])
    for column in columns:
        texts = (column.name, column.title, column.type)
        dictionary.append([_cell(dictionary, text) for text in texts])
    book.save(target)


def _bold(sheet: Any, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=escaped(text[:_CELL]))
    cell.data_type = "s"
    cell.font = Font(bold=True)
    return cell


def _cell(sheet: Any, value: Any) -> Any:
    """Return a value as Excel takes it: text that begins like a formula stays text."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float) and abs(value) < _EXACT:
        return value
    text = escaped(str(value)[:_CELL])
    if not text.startswith("="):
        return text
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    return cell


def duckdb_types(columns: Iterable[Column]) -> dict[str, str]:
    """Return the types under which DuckDB reads the CSV of a table, by column."""
    return {column.name: _PARQUET.get(column.type, "VARCHAR") for column in columns}


def write_parquet(columns: list[Column], source: Path, target: Path) -> None:
    """Write a Parquet file with the columns' types from the CSV of a table."""
    types = duckdb_types(columns)
    with duckdb.connect(config={"memory_limit": _MEMORY, "threads": 1}) as connection:
        connection.execute(_COPY, {"source": str(source), "types": types, "target": str(target)})
