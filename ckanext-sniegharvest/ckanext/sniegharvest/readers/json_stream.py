"""Reads a large ``data.json`` record by record, so that memory does not grow with it.

A first pass makes sure that the document is sound and learns what applies to all records; a second
gives the records. What is not a plain, sound list of datasets in UTF-8 is left to the caller, who
reads it whole and says what is wrong with it.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import ijson

from ckanext.mxcity.ground.errors import TOO_DEEP, DangerousDocumentError, ReadError
from ckanext.mxcity.ground.messages import N_
from ckanext.mxcity.reading.records import Document

#: A document smaller than this is read whole: that takes less time, and little memory.
STREAMED_FROM = 4 * 1024 * 1024
#: One larger than this is never read whole.
WHOLE_AT_MOST = 64 * 1024 * 1024
#: Catalogues and series inside the catalogue are read whole.
_NESTED = frozenset({"catalog", "datasetSeries", "service"})
_INHERITED = frozenset({"license", "publisher"})


@dataclass(frozen=True)
class Catalogue:
    """A large catalogue. ``records`` reads it once more, from the disk."""

    body: bytes | Path
    #: What the catalogue says for all its records.
    inherited: Mapping[str, Any]
    #: Where the records are, for ijson.
    prefix: str

    def records(self) -> Iterator[Any]:
        """Yield the entries of the list of datasets."""
        with _opened(self.body) as file:
            yield from ijson.items(file, self.prefix, use_float=True)


def large(document: Document, depth: int) -> Catalogue | None:
    """Look at a document; None if it has to be read whole.

    Args:
        document: what was fetched.
        depth: levels of nesting that are taken.

    Raises:
        DangerousDocumentError: nested deeper than ``depth``.
        ReadError: broken, and too large to be read whole.

    """
    body = document.body
    size = len(body) if isinstance(body, bytes) else body.stat().st_size
    if size < STREAMED_FROM:
        return None
    try:
        return _survey(body, document, depth)
    except (ijson.JSONError, UnicodeDecodeError, OverflowError) as error:
        if size <= WHOLE_AT_MOST:
            return None
        detail = str(error).splitlines()[0][:200]
        reason = N_("it is not valid JSON ({detail})")
        raise ReadError(record=document.name, reason=reason, detail=detail) from error


def _survey(body: bytes | Path, document: Document, depth: int) -> Catalogue | None:
    """Pass over the whole document once."""
    with _opened(body) as file:
        level, keys, first = 0, set(), ""
        for event, value in ijson.basic_parse(file, use_float=True):
            first = first or event
            if event in ("start_map", "start_array"):
                level += 1
                if level > depth:
                    raise DangerousDocumentError(record=document.name, reason=TOO_DEEP, depth=depth)
            elif event in ("end_map", "end_array"):
                level -= 1
            elif level == 1 and event == "map_key":
                keys.add(value)
    if first == "start_array":
        return Catalogue(body, {}, "item")
    if first != "start_map" or "dataset" not in keys or keys & _NESTED:
        return None
    return Catalogue(body, _inherited(body, keys & _INHERITED), "dataset.item")


def _inherited(body: bytes | Path, keys: set[str]) -> dict[str, Any]:
    found = {}
    for key in sorted(keys):
        with _opened(body) as file:
            value = next(ijson.items(file, key, use_float=True), None)
        if value:
            found[key] = value
    return found


def _opened(body: bytes | Path) -> BinaryIO:
    """Return the body as a file, after its byte order mark if it has one."""
    file: BinaryIO = BytesIO(body) if isinstance(body, bytes) else body.open("rb")
    if file.read(len(codecs.BOM_UTF8)) != codecs.BOM_UTF8:
        file.seek(0)
    return file
