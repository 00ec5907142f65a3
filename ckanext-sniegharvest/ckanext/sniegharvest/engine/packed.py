"""A record as bytes, for the plan that is stored between reading and writing; pure."""

from __future__ import annotations

import json
import zlib
from dataclasses import asdict, fields
from typing import Any

from ckanext.sniegharvest.errors import Message
from ckanext.sniegharvest.readers import Publisher, Record

FAST = 1  # a level of zlib: three quarters of the gain for a fifth of the time


def pack(record: Record) -> bytes:
    """Make the bytes of a record."""
    values: dict[str, Any] = {item.name: getattr(record, item.name) for item in fields(record)}
    if record.publisher is not None:
        values["publisher"] = asdict(record.publisher)
    values["warnings"] = [
        [message.slug, message.template, dict(message.params)] for message in record.warnings
    ]
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"), default=str)
    return zlib.compress(text.encode("utf-8", "replace"), FAST)


def unpack(packed: bytes) -> Record:
    """Make the record again."""
    values = json.loads(zlib.decompress(packed))
    if values["publisher"] is not None:
        values["publisher"] = Publisher(**values["publisher"])
    values["warnings"] = tuple(Message(*parts) for parts in values["warnings"])
    values["unmapped"] = tuple(values["unmapped"])
    return Record(**values)
