"""The kinds of file that a table can be taken as."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

from ckanext.mxcity.tables.downloads import binary, text
from ckanext.mxcity.tables.downloads.pages import Column, read_pages

_CHUNK = 1 << 16


@dataclass(frozen=True)
class Kind:
    """A kind of file: its suffix, media type and name for people."""

    suffix: str
    mimetype: str
    title: str


KINDS = {
    kind.suffix: kind
    for kind in (
        Kind("csv", "text/csv", "CSV"),
        Kind("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel"),
        Kind("json", "application/json", "JSON"),
        Kind("geojson", "application/geo+json", "GeoJSON"),
        Kind("parquet", "application/vnd.apache.parquet", "Parquet"),
    )
}


def kinds_for(columns: list[Column]) -> list[Kind]:
    """Return the kinds that make sense for a table: GeoJSON where it has places."""
    places = text.geometry_of(columns)
    return [kind for kind in KINDS.values() if kind.suffix != "geojson" or places]


def write(
    kind: Kind, resource_id: str, columns: list[Column], question: dict[str, Any]
) -> Iterator[bytes]:
    """Yield the bytes of a table as a file of a kind.

    The first page is read at once: ValidationError where the DataStore refuses the question.
    """
    text_rows = kind.suffix in ("csv", "parquet")
    pages = read_pages(resource_id, columns, question, "csv" if text_rows else "lists")
    pages = chain([*islice(pages, 1)], pages)
    if kind.suffix in _STREAMED:
        return _STREAMED[kind.suffix](columns, pages)
    return _whole(kind.suffix, columns, pages)


_STREAMED: dict[str, Callable[..., Iterator[bytes]]] = {
    "csv": text.write_csv,
    "json": text.write_json,
    "geojson": text.write_geojson,
}
_WHOLE: dict[str, Callable[..., None]] = {
    "xlsx": binary.write_excel,
    "parquet": binary.write_parquet,
}


def _whole(suffix: str, columns: list[Column], pages: Iterator[Any]) -> Iterator[bytes]:
    """Write a file that cannot be sent in parts, then send it; nothing stays behind."""
    with tempfile.TemporaryDirectory(prefix="mxcity-") as folder:
        target = Path(folder) / f"table.{suffix}"
        _WHOLE[suffix](columns, pages, target)
        with target.open("rb") as file:
            while part := file.read(_CHUNK):
                yield part
