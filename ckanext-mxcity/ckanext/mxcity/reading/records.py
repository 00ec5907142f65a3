"""What every reader takes and gives: a document in, records and named problems out.

A reader never raises for one bad record: it yields a :class:`RecordProblem` and goes on. It
raises a :class:`~ckanext.mxcity.ground.errors.HarvestError` only when the document or the listing
as a whole fails; what it yielded before stays valid, but the listing is then not complete and
absence from it proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from ckanext.mxcity.ground.messages import Message

Kind = Literal["invalid", "duplicate", "quarantine"]


@dataclass(frozen=True)
class Document:
    """Bytes of a source, and what was said of them when they were fetched."""

    body: bytes | Path
    #: Where it came from; pages and relative links start here.
    url: str = ""
    #: As the server declared it, without parameters, e.g. ``text/turtle``.
    media_type: str = ""
    #: As the server declared it, e.g. ``iso-8859-1``.
    charset: str = ""

    def content(self) -> bytes:
        """Return the whole body."""
        return self.body if isinstance(self.body, bytes) else self.body.read_bytes()

    @property
    def name(self) -> str:
        """What to call it in a message."""
        if self.url:
            return self.url
        return str(self.body.name) if isinstance(self.body, Path) else "the document"


@dataclass(frozen=True)
class Publisher:
    """Who publishes a dataset, as the source says it; any part may be empty."""

    name: str = ""
    identifier: str = ""
    email: str = ""


@dataclass(frozen=True)
class Record:
    """One dataset of a source, mapped to our schema.

    ``dataset`` has the names of ``schemas/dataset.yaml`` with values of that shape, ``tags`` as
    ``[{"name": …}]``, ``extras`` as ``[{"key", "value"}]``, ``resources`` as a list. It has no
    ``name``, ``id`` nor ``owner_org``: they belong to whoever stores it.
    """

    identifier: str
    title: str
    #: The record as the source gave it, in a canonical form that JSON can hold.
    raw: Mapping[str, Any]
    dataset: Mapping[str, Any]
    #: SHA-256 of ``raw``: the order of keys and counters that change by themselves do not count.
    content_hash: str
    #: 1 for the first record of the source.
    position: int
    publisher: Publisher | None = None
    #: What was mended or dropped; the record is good.
    warnings: tuple[Message, ...] = ()
    #: Fields of the source that found no place (for the loss report), sorted.
    unmapped: tuple[str, ...] = ()


@dataclass(frozen=True)
class RecordProblem:
    """One dataset of a source that cannot be taken, and why."""

    #: ``invalid``: unreadable; ``duplicate``: same identifier as before; ``quarantine``: abnormal.
    kind: Kind
    message: Message
    position: int
    identifier: str = ""
    title: str = ""

    @property
    def slug(self) -> str:
        """The cause, for counting."""
        return self.message.slug


@dataclass(frozen=True)
class Caps:
    """Past these a record is abnormal (quarantine) or a listing is stopped."""

    resources: int = 1000
    tags: int = 2000
    #: Characters of one text of a record; longer ones are cut, with a warning.
    text: int = 100_000
    #: Bytes of one record in canonical JSON.
    record_bytes: int = 5_000_000
    #: Levels of nesting of a document.
    depth: int = 100
    pages: int = 10_000


DEFAULT_CAPS = Caps()

Item = Record | RecordProblem


class Fetch(Protocol):
    """Gets another page of the same source."""

    def __call__(self, url: str) -> Document:
        """Return the document at ``url``, or raise a ``FetchError``."""
        ...


def announce(fetch: Fetch, url: str) -> None:
    """Say which document is asked for next: a fetch that can gets it meanwhile."""
    soon = getattr(fetch, "soon", None)
    if soon is not None:
        soon(url)


class Reader(Protocol):
    """A module-level ``read`` function of this package."""

    def __call__(
        self, document: Document, *, fetch: Fetch | None = None, caps: Caps = DEFAULT_CAPS
    ) -> Iterator[Item]:
        """Yield what the document, and its further pages if ``fetch`` is given, hold."""
        ...


@dataclass
class Draft:
    """A record being written: what mapping functions fill in."""

    dataset: dict[str, Any] = field(default_factory=dict)
    warnings: list[Message] = field(default_factory=list)
    unmapped: set[str] = field(default_factory=set)
    publisher: Publisher | None = None

    def warn(self, slug: str, template: str, **params: Any) -> None:
        """Note something that was mended or dropped."""
        self.warnings.append(Message(slug, template, params))
