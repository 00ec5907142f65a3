"""What is known of an uploaded file on its way: read, corrected, checked, published."""

from __future__ import annotations

import fcntl
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ckanext.mxcity.files import Column, FileReading, Note, TableReading
from ckanext.mxcity.publishing.uploads import UploadError, UploadStore, write_whole

#: A worker that has said nothing for so long (seconds) is taken to have died.
STALLED = 30 * 60
#: Steps in which a worker has the file.
WORKING = frozenset({"reading", "publishing"})


@dataclass
class Draft:
    """How far a file has come.

    ``step`` is received, reading, ready, refused, publishing, errors, published or failed.
    """

    step: str = "received"
    #: When the step began, in Unix seconds.
    since: float = 0.0
    #: ``FileReading.as_dict()``, once it was read.
    reading: dict[str, Any] | None = None
    #: ``FileRefused.as_dict()``, if it was refused.
    refused: dict[str, Any] | None = None
    #: What the clerk decided: see ``choices``.
    choices: dict[str, Any] = field(default_factory=dict)
    #: Of each table that did not pass: what the checks found.
    verdicts: list[dict[str, Any]] = field(default_factory=list)
    #: Rows set aside, by the number of their table: see ``work.rows_path``.
    left_out: dict[str, int] = field(default_factory=dict)
    dataset_id: str = ""
    #: Whether the dataset was there before: its metadata are left as they are.
    into: bool = False
    #: The files published, by the name of the table; "/" for the original.
    resources: dict[str, str] = field(default_factory=dict)
    #: What stopped the publication, for a person to read.
    failure: str = ""

    @property
    def working(self) -> bool:
        """Whether a worker has it now."""
        return self.step in WORKING and self.since + STALLED > time.time()

    def move(self, step: str) -> None:
        """Go on to another step."""
        self.step, self.since = step, time.time()

    def file(self) -> FileReading:
        """Return what was understood; UploadError while it was not read."""
        if self.reading is None:
            raise UploadError("not_read", 409)
        return _reading(self.reading)


def load(store: UploadStore, owner: str, upload_id: str) -> Draft:
    """Return what is known of an upload; UploadError when there is none."""
    store.show(owner, upload_id)
    try:
        return Draft(**json.loads(_path(store, owner, upload_id).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return Draft(since=time.time())


@contextmanager
def changed(store: UploadStore, owner: str, upload_id: str) -> Iterator[Draft]:
    """Give what is known of an upload to change, to one at a time, and keep it afterwards."""
    lock = _path(store, owner, upload_id).with_suffix(".lock")
    store.show(owner, upload_id)
    with lock.open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        draft = load(store, owner, upload_id)
        yield draft
        write_whole(_path(store, owner, upload_id), json.dumps(asdict(draft), ensure_ascii=False))


def _path(store: UploadStore, owner: str, upload_id: str) -> Path:
    return store.path(owner, upload_id).with_suffix(".state.json")


def _reading(values: dict[str, Any]) -> FileReading:
    return FileReading(
        **{
            **values,
            "tables": tuple(_table(table) for table in values["tables"]),
            "notes": _notes(values["notes"]),
        }
    )


def _table(values: dict[str, Any]) -> TableReading:
    columns = tuple(
        Column(**{**column, "notes": _notes(column["notes"])}) for column in values["columns"]
    )
    return TableReading(
        **{
            **values,
            "columns": columns,
            "sample": tuple(map(tuple, values["sample"])),
            "extent": tuple(values["extent"]) if values["extent"] else None,
            "period": tuple(values["period"]) if values["period"] else None,
            "notes": _notes(values["notes"]),
            "areas": tuple(values.get("areas", ())),
            "blanks": tuple(values.get("blanks", ())),
        }
    )


def _notes(values: list[dict[str, Any]]) -> tuple[Note, ...]:
    return tuple(Note(**note) for note in values)
