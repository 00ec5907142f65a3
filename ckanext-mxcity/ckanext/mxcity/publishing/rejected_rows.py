"""The rows of a table that have errors: they are shown, and kept as a file to correct."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ckanext.mxcity.checks.chain import Verdict
from ckanext.mxcity.checks.table import rows_at
from ckanext.mxcity.files import TableReading

#: Rows with errors that a page shows; the file has all of them.
SHOWN = 50


def rows_path(upload: Path, number: int) -> Path:
    """Return the path of the file that keeps the rows of a table with errors."""
    return upload.with_suffix(f".rows-{number}.csv")


def rows_with_errors(table: TableReading, path: Path, verdict: Verdict) -> list[dict[str, Any]]:
    """Return the first rows with an error, for a page to show.

    Args:
        table: the table as it was read.
        path: the canonical CSV that was checked.
        verdict: what the checks found in it.

    Returns:
        Of each row its number in the file (``row``), its ``cells``, and the names of the columns
        that are ``wrong``.

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
