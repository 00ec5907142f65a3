"""What happens in the room: a statement of a stranger over copies of tables. No CKAN import.

The room itself has no network, no secret, and no file but the copies. DuckDB is locked besides: it
opens nothing but them, and its settings stay as they are.
"""

from __future__ import annotations

import datetime as dt
import decimal
import json
import os
import uuid
from collections.abc import Mapping
from typing import Any

#: What DuckDB may use: memory for what it holds, and the disk of the room for what it puts aside.
MEMORY, SPILL, THREADS = "400MB", "1GB", 2
#: Characters of a cell of the answer.
CELL = 20_000
#: Names under which the copies are given.
COPY = "copy-{}"
#: A copy is what PostgreSQL writes: nothing between commas is a null, two quotes are an empty text.
_VIEW = """
CREATE VIEW {name} AS SELECT * FROM read_csv(
    {path}, columns = {types}, auto_detect = false, header = false, delim = ',', quote = '"',
    escape = '"', allow_quoted_nulls = false, max_line_size = 4000000, buffer_size = 16000000
)
"""


def answer(query: str, tables: list[list[Any]], most: int, **copies: str) -> dict[str, Any]:
    """Return what a statement gives: ``columns`` (name and type), ``rows``, ``more``; or ``error``.

    Args:
        query: one statement that reads.
        tables: of each copy the names that it goes by, and the DuckDB types by column.
        most: rows of the answer; ``more`` tells that there are others.
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
            found = connection.execute(statements[0])
            described = [(str(one[0]), str(one[1])) for one in found.description or ()]
            rows = found.fetchmany(most + 1)
        except duckdb.OutOfMemoryException:
            return {"error": "memory"}
        except duckdb.Error as error:
            return {"error": "refused", "reason": _reason(error)}
    return {
        "columns": described,
        "rows": [[_plain(value) for value in row] for row in rows[:most]],
        "more": len(rows) > most,
    }


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


def _reason(error: Exception) -> str:
    """Return what DuckDB says, without the paths of the room."""
    text = str(error).split("\n\nLINE", 1)[0]
    return "(…)" if "copy-" in text or os.environ.get("TMPDIR", "\0") in text else text[:500]


def _plain(value: Any) -> Any:
    """Return a value as JSON has it; what JSON has not is text, as long as a cell may be."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < 1 << 53 else str(value)
    if isinstance(value, float):
        # Fifteen digits are what a number of this kind holds of what was written.
        return float(f"{value:.15g}") if abs(value) < float("inf") else str(value)
    if isinstance(value, decimal.Decimal):
        return f"{value:f}"
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, str | uuid.UUID | dt.timedelta):
        return _bounded(str(value))
    return _bounded(json.dumps(value, default=str, ensure_ascii=False))


def _bounded(text: str) -> str:
    return text if len(text) <= CELL else f"{text[:CELL]}…"
