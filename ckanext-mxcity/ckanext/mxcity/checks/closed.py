"""What the law keeps closed: columns, rows and cells of a schema that may not be public.

Fail closed. A schema names them: no column's name may have one of the words of ``mxcity:closed``,
and no cell an RFC or a CURP; ``mxcity:open`` of a field is the pattern of the only values that may
be published. Such a table is not published in part either, and not by leaving its schema out: it is
known by its columns, or by ``mxcity:marks``, of which each has to fit one of them.
"""

from __future__ import annotations

import re
from typing import Any

from ckanext.mxcity.checks.table_schemas import list_table_schemas, load_table_schema
from ckanext.mxcity.ground.messages import N_
from ckanext.mxcity.ground.text import folded

#: What is told by a way that does not check the rows of a table, with the ``title`` of its schema.
PUBLISH_ELSEWHERE = N_(
    "This is a table of “{title}”, of which the law keeps parts closed. Publish it at "
    "/publicar: its columns and rows are checked there first."
)
COLUMN = "closed-column"
VALUE = "closed"
MISSING = "closed-missing"
PERSON = "closed-person"
#: Codes of errors that keep the whole table from being published.
CODES = frozenset({COLUMN, VALUE, MISSING, PERSON})
#: Share of a schema's necessary columns by which a table is known, whatever schema was chosen.
ALIKE = 0.6
_DAY = "[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])"
#: An RFC of a person or a CURP, anywhere in a cell in capital letters.
_IDENTITY = rf"\b[A-ZÑ&]{{4}}{_DAY}([A-Z0-9]{{3}}|[HMX][A-Z]{{5}}[A-Z0-9][0-9])\b"
#: The RFC of a company: so much like a file number that columns of these are not looked at.
_COMPANY = rf"\b[A-ZÑ&]{{3}}{_DAY}[A-Z0-9]{{3}}\b"


def closed_columns(header: list[str], schema: dict[str, Any]) -> list[str]:
    """Return the columns whose names say something that the schema keeps closed."""
    shut = schema.get("mxcity:closed", ())
    return [name for name in header if any(word in text for word in shut for text in _words(name))]


def identity_of(field: dict[str, Any]) -> str:
    """Return the pattern of what no cell of a column may hold, in a schema with closed parts."""
    return f"{_IDENTITY}|{_COMPANY}" if field.get("mxcity:extra") else _IDENTITY


def schema_of(header: list[str]) -> dict[str, Any] | None:
    """Return the schema with closed parts that a table is about; of several the nearest."""
    best, most = None, 0.0
    for name in list_table_schemas():
        schema = load_table_schema(name)
        if "mxcity:closed" in schema and (alike := _alike(header, schema)) > most:
            best, most = schema, alike
    return best


def _alike(header: list[str], schema: dict[str, Any]) -> float:
    """Return how many columns of a schema a table has; 0 if it is about something else."""
    needed = [field["name"] for field in schema["fields"] if not field.get("mxcity:optional")]
    found = sum(_column(name, header) is not None for name in needed)
    names = [" ".join(_words(name)) for name in header]
    marks = schema.get("mxcity:marks", ())
    marked = bool(marks) and all(any(re.search(mark, name) for name in names) for mark in marks)
    return found + 0.5 if marked else found if found >= ALIKE * len(needed) else 0


def only_closed(header: list[str], schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema with nothing but what it keeps closed, for the columns of a table.

    A column that says what may be public and is not there is missing: then nothing may be.
    """
    fields = [
        {**_kept(field), "name": _column(field["name"], header) or field["name"]}
        for field in schema["fields"]
        if "mxcity:open" in field
    ]
    # Of a column that is closed itself no cell has to be looked at.
    known = {*(field["name"] for field in fields), *closed_columns(header, schema)}
    own = {_column(field["name"], header) for field in schema["fields"]}
    fields += [
        {"name": name, "mxcity:optional": True, "mxcity:extra": name not in own}
        for name in header
        if name not in known
    ]
    return {"fields": fields, "mxcity:closed": schema["mxcity:closed"]}


def _kept(field: dict[str, Any]) -> dict[str, Any]:
    return {key: field[key] for key in ("mxcity:open", "mxcity:optional") if key in field}


def _column(field: str, header: list[str]) -> str | None:
    """Return the column that holds a field: the name of the column has the words of the field."""
    wanted = field.split("_")
    found = [name for name in header if _holds(_words(name), wanted)]
    exact = (wanted, [*wanted, "clave"])
    return min(found, key=lambda name: (_words(name) not in exact, len(name)), default=None)


def _holds(words: list[str], wanted: list[str]) -> bool:
    starts = range(len(words) - len(wanted) + 1)
    return any(words[start : start + len(wanted)] == wanted for start in starts)


def _words(name: str) -> list[str]:
    """Return the words of a name, whether it is written apart, with points or in camelCase.

    Letters that stand alone are one word: ``R.F.C.`` is ``rfc``.
    """
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    words = " ".join(re.findall(r"[a-z0-9]+", folded(apart)))
    return re.sub(r"\b(?:[a-z] )+[a-z]\b", lambda found: found[0].replace(" ", ""), words).split()
