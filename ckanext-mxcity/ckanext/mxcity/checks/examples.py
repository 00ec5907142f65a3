"""What a wrong value would be if it were right, where that can be worked out and is proved."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import duckdb

from ckanext.mxcity.checks.rules import rules_of
from ckanext.mxcity.files import keys
from ckanext.mxcity.files.sql import identifier

_DAYS = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d", "%d/%m/%y", "%m/%d/%Y")
_ANSWERS = {"si": "true", "sí": "true", "verdadero": "true", "no": "false", "falso": "false"}


def proven(
    connection: duckdb.DuckDBPyConnection,
    found: Iterable[str | None],
    schema: dict[str, Any],
    name: str,
) -> set[str]:
    """Return those of some values of a column of which its own check says that they are right.

    Args:
        connection: to DuckDB.
        found: the values; None is none.
        schema: a Table Schema, which has the column.
        name: the column.

    """
    asked = sorted({value for value in found if value is not None})
    alone = {key: value for key, value in schema.items() if key != "primaryKey"}
    rules = [rule for rule in rules_of(alone) if rule.column == name and not rule.windowed]
    wrong = " OR ".join(f"coalesce({rule.condition}, false)" for rule in rules) or "false"
    column = identifier(name)
    rows = connection.execute(
        f"SELECT {column} FROM (SELECT unnest(?::VARCHAR[]) AS {column}) WHERE NOT ({wrong})",  # noqa: S608
        [asked],
    ).fetchall()
    return {str(row[0]) for row in rows}


def example(code: str, value: str, field: dict[str, Any]) -> str | None:
    """Return what a value itself tells of its right form, or None.

    Whether it is right, ``proven`` says. Another row's value, or an example of the schema's, is
    right in form and wrong in this row.
    """
    text = value.strip()
    found = None
    if code in ("integer", "number"):
        found = _number(text, code)
    elif code == "date":
        found = _day(text)
    elif code == "boolean":
        found = _ANSWERS.get(text.lower())
    elif code == "area":
        found = _area(text)
    elif code == "enum":
        values = [str(item) for item in field.get("constraints", {}).get("enum", ())]
        near = difflib.get_close_matches(text.lower(), [item.lower() for item in values], 1, 0.6)
        found = next((item for item in values if near and item.lower() == near[0]), None)
    return found


def _number(text: str, code: str) -> str | None:
    bare = re.sub(r"[$%\s\u00a0]", "", text)
    if code == "number" and re.fullmatch(r"[+-]?[1-9]\d{0,2}[,.]\d{3}", bare):
        return None  # a thousand, or one and a bit
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", bare):
        bare = bare.replace(",", "")
    elif re.fullmatch(r"[+-]?(\d{1,3}(\.\d{3})+|\d+),\d+", bare):
        bare = bare.replace(".", "").replace(",", ".")
    if not re.fullmatch(r"[+-]?\d+(\.\d+)?", bare):
        return None
    if code == "integer":
        whole, _, rest = bare.partition(".")
        return whole if not rest.strip("0") else None
    return bare


def _day(text: str) -> str | None:
    day = text.split(" ")[0].split("T")[0]
    found = set()
    for form in _DAYS:
        with suppress(ValueError):
            found.add(dt.datetime.strptime(day, form).date().isoformat())  # noqa: DTZ007  # a day
    # Where day and month can change places nothing is proved.
    return found.pop() if len(found) == 1 else None


def _area(text: str) -> str | None:
    return f"0{text}" if text.isdigit() and len(text) + 1 in keys.LENGTHS else None
