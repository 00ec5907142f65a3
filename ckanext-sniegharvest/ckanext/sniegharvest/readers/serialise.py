"""Turn items into plain data that JSON can hold, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from ckanext.mxcity.ground.messages import Message
from ckanext.mxcity.reading.records import Item, Publisher, Record, RecordProblem


def plain(item: Item) -> dict[str, Any]:
    """Return an item as plain data; only a problem has ``kind``."""
    values: dict[str, Any] = {part.name: getattr(item, part.name) for part in fields(item)}
    if isinstance(item, RecordProblem):
        return values | {"message": _parts(item.message)}
    if item.publisher is not None:
        values["publisher"] = asdict(item.publisher)
    values["warnings"] = [_parts(message) for message in item.warnings]
    return values


def item_of(values: Mapping[str, Any]) -> Item:
    """Return the item that plain data tell of."""
    if "kind" in values:
        return RecordProblem(**{**values, "message": Message(*values["message"])})
    return record_of(values)


def record_of(values: Mapping[str, Any]) -> Record:
    """Return the record that plain data tell of."""
    told = dict(values)
    if told["publisher"] is not None:
        told["publisher"] = Publisher(**told["publisher"])
    told["warnings"] = tuple(Message(*parts) for parts in told["warnings"])
    told["unmapped"] = tuple(told["unmapped"])
    return Record(**told)


def _parts(message: Message) -> list[Any]:
    return [message.slug, message.template, dict(message.params)]
