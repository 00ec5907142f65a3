"""The options of tables; nobody else reads them."""

from __future__ import annotations

import ckan.plugins.toolkit as tk

EXCEL_ROWS = "ckanext.mxcity.tables.excel_rows"
DOWNLOAD_MEGABYTES = "ckanext.mxcity.tables.download_megabytes"
DOWNLOAD_SECONDS = "ckanext.mxcity.tables.download_seconds"
SQL = "ckanext.mxcity.tables.sql"


def excel_rows() -> int:
    """Return how many rows a workbook for download may hold."""
    return int(tk.config.get(EXCEL_ROWS) or 100_000)


def download_megabytes() -> int:
    """Return the largest file that a table is given as, in MB."""
    return int(tk.config.get(DOWNLOAD_MEGABYTES) or 1_000)


def download_seconds() -> int:
    """Return how long such a file may take to make."""
    return int(tk.config.get(DOWNLOAD_SECONDS) or 120)


def sql() -> bool:
    """Tell whether anybody may ask tables in SQL."""
    return tk.asbool(tk.config.get(SQL) or False)
