"""What the reader of each kind of map gives."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ckanext.mxcity.files.model import Note

#: Names that a note shows, and how many characters of each.
_SHOWN, _LETTERS = 8, 60


@dataclass(frozen=True)
class Layer:
    """A layer of a map: its rows as texts, and the figure of each row."""

    name: str
    titles: tuple[str, ...]
    #: As many as ``count``, to be gone through once.
    rows: Iterable[Sequence[object]]
    count: int
    #: An array of shapely's geometries, None for a row without a figure; None for a plain table.
    shapes: Any
    crs: str | None = None
    notes: tuple[Note, ...] = ()


def named(code: str, names: Iterable[str]) -> list[Note]:
    """Return a note that names things, some of them if they are many; none without names."""
    found = list(dict.fromkeys(names))
    if not found:
        return []
    shown = ", ".join(name[:_LETTERS] for name in found[:_SHOWN])
    more = ", …" if len(found) > _SHOWN else ""
    return [Note(code, {"count": len(found), "names": shown + more})]


def is_numbering(numbers: Sequence[object]) -> bool:
    """Say whether numbers only count the rows, from 0 or from 1: they tell nothing then."""
    start = numbers[0] if numbers else 0
    return start in (0, 1) and all(
        type(number) is int and number == place
        for place, number in enumerate(numbers, start=int(str(start)))
    )
