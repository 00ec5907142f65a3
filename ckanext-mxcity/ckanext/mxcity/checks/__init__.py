"""Check a table against its schema.

No CKAN import: a desk without a portal gets the same verdict.
"""

from __future__ import annotations

from ckanext.mxcity.checks.model import CellError, CheckReport
from ckanext.mxcity.checks.table import check_table, split_table

__all__ = ["CellError", "CheckReport", "check_table", "split_table"]
