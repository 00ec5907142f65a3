"""Where the rows of a JSON document are, and what else it holds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ijson

from ckanext.mxcity.files.model import FileRefused

#: Names of a document's members that are kept, to be named: more are no outline.
_MOST = 1_000


@dataclass(frozen=True)
class Outline:
    """Where ``ijson`` finds the rows of a document."""

    #: As a prefix of ``ijson.items``.
    rows: str
    #: The names of the columns, where the document lists them beside its rows.
    fields: tuple[str, ...] = ()
    #: Members outside of the rows, by their names from the root.
    left: tuple[str, ...] = ()
    #: Whether every line of the file is a document, and a row.
    lines: bool = False


def outline_of(path: Path) -> Outline:
    """Return where the rows are: in ``records`` beside ``fields``, else in the first list.

    FileRefused for a document without a list.
    """
    members, lists = _members(path)
    if not lists:
        raise FileRefused("json-without-list")
    for parent in {place.rpartition("records")[0] for place in lists if _ends(place, "records")}:
        if f"{parent}fields" in lists:
            names = _names(path, f"{parent}fields.item")
            if names:
                rows, fields = f"{parent}records", f"{parent}fields"
                return Outline(f"{rows}.item", names, _others(members, rows, fields))
    rows = lists[0]
    return Outline(f"{rows}.item" if rows else "item", (), _others(members, rows))


def _ends(place: str, name: str) -> bool:
    return place == name or place.endswith(f".{name}")


def _members(path: Path) -> tuple[list[str], list[str]]:
    """Return the names of what is outside of any list, and of the lists; the root's is empty."""
    members: list[str] = []
    lists: list[str] = []
    depth = 0
    with path.open("rb") as file:
        for prefix, event, value in ijson.parse(file):
            if event == "start_array":
                if not depth and len(lists) < _MOST:
                    lists.append(prefix)
                depth += 1
            elif event == "end_array":
                depth -= 1
            elif event == "map_key" and not depth and len(members) < _MOST:
                members.append(f"{prefix}.{value}" if prefix else value)
    return members, lists


def _others(members: list[str], *read: str) -> tuple[str, ...]:
    """Return members that are not read; one that holds what is read, or is in another, is not."""
    left = [
        name for name in members if not any(f"{place}.".startswith(f"{name}.") for place in read)
    ]
    return tuple(name for name in left if not any(name.startswith(f"{other}.") for other in left))


def _names(path: Path, prefix: str) -> tuple[str, ...]:
    """Return the names that a list of fields has, as texts or as objects with an ``id``."""
    names: list[str] = []
    with path.open("rb") as file:
        for item in ijson.items(file, prefix):
            name: Any = item.get("id", item.get("name")) if isinstance(item, dict) else item
            if not isinstance(name, str) or name in names or len(names) >= _MOST:
                return ()
            names.append(name)
    return tuple(names)
