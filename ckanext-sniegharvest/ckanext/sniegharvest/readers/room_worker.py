"""Run a reader inside the reading room, for ``room_client`` outside."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ckanext.mxcity.ground import errors
from ckanext.mxcity.reading.records import Caps, Document
from ckanext.sniegharvest.readers.serialise import plain

Ask = Callable[[str, Any], Any]


class _PassedOn(Exception):  # noqa: N818  # an error of the other side, on its way through
    """An error of a fetch that readers do not know; ``number`` is its place outside."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class _Fetch:
    """Has documents fetched outside."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def __call__(self, url: str) -> Document:
        """Return the document at an address, or raise what came of it."""
        told = self._ask("fetch", url)
        if "raised" in told:
            raise _error(told)
        return document_of(told)

    def soon(self, url: str) -> None:
        """Say which document is asked for next."""
        self._ask("soon", url)


def read(
    reader: str,
    document: dict[str, Any],
    caps: dict[str, int],
    fetches: bool,
    ask: Ask,
) -> Iterator[dict[str, Any]]:
    """Yield the items of a document and its further pages; an error is the last item.

    Args:
        reader: a module of ``ckanext.sniegharvest.readers``.
        document: what ``Document`` takes; its body is a path.
        caps: what ``Caps`` takes.
        fetches: whether further pages can be had.
        ask: of the room.

    """
    module = importlib.import_module(f"ckanext.sniegharvest.readers.{reader}")
    fetch = _Fetch(ask) if fetches else None
    try:
        for item in module.read(document_of(document), fetch=fetch, caps=Caps(**caps)):
            yield {"item": plain(item)}
    except _PassedOn as error:
        yield {"error": error.number}
    except errors.HarvestError as error:
        number = getattr(error, "number", None)
        named = {"class": type(error).__name__, "params": dict(error.params)}
        yield {"error": named if number is None else number}


def document_of(told: Mapping[str, Any]) -> Document:
    """Return a document that lies in the room."""
    return Document(**{**told, "body": Path(told["body"])})


def _error(told: Mapping[str, Any]) -> Exception:
    """Return an error as readers catch it, by the first of its classes that is known here."""
    number = int(told["raised"])
    for name in told["classes"]:
        known = getattr(errors, name, None)
        if isinstance(known, type) and issubclass(known, errors.HarvestError):
            error = known(**told["params"])
            error.number = number  # type: ignore[attr-defined]
            return error
    return _PassedOn(number)
