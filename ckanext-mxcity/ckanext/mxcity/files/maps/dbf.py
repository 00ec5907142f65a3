"""The table of a Shapefile (dBASE): its values are texts, and are taken as they are written.

GDAL makes floats of long whole numbers and believes the ``.cpg``; both change values.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ckanext.mxcity.files.model import FileRefused

_BATCH = 5_000
_FIELD = 32
_DELETED = 0x2A
#: Kinds of fields that are text: letters, numbers, days, yes or no.
_TEXT = "CNFDL"
_DAY = re.compile(r"(\d{4})(\d\d)(\d\d)")
_YES_NO = {"T": "true", "Y": "true", "F": "false", "N": "false", "?": ""}


@dataclass(frozen=True)
class Field:
    """A column of the table: where it stands in a record."""

    name: bytes
    kind: str
    start: int
    end: int


class Dbf:
    """A ``.dbf``. FileRefused if it is no whole one."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            head = file.read(_FIELD)
            if len(head) < _FIELD:
                raise FileRefused("broken-map", format="shp")
            self.count, header, width = struct.unpack("<IHH", head[4:12])
            #: The number that says how letters are written, see ``letters``.
            self.language = head[29]
            described = file.read(max(0, header - _FIELD))
        size = path.stat().st_size
        if width < 2 or header < _FIELD + 1 or size < header + self.count * width:
            raise FileRefused("broken-map", format="shp")
        self.fields = tuple(_fields(described, width))
        self._records: Any = (
            np.memmap(path, dtype=np.uint8, mode="r", offset=header, shape=(self.count, width))
            if self.count
            else np.zeros((0, width), dtype=np.uint8)
        )
        #: Which records are not marked as deleted.
        self.kept = np.asarray(self._records[:, 0]) != _DELETED

    @property
    def read(self) -> list[Field]:
        """The fields that are text; others are kept elsewhere, or in a form that is not read."""
        return [field for field in self.fields if field.kind in _TEXT]

    def letters(self) -> Iterator[tuple[int, bytes]]:
        """Give the names and cells that have bytes beyond ASCII, with the row; 0 is the header."""
        yield from ((0, field.name) for field in self.fields if not field.name.isascii())
        fields = [field for field in self.fields if field.kind == "C"]
        before = 0
        for records in self._batches():
            for field in fields:
                cells = records[:, field.start : field.end]
                for place in np.flatnonzero((cells >= 0x80).any(axis=1)):
                    cell = _cell(cells[place].tobytes())
                    if not cell.isascii():
                        yield before + int(place) + 1, cell
            before += len(records)

    def rows(self, decode: Any) -> Iterator[list[str]]:
        """Give the records as texts; ``decode`` makes a text of a cell's bytes."""
        for records in self._batches():
            columns = [
                _texts(records[:, field.start : field.end], field.kind, decode)
                for field in self.read
            ]
            yield from (
                (list(row) for row in zip(*columns, strict=True))
                if columns
                else ([] for _ in records)
            )

    def _batches(self) -> Iterator[Any]:
        for start in range(0, self.count, _BATCH):
            batch = np.asarray(self._records[start : start + _BATCH])
            yield batch[self.kept[start : start + _BATCH]]


def _fields(described: bytes, width: int) -> Iterator[Field]:
    start = 1  # behind the mark of a deleted record
    for place in range(0, len(described) - _FIELD + 1, _FIELD):
        field = described[place : place + _FIELD]
        if field[0] == 0x0D:
            break
        kind = chr(field[11])
        # The places after the point; of a text they are the upper half of its length.
        length = field[16] + (field[17] << 8 if kind == "C" else 0)
        if start + length > width:
            raise FileRefused("broken-map", format="shp")
        yield Field(field[:11].split(b"\0")[0].strip(), kind, start, start + length)
        start += length


def _cell(content: bytes) -> bytes:
    """Return a cell without what fills it up; behind a NUL is what stood there before."""
    return content.split(b"\0")[0].rstrip()


def _texts(cells: Any, kind: str, decode: Any) -> list[str]:
    width = cells.shape[1]
    if not width:
        return [""] * len(cells)
    contents = np.ascontiguousarray(cells).view(f"S{width}").ravel().tolist()
    if kind == "C":
        return [decode(_cell(content)) for content in contents]
    texts = [_cell(content).decode("ascii", "replace").strip() for content in contents]
    if kind == "D":
        return ["" if text.strip("0") == "" else _DAY.sub(r"\1-\2-\3", text) for text in texts]
    if kind == "L":
        return [_YES_NO.get(text.upper(), text) for text in texts]
    return [_number(text) for text in texts]


def _number(text: str) -> str:
    """Return a number without the zeros that only fill up its places: 1.500 is 1.5, 2.00 is 2.0.

    A cell full of asterisks has no value, or one that did not fit and is not in the file.
    """
    if not text.strip("*"):
        return ""
    if "." not in text or "e" in text.lower():
        return text
    short = text.rstrip("0")
    return f"{short}0" if short.endswith(".") else short
