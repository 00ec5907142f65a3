"""Hardened against tables that reach the public past the checks: CKAN's own ways for a file.

A table parts of which the law keeps closed is published at /publicar, where each of its rows is
checked. On the ordinary form of a file and by the API it is known by its header and refused.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ckan.plugins.toolkit as tk
from werkzeug.datastructures import FileStorage

from ckanext.mxcity.checks import closed
from ckanext.mxcity.files import FileRefused
from ckanext.mxcity.files.model import Limits
from ckanext.mxcity.files.reading import headers_of
from ckanext.mxcity.tables.closed_tables import sentence
from ckanext.mxcity.tables.copying import left_to_xloader

#: Bytes of a delimited file that its header is looked for in.
_HEAD = 1 << 20
#: Pieces, of so many bytes, of a workbook or of JSON that are read in a request.
_PIECES, _PIECE = 50, 1 << 20


class DoorsMixin:
    """IUploader: called with each resource whose file may have come with the request."""

    def get_resource_uploader(self, data_dict: dict[str, Any]) -> None:
        """Refuse a file that has to be checked first; CKAN stores every other one as ever."""
        sent = data_dict.get("upload")
        if isinstance(sent, FileStorage) and sent.filename and left_to_xloader():
            title = closed_kind(sent)
            if title:
                raise tk.ValidationError({"upload": [sentence(title)]})

    def get_uploader(self, upload_to: str, old_filename: str | None) -> None:
        """Leave pictures to CKAN."""


def closed_kind(sent: FileStorage) -> str | None:
    """Return the title of the schema with closed parts that a table in a file is about."""
    with TemporaryDirectory(prefix="mxcity-") as folder:
        path = Path(folder) / "sent"
        with path.open("wb") as target:
            sent.stream.seek(0)
            for _ in range(_PIECES):
                target.write(sent.stream.read(_PIECE))
        sent.stream.seek(0)
        try:
            headers = headers_of(path, Path(folder), Limits(), _HEAD)
        except FileRefused:
            return None  # what we cannot read as a table is none of these
    found = next(filter(None, (closed.schema_of(list(header)) for header in headers)), None)
    return str(found["title"]) if found else None
