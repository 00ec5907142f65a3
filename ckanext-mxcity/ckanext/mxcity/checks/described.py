"""What a Table Schema says of columns for people, read in the reading room. No CKAN import."""

from __future__ import annotations

from pathlib import Path

import msgspec

#: Characters of a title and of a description that are kept.
TITLE, DESCRIPTION = 200, 2_000


class _Field(msgspec.Struct):
    name: str
    title: str = ""
    description: str = ""


class _Schema(msgspec.Struct):
    fields: list[_Field]


def read(file: str) -> list[list[str]]:
    """Return name, title and description of each field of a Table Schema; none of another file.

    Args:
        file: the path of a JSON document.

    """
    try:
        found = msgspec.json.decode(Path(file).read_bytes(), type=_Schema)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return []
    return [[f.name, f.title[:TITLE], f.description[:DESCRIPTION]] for f in found.fields]
