"""The options of tables; nobody else reads them."""

from __future__ import annotations

import ckan.plugins.toolkit as tk

EXCEL_ROWS = "ckanext.mxcity.tables.excel_rows"
DOWNLOAD_MEGABYTES = "ckanext.mxcity.tables.download_megabytes"
DOWNLOAD_SECONDS = "ckanext.mxcity.tables.download_seconds"
QUOTES_PER_TABLE = "ckanext.mxcity.tables.quotes_per_table"
QUOTES_PER_HOUR = "ckanext.mxcity.tables.quotes_per_hour"
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


def quotes_per_table() -> int:
    """Return how many quoted charts of one table are kept."""
    return int(tk.config.get(QUOTES_PER_TABLE) or 1_000)


def quotes_per_hour() -> int:
    """Return how many new charts one visitor may have kept in an hour."""
    return int(tk.config.get(QUOTES_PER_HOUR) or 60)


def sql() -> bool:
    """Tell whether anybody may ask tables in SQL."""
    return tk.asbool(tk.config.get(SQL) or False)
