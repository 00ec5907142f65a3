"""The state of an upload on its way: read, corrected, checked, published.

Whoever decides by the state does so in ``changed``, which lets in one at a time.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from ckanext.mxcity.files import FileReading
from ckanext.mxcity.publishing.upload_files import UploadError, write_whole
from ckanext.mxcity.publishing.uploads import Upload

#: Recipes of before that are kept.
MOST_UNDONE = 20
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
    #: By the name of a table: how it is read, as plain data of a ``files.Recipe``.
    recipes: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: The recipes of before, the last one last: a person may go back to them.
    before: list[dict[str, dict[str, Any]]] = field(default_factory=list)
    #: Whether the recipes are those of the earlier version of the file.
    inherited: bool = False
    #: What is kept of that version, until a person said that the tables are read right.
    earlier: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: Why the file cannot be read by the recipes that were asked for; the last reading stays.
    unread: dict[str, Any] | None = None
    #: How often it was read: a form shows one of the readings.
    readings: int = 0
    #: Whether a person said that the tables are read right.
    reviewed: bool = False
    #: The metadata that a person wrote so far.
    described: dict[str, Any] = field(default_factory=dict)
    #: What the clerk decided: see ``choices``.
    choices: dict[str, Any] = field(default_factory=dict)
    #: Of each table that did not pass: what the checks found.
    verdicts: list[dict[str, Any]] = field(default_factory=list)
    #: Number of rows that were set aside, by the number of their table: see ``rejected_rows``.
    left_out: dict[str, int] = field(default_factory=dict)
    #: Tables whose rules are looked at only when they are published, by their names.
    unchecked: list[str] = field(default_factory=list)
    dataset_id: str = ""
    #: Whether the dataset was there before: its metadata are left as they are.
    into: bool = False
    #: A file of that dataset that a person chose to replace; empty for one of the same name.
    replaces: str = ""
    #: By the name of a table: the file that it takes the place of, where a person chose.
    places: dict[str, str] = field(default_factory=dict)
    #: Whether the original stayed private because rows of it were set aside.
    withheld: bool = False
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
    #: Files of the dataset whose table is not loaded yet, by the table: see ``unfinished``.
    unfinished: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: Whether the upload is removed when its work ends: somebody discarded it meanwhile.
    discarded: bool = False

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

    def read_as(self, recipes: dict[str, dict[str, Any]]) -> None:
        """Have it read again, by other recipes."""
        self.before = [*self.before, self.recipes][-MOST_UNDONE:]
        self.recipes = recipes
        self._read_again()

    def undo(self) -> None:
        """Have it read again by the recipes of before; UploadError where there are none."""
        if not self.before:
            raise UploadError("nothing-to-undo", 409)
        self.recipes = self.before.pop()
        self._read_again()

    def _read_again(self) -> None:
        self.reviewed, self.unread, self.inherited = False, None, False
        self.move("reading")

    def file(self) -> FileReading:
        """Return what was understood; UploadError while it was not read."""
        if self.reading is None:
            raise UploadError("not_read", 409)
        return msgspec.convert(self.reading, FileReading)


def load(upload: Upload) -> Draft:
    """Return the state of an upload."""
    try:
        return Draft(**json.loads(_path(upload).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return Draft(since=time.time())


@contextmanager
def changed(upload: Upload, wait: bool = True) -> Iterator[Draft]:
    """Give the state of an upload to change, to one at a time, and keep the state afterwards.

    Args:
        upload: the upload.
        wait: whether to wait while another has it.

    Raises:
        UploadError: another has it, or it was removed meanwhile.

    """
    with upload.locked(wait):
        draft = load(upload)
        yield draft
        keep(upload, draft)


def keep(upload: Upload, draft: Draft) -> None:
    """Write the state of an upload; called by whoever has it from ``changed``.

    The mark of work that is left comes before the work is noted and goes after it: what is
    noted is found, whenever the power fails.
    """
    if draft.pending:
        upload.mark()
    write_whole(_path(upload), json.dumps(asdict(draft), ensure_ascii=False))
    if not draft.pending:
        upload.unmark()


def _path(upload: Upload) -> Path:
    return upload.path.with_suffix(".state.json")
