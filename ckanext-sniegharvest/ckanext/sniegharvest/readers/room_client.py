"""Run readers in the reading room: they parse there, and documents are fetched here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from ckanext.mxcity import room
from ckanext.mxcity.ground import errors
from ckanext.mxcity.ground.messages import N_
from ckanext.mxcity.reading.records import (
    DEFAULT_CAPS,
    Caps,
    Document,
    Fetch,
    Item,
    Reader,
    announce,
)
from ckanext.sniegharvest.readers.serialise import item_of

#: A large page lies in a file; the one before it may still be in use.
PAGES_KEPT = 2
#: Seconds are those of a silence: a reader works on one record, or the tables of one document.
BOUNDS = room.Bounds(seconds=300, cpu_seconds=3600, memory=4 * room.GiB, disk=room.GiB)


def read(
    reader: Reader, document: Document, *, fetch: Fetch | None = None, caps: Caps = DEFAULT_CAPS
) -> Iterator[Item]:
    """Yield what a reader finds in a document and its further pages.

    Raises:
        HarvestError: as of the reader, or of ``fetch``; other errors of ``fetch`` pass as well.

    """
    answers = _Answers(fetch)
    name = reader.__module__.rpartition(".")[2]
    arguments = {"reader": name, "caps": asdict(caps), "fetches": fetch is not None}
    try:
        for told in room.talk(
            "ckanext.sniegharvest.readers.room_worker:read", arguments, answers, BOUNDS,
            lay=lambda child: {"document": answers.laid(child, document)},
        ):  # fmt: skip
            if "error" in told:
                raise answers.error(told["error"])
            yield _item(told)
    except room.RoomFailed as error:
        raise errors.ReadError(record=document.name, reason=_REASONS[error.reason]) from error


_REASONS = {
    "time": N_("its reading took longer than is allowed"),
    "memory": N_("its reading took more memory than is allowed"),
    "disk": N_("its reading took more of the disk than is allowed"),
    "answer": N_("one of its records is larger than is allowed"),
    "full": N_("the portal's disk has no room left"),
    "busy": N_("too much is being read at once"),
    "ended": N_("it is damaged in a way that stops its reader"),
}


def _item(told: Any) -> Item:
    """Return an item; RoomFailed for what no reader of ours gives."""
    try:
        return item_of(told["item"])
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        raise room.RoomFailed("ended", "an item is none") from error


class _Answers:
    """Answers what a reader asks for, and keeps the errors that came of it."""

    def __init__(self, fetch: Fetch | None) -> None:
        self._fetch = fetch
        self._errors: list[BaseException] = []
        self._laid: list[Path] = []
        self._count = 0

    def __call__(self, child: room.Child, word: str, url: str) -> dict[str, Any] | None:
        """Fetch a document, or begin to; an error is told by its classes."""
        if self._fetch is None:
            raise room.RoomFailed("ended", f"it asks for {url!r}")
        if word == "soon":
            announce(self._fetch, url)
            return None
        try:
            return self.laid(child, self._fetch(url))
        except Exception as error:  # noqa: BLE001  # it goes through the reader, which may take it
            self._errors.append(error)
            return {
                "raised": len(self._errors) - 1,
                "classes": [kind.__name__ for kind in type(error).__mro__],
                "params": dict(getattr(error, "params", {})),
            }

    def laid(self, child: room.Child, document: Document) -> dict[str, Any]:
        """Put a document where the reader sees it, and take an old one away."""
        self._count += 1
        body = child.lay(document.body, f"page-{self._count}")
        self._laid.append(body)
        while len(self._laid) > PAGES_KEPT:
            self._laid.pop(0).unlink()
        told = asdict(replace(document, body=b""))
        return told | {"body": str(body)}

    def error(self, told: int | dict[str, Any]) -> BaseException:
        """Return the error that ended a reading: one of a fetch, or the reader's own."""
        try:
            if isinstance(told, int):
                return self._errors[told]
            known = getattr(errors, told["class"], None)
            if isinstance(known, type) and issubclass(known, errors.HarvestError):
                return known(**told["params"])
        except (TypeError, KeyError, IndexError):
            pass
        return room.RoomFailed("ended", "an error is none")
