"""Answer SQL: copies of the tables that a statement names, and what the room makes of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.mxcity import room
from ckanext.mxcity.tables.downloads import cursor, spool
from ckanext.mxcity.tables.downloads.binary import duckdb_types
from ckanext.mxcity.tables.downloads.columns import Column, columns_of
from ckanext.mxcity.tables.sql import inside
from ckanext.mxcity.tables.sql.question import LONGEST, MAIN, MOST_OTHERS, others_in

#: Seconds and megabytes of the copy of a table, and rows of an answer.
COPY_SECONDS, COPY_MEGABYTES, MOST_ROWS = 15, 400, 10_000
BOUNDS = room.Bounds(
    seconds=15, cpu_seconds=25, memory=2 * room.GiB, disk=2 * room.GiB, answer=16 * room.MiB,
    files=64,
)  # fmt: skip
_TASK = f"{inside.__name__}:answer"


class RefusedError(Exception):
    """A statement is not answered: ``code`` says why, ``reason`` what the database said of it.

    ``code`` is "none", "long", "tables", "kind", "engine", "refused", "value", "memory", "time",
    "large", "large answer", "busy", or "walls": this system has none for the room.
    """

    def __init__(self, code: str, reason: str = "") -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason


@dataclass(frozen=True)
class Answer:
    """The rows of an answer; ``more`` tells that there are others than these."""

    columns: list[Column]
    rows: list[list[Any]]
    more: bool


def ask(table: str, query: str, most: int = MOST_ROWS, cell: int = inside.CELL) -> Answer:
    """Return what a statement gives of a table, named ``tabla``, and of others named by their ids.

    Args:
        table: the id of the table.
        query: the statement.
        most: rows of the answer.
        cell: characters of a text of the answer; "…" is where there are others.

    Raises:
        NotAuthorized, ObjectNotFound: there is no such table for the user.
        RefusedError: the statement is not answered. Of another table that the user may not read it
            is told as of one that is not there.

    """
    tables = {table: columns_of(table)}
    if not room.standing().closed:
        raise RefusedError("walls")
    if not query.strip():
        raise RefusedError("none")
    if len(query) > LONGEST:
        raise RefusedError("long")
    if "\0" in query:
        raise RefusedError("refused")
    for other in others_in(query, table)[: 2 * MOST_OTHERS]:
        try:
            tables[other] = columns_of(other)
        except (tk.ObjectNotFound, tk.NotAuthorized, tk.ValidationError):
            continue
    if len(tables) > 1 + MOST_OTHERS:
        raise RefusedError("tables")
    told = [
        [[name, MAIN] if name == table else [name], duckdb_types(columns)]
        for name, columns in tables.items()
    ]
    with TemporaryDirectory(prefix="mxcity-") as folder:
        copies = _copies(tables, Path(folder))
        question = {"query": query, "tables": told, "most": most, "cell": cell}
        found = _from_the_room(question, copies)
    columns = [Column(name, kind, name) for name, kind in found["columns"]]
    return Answer(columns, found["rows"], found["more"])


def _copies(tables: dict[str, list[Column]], folder: Path) -> dict[str, Path]:
    bounds = spool.Bounds(folder, COPY_SECONDS, COPY_MEGABYTES)
    copies = {}
    try:
        for number, (table, columns) in enumerate(tables.items()):
            name = inside.COPY.format(number)
            copies[name] = folder / name
            fields = [column.name for column in columns]
            with copies[name].open("wb") as file:
                question = cursor.Question(table, {"fields": fields})
                cursor.copy(question, "csv", spool.Spool(file, bounds))
    except spool.TooMuchError as error:
        raise RefusedError("busy" if error.what == "room" else "large") from error
    return copies


def _from_the_room(arguments: dict[str, Any], copies: dict[str, Path]) -> dict[str, Any]:
    try:
        found: dict[str, Any] = room.run(_TASK, arguments, files=copies, bounds=BOUNDS)
    except room.RoomFailed as error:
        codes = {"time": "time", "busy": "busy", "full": "busy", "answer": "large answer"}
        raise RefusedError(codes.get(error.reason, "memory")) from error
    if "error" in found:
        raise RefusedError(found["error"], found.get("reason", ""))
    return found
