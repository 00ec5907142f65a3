"""What happens in the room: a statement of a stranger over copies of tables. No CKAN import.

The room itself has no network, no secret, and no file but the copies. DuckDB is locked besides: it
opens nothing but them, and its settings stay as they are.
"""

from __future__ import annotations

import decimal
import json
import os
import uuid
from collections.abc import Mapping
from typing import Any

from ckanext.mxcity.tables.sql.engine import of_the_engine, tree_of

#: What DuckDB may use: memory for what it holds, and the disk of the room for what it puts aside.
MEMORY, SPILL, THREADS = "400MB", "1GB", 2
#: Characters of a cell of the answer.
CELL = 20_000
#: Names under which the copies are given.
COPY = "copy-{}"
#: What the names of DuckDB's types of moments, days, hours and spans have in them.
_MOMENTS = ("DATE", "TIME", "INTERVAL")
#: A copy is what PostgreSQL writes: nothing between commas is a null, two quotes are an empty text.
_VIEW = """
CREATE VIEW {name} AS SELECT * FROM read_csv(
    {path}, columns = {types}, auto_detect = false, header = false, delim = ',', quote = '"',
    escape = '"', allow_quoted_nulls = false, max_line_size = 4000000, buffer_size = 16000000
)
"""


def answer(
    query: str, tables: list[list[Any]], most: int, cell: int = CELL, **copies: str
) -> dict[str, Any]:
    """Return what a statement gives: ``columns`` (name and type), ``rows``, ``more``; or ``error``.

    Args:
        query: one statement that reads.
        tables: of each copy the names that it goes by, and the DuckDB types by column.
        most: rows of the answer; ``more`` tells that there are others.
        cell: characters of a text; "…" is where there are others.
        copies: their paths, by name: see ``COPY``.

    """
    import duckdb

    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": MEMORY,
        "threads": THREADS,
        "max_temp_directory_size": SPILL,
    }
    with duckdb.connect(config=settings) as connection:
        for number, (names, types) in enumerate(tables):
            for name in names:
                view = _VIEW.format(
                    name=_quoted(name, '"'),
                    path=_quoted(copies[COPY.format(number)], "'"),
                    types=_types(types),
                )
                connection.execute(view)
        _lock(connection, list(copies.values()))
        try:
            statements = connection.extract_statements(query)
            if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
                return {"error": "kind"}
            if of_the_engine(tree_of(connection, statements[0].query), set(names_of(tables))):
                return {"error": "engine"}
            found = connection.sql(statements[0])
            described = [(str(n), str(k)) for n, k in zip(found.columns, found.types, strict=True)]
            kinds = [kind for _, kind in described]
            written = ", ".join(_written(place, kind) for place, kind in enumerate(kinds, 1))
            rows = found.project(written).limit(most + 1).fetchall()
        except duckdb.OutOfMemoryException:
            return {"error": "memory"}
        except duckdb.Error as error:
            return {"error": "refused", "reason": _reason(error)}
        except (OverflowError, ValueError):
            return {"error": "value"}
    return {
        "columns": described,
        "rows": [
            [_bounded(_plain(value, kind), cell) for value, kind in zip(row, kinds, strict=True)]
            for row in rows[:most]
        ],
        "more": len(rows) > most,
    }


def names_of(tables: list[list[Any]]) -> list[str]:
    """Return all names by which the copies go."""
    return [name for names, _ in tables for name in names]


def _lock(connection: Any, paths: list[str]) -> None:
    """Let DuckDB open the copies and nothing else, for good."""
    work = os.environ.get("TMPDIR", "/tmp")  # noqa: S108  # of the room
    connection.execute(f"SET temp_directory = {_quoted(f'{work}/spill', chr(39))}")
    listed = ", ".join(_quoted(path, "'") for path in paths)
    connection.execute(f"SET allowed_paths = [{listed}]")
    for setting in (
        "autoinstall_known_extensions = false",
        "autoload_known_extensions = false",
        "allow_community_extensions = false",
        "enable_external_access = false",
        "lock_configuration = true",
    ):
        connection.execute(f"SET {setting}")


def _types(types: Mapping[str, str]) -> str:
    told = (f"{_quoted(name, chr(39))}: {_quoted(kind, chr(39))}" for name, kind in types.items())
    return "{" + ", ".join(told) + "}"


def _quoted(text: str, mark: str) -> str:
    return mark + text.replace(mark, mark * 2) + mark


def _written(place: int, kind: str) -> str:
    """Return the column at a place, moments as DuckDB writes them.

    Python's have no infinity, no year before 1 or after 9999, and no months.
    """
    if not any(word in kind for word in _MOMENTS):
        return f"#{place}"
    return f"to_json(#{place})" if _is_nested(kind) else f"CAST(#{place} AS VARCHAR)"


def _is_nested(kind: str) -> bool:
    return "[" in kind or "(" in kind


def _reason(error: Exception) -> str:
    """Return what DuckDB says, without the paths of the room."""
    text = str(error).split("\n\nLINE", 1)[0]
    return "(…)" if "copy-" in text or os.environ.get("TMPDIR", "\0") in text else text[:500]


def _plain(value: Any, kind: str = "") -> Any:
    """Return a value as JSON has it; what JSON has not is text."""
    if isinstance(value, str) and kind.startswith("TIMESTAMP") and not _is_nested(kind):
        return value.replace(" ", "T", 1)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < 1 << 53 else str(value)
    if isinstance(value, float):
        # Fifteen digits are what a number of this kind holds of what was written.
        return float(f"{value:.15g}") if abs(value) < float("inf") else str(value)
    if isinstance(value, decimal.Decimal):
        return f"{value:f}"
    if isinstance(value, str | uuid.UUID):
        return str(value)
    return json.dumps(value, default=str, ensure_ascii=False)


def _bounded(value: Any, most: int) -> Any:
    if isinstance(value, str) and len(value) > most:
        return f"{value[:most]}…"
    return value
