"""Text for spreadsheets: what one of them would run as a formula is shown instead.

An apostrophe before a cell is how spreadsheets themselves mark text. It is also put before a cell
that begins with one, so that taking one away always gives back what is stored. Numbers, and columns
of numbers, dates and yes or no, are never touched.
"""

from __future__ import annotations

import re
from typing import Any

MARK = "'"
#: Types of PostgreSQL whose texts a spreadsheet reads as the values that they are.
PLAIN_TYPES = frozenset(
    {"int", "int2", "int4", "int8", "numeric", "float4", "float8", "bool", "date", "time",
     "timestamp", "timestamptz"}
)  # fmt: skip
_SKIPPED = " \t\n\r\f\v\u00a0\ufeff\"'“”‘’"
_RUN = "=+@＝＋－＠-"
#: What begins like a formula and is no plain number; PostgreSQL and Python read it alike.
PATTERN = rf"^(?![+-]?[0-9]+([.,][0-9]+)*\Z)([{MARK}\t\r\n]|[{_SKIPPED}]*[{_RUN}])"  # fmt: skip
_FORMULA = re.compile(PATTERN)


def neutral(value: Any) -> Any:
    """Return a cell as it can be opened: text that begins like a formula gets an apostrophe."""
    if isinstance(value, str) and _FORMULA.match(value):
        return MARK + value
    return value


def expression(column: str, kind: str) -> str:
    """Return the same in SQL, for an expression that gives a column of a type of PostgreSQL."""
    if kind in PLAIN_TYPES:
        return column
    text = f"({column})::text"
    pattern = PATTERN.replace("'", "''")
    return f"CASE WHEN {text} ~ '{pattern}' THEN '''' || {text} ELSE {text} END"
