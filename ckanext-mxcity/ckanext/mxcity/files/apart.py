"""Read files in the reading room: what everybody outside of this package calls."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgspec

from ckanext.mxcity import room
from ckanext.mxcity.files import unchanged
from ckanext.mxcity.files.model import DEFAULT, Answer, Column, FileReading, FileRefused, Limits
from ckanext.mxcity.files.recipes import AS_READ, Recipe
from ckanext.mxcity.files.source import PROCESSORS

_TASKS = "ckanext.mxcity.files.tasks"


def read_file(
    path: Path, name: str, limits: Limits = DEFAULT, recipes: Mapping[str, Recipe] | None = None
) -> FileReading:
    """Read a file.

    Args:
        path: the file.
        name: what it was called.
        limits: what it may hold.
        recipes: by the name of a table, how a person wants it to be read.

    Raises:
        FileRefused: it cannot be taken.

    """
    told = {"name": name, "recipes": msgspec.to_builtins(recipes or {})}
    reading = _asked("read", path, limits, told).reading
    if reading is None:
        raise FileRefused("room-ended")
    return reading


def write_table(
    path: Path,
    name: str,
    table_name: str | None,
    target: Path,
    limits: Limits = DEFAULT,
    columns: tuple[Column, ...] | None = None,
    recipes: Mapping[str, Recipe] | None = None,
    proof: str = "",
) -> int:
    """Write a table of a file as the canonical CSV; return how many rows it has.

    Args:
        path: the file.
        name: what it was called.
        table_name: the table, the first without one.
        target: where the CSV goes.
        limits: what the file may hold.
        columns: those of an earlier reading, perhaps corrected by a person, in the file's order.
        recipes: those of that reading.
        proof: that of that reading; a file that is its own canonical table is copied, not parsed.

    Raises:
        FileRefused: as of ``read_file``.
        KeyError: the file has no such table.

    """
    if proof and columns and _has_room(path, target):
        recipe = (recipes or {}).get(table_name or "", AS_READ)
        copied = unchanged.copied(path, target, proof, columns, recipe)
        if copied is not None:
            return copied
    told = {
        "name": name,
        "table": table_name,
        "columns": columns and list(map(asdict, columns)),
        "recipes": msgspec.to_builtins(recipes or {}),
    }
    answer = _asked("write", path, limits, told, {"target": target})
    if answer.absent:
        raise KeyError(table_name)
    if answer.rows is None:
        raise FileRefused("room-ended")
    return answer.rows


def _has_room(path: Path, target: Path) -> bool:
    """Say whether a file can be copied; where it cannot, the room says what is wanting."""
    free = shutil.disk_usage(target.parent).free
    return free > path.stat().st_size + room.LEAST_FREE


def headers_of(path: Path, limits: Limits, head: int) -> list[list[str]]:
    """Return the header of each table of a file whatever its name says, to know it by.

    Of a delimited file only the first ``head`` bytes are read. FileRefused for a file that is no
    table; a map is none here.
    """
    return _asked("headers", path, limits, {"head": head}).headers or []


def _asked(
    task: str,
    path: Path,
    limits: Limits,
    arguments: dict[str, Any],
    results: dict[str, Path] | None = None,
) -> Answer:
    size = path.stat().st_size
    seconds = min(limits.seconds, limits.patience(size))
    bounds = room.Bounds(
        seconds=seconds,
        cpu_seconds=int(seconds) * PROCESSORS,
        memory=limits.memory,
        disk=limits.disk(size),
    )
    try:
        told = room.run(
            f"{_TASKS}:{task}",
            {"limits": asdict(limits), **arguments},
            files={"file": path},
            results=results,
            bounds=bounds,
        )
    except room.RoomFailed as error:
        raise FileRefused(f"room-{error.reason}") from error
    try:
        answer = msgspec.convert(told, Answer)
    except msgspec.ValidationError as error:
        raise FileRefused("room-ended") from error
    if answer.refusal:
        raise FileRefused(answer.refusal.code, **answer.refusal.params)
    return answer
