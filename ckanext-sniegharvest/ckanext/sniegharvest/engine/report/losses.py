"""Count the fields of a source that have no place in our schema; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ckanext.mxcity.reading.canonical import serialised
from ckanext.mxcity.reading.records import Record

#: Fields that are told one by one; a source may invent a new one with every record.
MOST_FIELDS = 500
#: Characters of an example, and of the name of a field.
SHOWN = 120
NAME_SHOWN = 200


class Losses:
    """Counts, by field of the source, the records whose value found no place."""

    def __init__(self) -> None:
        self._found: dict[str, list[Any]] = {}
        #: Values of fields that came after the first ``MOST_FIELDS``.
        self.others = 0

    def add(self, record: Record) -> None:
        """Count the fields of a record; its first value of each is the example."""
        for path in record.unmapped:
            name = path[:NAME_SHOWN]
            row = self._found.get(name)
            if row is not None:
                row[0] += 1
            elif len(self._found) < MOST_FIELDS:
                self._found[name] = [1, _shown(_value(record.raw, path))]
            else:
                self.others += 1

    def as_list(self) -> list[dict[str, Any]]:
        """Return ``{"field", "records", "example"}`` for each field, the most frequent first."""
        ordered = sorted(self._found.items(), key=lambda pair: (-pair[1][0], pair[0]))
        return [
            {"field": name, "records": count, "example": example}
            for name, (count, example) in ordered
        ]


def _value(raw: Any, path: str) -> Any:
    """Return the value at a path, of a list that of the first entry with one; else None."""
    if isinstance(raw, list):
        found = (_value(entry, path) for entry in raw)
        return next((value for value in found if value is not None), None)
    if not isinstance(raw, Mapping):
        return None
    for key in (path, f"dcat:{path}"):
        if raw.get(key) is not None:
            return raw[key]
    first, _, rest = path.partition(".")
    for key in (first, f"dcat:{first}", f"schema:{first}"):
        if rest and raw.get(key) is not None:
            return _value(raw[key], rest)
    return None


def _shown(value: Any) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else serialised(value)
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"
