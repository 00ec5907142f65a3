"""Values as validators meet them: lists in any form, dates, what a dataset has already."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context


def as_list(value: Any) -> list[str]:
    """Return the texts of a list, a JSON list or a text with commas, without blanks or repeats."""
    if value is tk.missing or value is None:
        return []
    if isinstance(value, str):
        text = value.strip()
        try:
            loaded = json.loads(text) if text.startswith("[") else None
        except ValueError:
            loaded = None
        value = loaded if isinstance(loaded, list) else text.split(",")
    elif not isinstance(value, list | tuple | set):
        value = [value]
    texts = (str(item).strip() for item in value if item is not None)
    return list(dict.fromkeys(text for text in texts if text))


def as_json(values: Iterable[str]) -> str:
    """Return a list of texts as it is stored, without repeats."""
    return json.dumps(list(dict.fromkeys(values)), ensure_ascii=False)


def comparable(value: Any) -> str:
    """Return a date as a text that sorts by time."""
    return value.isoformat() if isinstance(value, datetime) else str(value)


def is_empty(value: Any) -> bool:
    """Return whether nothing was given."""
    return value is tk.missing or value is None or (isinstance(value, str) and not value.strip())


def stored(context: Context, name: str) -> str:
    """Return what the dataset that is being changed has in a field, "" for nothing."""
    package = context.get("package")
    return str((package.extras or {}).get(name) or "") if package is not None else ""


def of_harvest(context: Context) -> bool:
    """Return whether the harvest writes, or a person changes what it wrote.

    The harvester calls actions with ``ignore_auth``, which no request from outside can set.
    """
    return bool(context.get("ignore_auth") or stored(context, "source_identifier"))
