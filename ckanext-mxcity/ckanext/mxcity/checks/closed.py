"""What the law keeps closed: columns and rows of a schema that may not be public, fail closed.

A schema names them: ``mxcity:closed`` are words that no column's name may have, and ``mxcity:open``
of a field is the pattern of the only values that may be published. Such a table is not published in
part either, and not by leaving its schema out.
"""

from __future__ import annotations

import re
from typing import Any

from ckanext.mxcity.areas import folded
from ckanext.mxcity.table_schemas import list_table_schemas, load_table_schema

COLUMN = "closed-column"
VALUE = "closed"
#: Codes of errors that keep the whole table from being published.
CODES = frozenset({COLUMN, VALUE})
#: Share of a schema's necessary columns by which a table is known, whatever schema was chosen.
ALIKE = 0.6


def closed_columns(header: list[str], schema: dict[str, Any]) -> list[str]:
    """Return the columns whose names have a word that the schema keeps closed."""
    words = set(schema.get("mxcity:closed", ()))
    return [name for name in header if words & set(_words(name))]


def schema_of(header: list[str]) -> dict[str, Any] | None:
    """Return the schema with closed parts that a table is about; of several the nearest."""
    best, most = None, 0
    for name in list_table_schemas():
        schema = load_table_schema(name)
        fields = schema["fields"]
        needed = [field["name"] for field in fields if not field.get("mxcity:optional")]
        found = sum(_column(name, header) is not None for name in needed)
        if "mxcity:closed" in schema and found >= ALIKE * len(needed) and found > most:
            best, most = schema, found
    return best


def only_closed(header: list[str], schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema with nothing but what it keeps closed, for the columns of a table.

    A column that says what may be public and is not there is missing: then nothing may be.
    """
    fields = [
        {
            "name": _column(field["name"], header) or field["name"],
            "mxcity:open": field["mxcity:open"],
        }
        for field in schema["fields"]
        if "mxcity:open" in field
    ]
    known = {field["name"] for field in fields}
    fields += [{"name": name, "mxcity:optional": True} for name in header if name not in known]
    return {"fields": fields, "mxcity:closed": schema["mxcity:closed"]}


def _column(field: str, header: list[str]) -> str | None:
    """The column that holds a field: its words are among those of the name, the key first."""
    wanted = field.split("_")
    found = [name for name in header if _holds(_words(name), wanted)]
    exact = (wanted, [*wanted, "clave"])
    return min(found, key=lambda name: (_words(name) not in exact, len(name)), default=None)


def _holds(words: list[str], wanted: list[str]) -> bool:
    starts = range(len(words) - len(wanted) + 1)
    return any(words[start : start + len(wanted)] == wanted for start in starts)


def _words(name: str) -> list[str]:
    """The words of a name, whether it is written apart, with points or in camelCase."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return re.findall(r"[a-z0-9]+", folded(apart))
