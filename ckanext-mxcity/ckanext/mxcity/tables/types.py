"""Give the columns of a loaded table their types, after looking at every value.

The loader copies all columns as text, which never fails; the database then says which columns
hold nothing but numbers or dates. Codes stay text: what begins with a zero, what is too long to
be exact in a browser, and what its name calls a key.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from unidecode import unidecode

#: Types in the order in which they are tried, and what every value then looks like. Fifteen
#: digits are what a browser's numbers hold exactly.
PATTERNS = {
    "numeric": r"^-?(0|[1-9][0-9]{0,14})([.][0-9]{1,12})?$",
    "date": r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
    "timestamp": r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?$",
}
#: Words of a column's name that make it a key: INEGI's own columns among them.
_KEYS = frozenset(
    (
        *("ageb", "clave", "claves", "clee", "codigo", "codigos", "cp", "curp", "cve", "cvegeo"),
        *("entidad", "expediente", "folio", "id", "loc", "localidad", "manzana", "mun"),
        *("municipio", "mza", "rfc", "telefono", "telefonos"),
    )
)
_LOCK_SECONDS = 15


def is_key(name: str) -> bool:
    """Say whether a column's name says that it holds codes: ``cve_ent``, ``CVEGEO``, ``Código``."""
    plain = unidecode(re.sub(r"(?<=[a-záéíóúñ])(?=[A-Z])", "_", name)).lower()
    words = re.findall(r"[a-z]+", plain)
    return any(word in _KEYS or word.startswith("cve") for word in words[:1] + words[-1:])


def candidates(fields: Iterable[Mapping[str, Any]]) -> list[str]:
    """Name the text columns that may have another type: no keys, none that a person has typed."""
    return [
        field["id"]
        for field in fields
        if field["type"] == "text"
        and not is_key(field["id"])
        and not (field.get("info") or {}).get("type_override")
    ]


def convert(engine: sa.Engine, table: str, fields: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Change the types of the columns whose every value allows it; return the new types.

    A column that the database refuses after all, as for the 30th of February, stays text.
    SQLAlchemyError where the table cannot be read or locked; nothing is changed then.
    """
    columns = candidates(fields)
    if not columns:
        return {}
    with engine.begin() as connection:
        connection.execute(sa.text(f"SET LOCAL lock_timeout = '{_LOCK_SECONDS}s'"))
        found = _types(connection, table, columns)
        numbers = [column for column, kind in found.items() if kind == "numeric"]
        groups = [numbers, *([column] for column in found if column not in numbers)]
        return {
            column: found[column]
            for group in groups
            if group and _alter(connection, table, {name: found[name] for name in group})
            for column in group
        }


def _types(connection: sa.Connection, table: str, columns: list[str]) -> dict[str, str]:
    """Read the whole table once; the type of each column that has one."""
    tests = [
        sa.func.bool_and(sa.func.nullif(sa.column(name), "").op("~")(pattern))
        for name in columns
        for pattern in PATTERNS.values()
    ]
    row = connection.execute(sa.select(*tests).select_from(sa.table(table))).one()
    kinds = list(PATTERNS)
    found = {}
    for number, name in enumerate(columns):
        answers = row[number * len(kinds) : (number + 1) * len(kinds)]
        if True in answers:
            found[name] = kinds[list(answers).index(True)]
    return found


def _alter(connection: sa.Connection, table: str, types: Mapping[str, str]) -> bool:
    """Change columns in one rewriting of the table; False if the database refuses a value."""
    quote = connection.dialect.identifier_preparer.quote_identifier
    changes = ", ".join(
        f"ALTER COLUMN {quote(name)} TYPE {kind} USING nullif({quote(name)}, '')::{kind}"
        for name, kind in types.items()
    )
    statement = f"ALTER TABLE {quote(table)} {changes}"
    try:
        with connection.begin_nested():
            connection.exec_driver_sql(statement)
    except sa.exc.DataError:
        return False
    return True
