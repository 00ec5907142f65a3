"""CKAN's own ways for a file, hardened against tables that reach the public past the checks.

A table parts of which the law keeps closed is published at /publicar, where each of its rows is
checked. On the ordinary form of a file and by the API it is known by its header and refused.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib.uploader import ResourceUpload
from werkzeug.datastructures import FileStorage

from ckanext.mxcity.checks import closed
from ckanext.mxcity.checks.passed import have_rows_passed
from ckanext.mxcity.city.language import current_language
from ckanext.mxcity.files import FileRefused, Limits, headers_of, messages

#: Bytes of a delimited file that its header is looked for in.
_HEAD = 1 << 20
#: A request waits so long (seconds) for what is in a file; /publicar has all the time it needs.
_WAIT = 15
_MEMORY = 2 << 30
#: A table whose reading was not finished: what is in it is not known.
_UNFINISHED = frozenset(
    {"room-time", "room-memory", "room-disk", "room-answer", "room-full", "room-busy", "room-ended"}
)


class UploadGuardMixin:
    """IUploader: CKAN calls it with each resource whose file may have come with the request."""

    def get_resource_uploader(self, data_dict: dict[str, Any]) -> ResourceUpload | None:
        """Refuse a file whose rows have to be checked first; leave every other file to CKAN."""
        sent = data_dict.get("upload")
        if isinstance(sent, FileStorage) and sent.filename and not have_rows_passed():
            title = closed_kind(sent)
            if title:
                said = tk._(closed.PUBLISH_ELSEWHERE).format(title=title)
                raise tk.ValidationError({"upload": [said]})
        return None

    def get_uploader(self, upload_to: str, old_filename: str | None) -> None:
        """Leave pictures to CKAN."""


def closed_kind(sent: FileStorage) -> str | None:
    """Return the title of the schema with closed parts that a table in a file is about.

    Args:
        sent: the file of a request. It is read, and stands at its beginning again afterwards.

    Raises:
        ValidationError: the reading cannot be finished while a request waits.

    """
    limits = Limits(seconds=_WAIT, memory=_MEMORY)
    with TemporaryDirectory(prefix="mxcity-") as folder:
        path = Path(folder) / "sent"
        sent.stream.seek(0)
        with path.open("wb") as target:
            shutil.copyfileobj(sent.stream, target, 1 << 20)
        sent.stream.seek(0)
        try:
            headers = headers_of(path, limits, _HEAD)
        except FileRefused as error:
            if error.code in _UNFINISHED:
                said = messages.text(error.code, error.params, current_language())
                raise tk.ValidationError({"upload": [f"{said} {_elsewhere()}"]}) from error
            return None  # what we cannot read as a table is none of these
    found = next(filter(None, (closed.schema_of(header) for header in headers)), None)
    return str(found["title"]) if found else None


def _elsewhere() -> str:
    return str(tk._("Send it at /publicar, where it is read without haste."))
