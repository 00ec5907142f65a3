"""JSON: tables that name their own columns."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import ijson

from ckanext.mxcity.files.maps.model import named
from ckanext.mxcity.files.model import DEFAULT, FileRefused, Limits
from ckanext.mxcity.files.outlines import Outline, outline_of
from ckanext.mxcity.files.parquet import read_parquet
from ckanext.mxcity.files.source import (
    RawTable,
    chunks,
    past_mark,
    refuse_many,
    refuse_wide,
    write_rows,
)

__all__ = ["is_geojson", "read_json", "read_parquet", "refuse_deep", "without_mark"]

#: Levels of a document; a geometry has eight.
DEEPEST = 40
#: Values, names and brackets of a row: a border of two million points has as many.
PARTS = 10_000_000
#: Of a whole number: more are no count and no code.
DIGITS = 4_300
#: Every digit as a zero, so that a row of digits is found by looking for zeros.
_AS_ZEROS = bytes.maketrans(b"123456789", b"000000000")
#: The least power of ten that no number of a computer has.
_POWER = 309


def refuse_deep(path: Path, limits: Limits = DEFAULT) -> bool:
    """Say whether a file has a document on each line; FileRefused for what cannot be read.

    That is one nested or going on without end, or that is not JSON. Looked at before anything
    else: what is read by names needs room for every level, and a row for all that is in it.
    """
    _refuse_long_numbers(path)
    try:
        _look_through(path, limits, lines=False)
    except (ijson.JSONError, UnicodeDecodeError, ValueError) as error:
        if not _is_lines(path):
            raise refused_json(error) from error
        _look_through(path, limits, lines=True)
        return True
    return False


def _look_through(path: Path, limits: Limits, *, lines: bool) -> None:
    # The level of the rows: that of the first list, or of the lines.
    rows, parts = 0, 0
    names: list[set[str]] = []  # of every level that is open
    with path.open("rb") as file:
        for event, value in ijson.basic_parse(file, multiple_values=lines):
            parts += 1
            if event in ("start_array", "start_map"):
                names.append(set())
                if event == "start_array" and not (rows or lines):
                    rows = len(names)
                if len(names) > DEEPEST:
                    raise FileRefused("deep-json", levels=DEEPEST)
            elif event in ("end_array", "end_map"):
                names.pop()
                parts = parts if len(names) > rows else 0
            else:
                _refuse_value(event, value, names, limits)
            if parts > PARTS:
                raise FileRefused("long-row", limit=PARTS)


def _refuse_long_numbers(path: Path) -> None:
    """FileRefused for a number with more digits than Python makes a number of.

    ``ijson`` ends the process then, unless all its numbers are of a computer's own size.
    """
    tail = b""
    for chunk in chunks(path):
        if b"0" * DIGITS in (tail + chunk).translate(_AS_ZEROS):
            break
        tail = chunk[-DIGITS:]
    else:
        return
    try:
        with path.open("rb") as file:
            for _ in ijson.basic_parse(file, use_float=True):
                pass
    except (ijson.JSONError, UnicodeDecodeError, ValueError) as error:
        raise refused_json(error) from error


def _is_lines(path: Path) -> bool:
    """Say whether a document goes on with another one, as JSON lines do."""
    depth, documents = 0, 0
    try:
        with path.open("rb") as file:
            for event, _ in ijson.basic_parse(file, use_float=True, multiple_values=True):
                documents += not depth
                depth += event in ("start_array", "start_map")
                depth -= event in ("end_array", "end_map")
                if documents > 1:
                    return True
    except (ijson.JSONError, UnicodeDecodeError, ValueError):
        return False
    return False


def _refuse_value(event: str, value: Any, names: list[set[str]], limits: Limits) -> None:
    """FileRefused for a text that is too long, a number without end, or a name for the second time.

    Of two values of a name, one would be lost.
    """
    if event == "map_key":
        if value in names[-1]:
            raise FileRefused("json-name-twice", name=value[:60])
        names[-1].add(value)
    elif event == "string":
        if len(value) > limits.cell:
            raise FileRefused("long-cell", limit=limits.cell)
    elif isinstance(value, Decimal) and value.adjusted() >= _POWER:
        raise FileRefused("broken-json")


def refused_json(error: Exception) -> FileRefused:
    """Return why a document is refused, without the sentence of a library."""
    reason = str(error)
    if "integer overflow" in reason or "integer string conversion" in reason:
        return FileRefused("long-number", limit=DIGITS)
    return FileRefused("broken-json")


def without_mark(path: Path, folder: Path) -> Path:
    """Return a document without the mark of UTF-8 that some programs begin it with."""
    with path.open("rb") as file:
        if not past_mark(file):
            return path
        target = folder / "document.json"
        with target.open("wb") as copy:
            shutil.copyfileobj(file, copy)
    return target


def is_geojson(path: Path) -> bool:
    """Say whether a JSON document says that it is GeoJSON."""
    with path.open("rb") as file:
        past_mark(file)
        try:
            # Of floats: see ``_refuse_long_numbers``, which comes later.
            for prefix, event, value in ijson.parse(file, use_float=True):
                if prefix == "type" and event == "string":
                    return value in ("FeatureCollection", "Feature")
                if prefix == "features":
                    return True
                if prefix == "" and event == "start_array":
                    return False
        except (ijson.JSONError, UnicodeDecodeError, ValueError):
            return False
    return False


def read_json(path: Path, folder: Path, limits: Limits, *, lines: bool = False) -> RawTable:
    """Return the list of objects that a document is, or has under its first list.

    What CKAN writes has its names in ``fields``, and rows in ``records`` that are objects or lists.
    With ``lines``, each line of the file is an object.
    """
    names: dict[str, None] = {}
    try:
        outline = Outline("", lines=True) if lines else outline_of(path)
        names.update(dict.fromkeys(outline.fields))
        filled = 0
        for count, item in enumerate(_items(path, outline), start=1):
            names.update(dict.fromkeys(item))
            refuse_wide(len(names), limits)
            filled += len(item)
            refuse_many(count, len(names), limits, filled)
        rows = ([text_of(item.get(name)) for name in names] for item in _items(path, outline))
        target = folder / "json.csv"
        write_rows(rows, len(names), target, limits.written)
    except (ijson.JSONError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise refused_json(error) from error
    if not names:
        raise FileRefused("empty")
    notes = tuple(named("json-members-left-out", outline.left))
    return RawTable(path.stem, target, tuple(names), 0, notes=notes)


def _items(path: Path, outline: Outline) -> Iterator[dict[str, Any]]:
    with path.open("rb") as file:
        for item in ijson.items(file, outline.rows, multiple_values=outline.lines):
            if isinstance(item, list) and len(item) == len(outline.fields):
                yield dict(zip(outline.fields, item, strict=True))
            elif isinstance(item, dict):
                yield item
            else:
                raise FileRefused("json-without-objects")


def text_of(value: Any) -> str:
    """Return a value of JSON as the text of a cell."""
    if isinstance(value, str):
        return value
    return "" if value is None else json_text(value)


def json_text(value: Any) -> str:
    """Return a value as JSON, its numbers with every digit."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict):
        parts = (f"{json_text(str(name))}: {json_text(part)}" for name, part in value.items())
        return f"{{{', '.join(parts)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(json_text, value))}]"
    return json.dumps(value, ensure_ascii=False)
