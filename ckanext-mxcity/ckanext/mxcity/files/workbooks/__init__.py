"""Workbooks as streams of rows: the one reader of Excel's and OpenDocument's sheets.

Growth is counted while a workbook is read. Nothing that it declares is believed or reserved:
dimensions, counts, sizes of parts, repetitions and places only move a number, and a cell without
a value takes nothing. Formulas count as what they last gave, macros never run.

Used by the files that clerks send, by the DataHub's tables and by harvested inventories.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ckanext.mxcity.files.model import DEFAULT, FileRefused, Limits
from ckanext.mxcity.files.workbooks.counting import Budget, Row, Sheet, Value

__all__ = ["Row", "Sheet", "Value", "read_sheets"]

_ZIP = b"PK"


def read_sheets(
    source: Path | BinaryIO, limits: Limits = DEFAULT, *, clip: bool = False
) -> Iterator[Sheet]:
    """Yield the sheets of an xlsx, xlsm, ods or xls in their order, hidden ones too.

    The rows of a sheet are read while they are asked for, before the next sheet is; the file is
    closed when the last sheet was taken, or with this iterator.

    Args:
        source: the file, or its content as a binary stream.
        limits: what it may hold.
        clip: leave out what lies beyond ``limits.columns`` instead of refusing the file.

    Raises:
        FileRefused: damaged, protected, or larger than a limit.

    """
    opened = source.open("rb") if isinstance(source, Path) else source
    try:
        start = opened.read(4)
        size = opened.seek(0, io.SEEK_END)
        opened.seek(0)
        budget = Budget(limits, size, clip=clip)
        if not start.startswith(_ZIP):
            if size > limits.memory_size:
                raise FileRefused("too-large", size=size, limit=limits.memory_size)
            from ckanext.mxcity.files.workbooks.xls import xls_sheets

            yield from xls_sheets(opened, budget)
            return
        from ckanext.mxcity.files.workbooks.package import Package

        with Package(opened, budget) as package:
            if package.has("content.xml"):
                from ckanext.mxcity.files.workbooks.ods import ods_sheets

                yield from ods_sheets(package, budget)
            elif package.has("xl/workbook.xml"):
                from ckanext.mxcity.files.workbooks.xlsx import xlsx_sheets

                yield from xlsx_sheets(package, budget)
            else:
                raise FileRefused("broken-workbook")
    finally:
        if opened is not source:
            opened.close()
