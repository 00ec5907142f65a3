"""The rows of a file that have errors: to be looked at, corrected, and not to be lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ckanext.mxcity.checks.chain import Verdict
from ckanext.mxcity.checks.table import rows_at
from ckanext.mxcity.files import TableReading

#: Rows with errors that a page shows; the file has all of them.
SHOWN = 50


def rows_path(upload: Path, number: int) -> Path:
    """Return where the rows of a table that have errors are kept, beside the upload."""
    return upload.with_suffix(f".rows-{number}.csv")


def rows_with_errors(table: TableReading, path: Path, verdict: Verdict) -> list[dict[str, Any]]:
    """Return the first rows with an error: their place in the file, cells, and wrong columns.

    ``path`` is the canonical CSV that the verdict is about.
    """
    wrong: dict[int, list[str]] = {}
    for error in verdict.report.errors if verdict.report else ():
        if error.row and (error.row in wrong or len(wrong) < SHOWN):
            wrong.setdefault(error.row, []).append(error.column)
    places = {table.canonical_row(row): row for row in wrong}
    return [
        {"row": places[number], "cells": cells, "wrong": wrong[places[number]]}
        for number, cells in sorted(rows_at(path, list(places)).items())
    ]
