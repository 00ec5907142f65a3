"""The options of tables; nobody else reads them."""

from __future__ import annotations

import ckan.plugins.toolkit as tk

EXCEL_ROWS = "ckanext.mxcity.tables.excel_rows"


def excel_rows() -> int:
    """Return how many rows a workbook for download may hold."""
    return int(tk.config.get(EXCEL_ROWS) or 100_000)
