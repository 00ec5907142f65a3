"""Hold back records that are too abnormal to be written unseen; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ckanext.mxcity.ground.messages import N_, Message
from ckanext.mxcity.reading.canonical import serialised
from ckanext.mxcity.reading.records import Item, Record, RecordProblem

ABNORMAL = {
    "bytes": N_(
        "The record takes {count} bytes; at most {limit} are taken. Look at it at the source; if "
        "it is right, raise {option}."
    ),
    "resources": N_(
        "The record has {count} resources; at most {limit} are taken. Look at it at the source; "
        "if it is right, raise {option}."
    ),
    "tags": N_(
        "The record has {count} keywords; at most {limit} are taken. Look at it at the source; "
        "if it is right, raise {option}."
    ),
    "extras": N_(
        "The record has {count} additional fields; at most {limit} are taken. Look at it at the "
        "source; if it is right, raise {option}."
    ),
    "title": N_(
        "The title has {count} characters; at most {limit} are taken. Look at it at the source; "
        "if it is right, raise {option}."
    ),
}


@dataclass(frozen=True)
class Limits:
    """The most that a record may have, each a whole number; see ``config.quarantine``."""

    bytes: int
    resources: int
    tags: int
    extras: int
    #: Characters.
    title: int


def judge(record: Record, limits: Limits) -> Message | None:
    """Say what is abnormal in a record, None if nothing is."""
    measures: dict[str, Callable[[], int]] = {
        "resources": lambda: len(record.dataset.get("resources") or ()),
        "tags": lambda: len(record.dataset.get("tags") or ()),
        "extras": lambda: len(record.dataset.get("extras") or ()),
        "title": lambda: len(record.title),
        "bytes": lambda: len(serialised(record.raw).encode("utf-8", "replace")),
    }
    for what, measure in measures.items():
        count, limit = measure(), getattr(limits, what)
        if count > limit:
            option = f"ckanext.sniegharvest.quarantine_{what}"
            params = {"count": count, "limit": limit, "option": option}
            return Message(f"abnormal-{what}", ABNORMAL[what], params)
    return None


def apart(items: Iterable[Item], limits: Limits) -> Iterator[Item]:
    """Yield the items of a source, abnormal records as problems that hold them back."""
    for item in items:
        message = judge(item, limits) if isinstance(item, Record) else None
        if message is None or not isinstance(item, Record):
            yield item
        else:
            title = item.title[:200]
            yield RecordProblem("quarantine", message, item.position, item.identifier, title)
