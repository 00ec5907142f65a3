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
from ckanext.mxcity.publishing.uploads import UploadError, UploadStore, disk_has_room, write_whole

#: Steps in which a worker has the file, or is to have it.
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
    #: What stopped the work, for a person to read.
    failure: str = ""
    #: The job in the queue that is to do the work: no other does it.
    job: str = ""
    #: How often the work of this step was begun, and by which process last.
    tries: int = 0
    worker: str = ""
    #: The work is not taken up again before, in Unix seconds.
    rests_until: float = 0.0
    #: Published tables that searches do not look into yet.
    to_index: list[str] = field(default_factory=list)

    @property
    def working(self) -> bool:
        """Whether the person who sent it has to wait for a worker."""
        return self.step in WORKING

    @property
    def pending(self) -> bool:
        """Whether there is work left for a worker."""
        return self.working or bool(self.to_index)

    def move(self, step: str) -> None:
        """Go on to another step, whose work was not tried yet."""
        self.step, self.since = step, time.time()
        self.tries, self.rests_until, self.failure = 0, 0.0, ""

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
def changed(store: UploadStore, owner: str, upload_id: str, wait: bool = True) -> Iterator[Draft]:
    """Give what is known of an upload to change, to one at a time, and keep it afterwards.

    Without ``wait``, UploadError is raised while another has it.
    """
    lock = _path(store, owner, upload_id).with_suffix(".lock")
    store.show(owner, upload_id)
    with disk_has_room(), lock.open("ab") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            raise UploadError("busy", 409) from None
        draft = load(store, owner, upload_id)
        yield draft
        keep(store, owner, upload_id, draft)


def keep(store: UploadStore, owner: str, upload_id: str, draft: Draft) -> None:
    """Write what is known of an upload; for who has it from ``changed``.

    The mark of work that is left comes before the work is noted and goes after it: what is
    noted is found, whenever the power fails.
    """
    path = _path(store, owner, upload_id)
    if draft.pending:
        store.mark(owner, upload_id)
    write_whole(path, json.dumps(asdict(draft), ensure_ascii=False))
    if not draft.pending:
        store.unmark(owner, upload_id)


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
