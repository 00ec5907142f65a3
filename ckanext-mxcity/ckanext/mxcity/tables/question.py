"""What an address asks of a table, in the terms of ``datastore_search``.

Every parameter that names a column is a filter: ``?municipio=039`` keeps the rows that hold the
value, ``?municipio=039&municipio=048`` those that hold either, ``?fecha.min=2024-01-01`` and
``?fecha.max=2024-12-31`` those between both. ``q``, ``sort``, ``fields``, ``limit`` and ``filters``
(CKAN's own, as JSON) mean what they mean in CKAN's API; a column of such a name is asked for
through ``filters``. ``spreadsheet=true`` is of CSV alone: see ``downloads.neutral``.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any, Protocol

from ckanext.mxcity.ground.numbers import whole_number

#: Parameters that are not filters.
OWN = frozenset({"q", "sort", "fields", "limit", "filters", "spreadsheet"})
#: How a parameter that bounds a column ends, and the bound in ``datastore_search``.
ENDS = {".min": "gte", ".max": "lte"}


class Arguments(Protocol):
    """The parameters of an address, as Flask gives them."""

    def keys(self) -> Collection[str]:
        """Return the names."""
        ...

    def getlist(self, key: str) -> list[str]:
        """Return every value of a name."""
        ...


class QuestionError(ValueError):
    """A parameter that cannot be understood: ``name``, the ``expected`` and what was ``given``."""

    def __init__(self, name: str, expected: str, given: str) -> None:
        super().__init__(f"{name}: {expected} ({given})")
        self.name = name
        self.expected = expected
        self.given = given


def read_question(arguments: Arguments, columns: Collection[str]) -> dict[str, Any]:
    """Return ``filters``, ``q``, ``sort``, ``fields`` and ``limit`` for ``datastore_search``.

    QuestionError names the first parameter that is neither a column nor one of ours.
    """
    question: dict[str, Any] = {"filters": _filters(arguments, columns)}
    if text := last(arguments, "q"):
        question["q"] = words(text)
    if sort := last(arguments, "sort"):
        question["sort"] = _sort(sort, columns)
    if fields := [name for value in arguments.getlist("fields") for name in value.split(",")]:
        question["fields"] = [_column("fields", name.strip(), columns) for name in fields]
    if limit := last(arguments, "limit"):
        question["limit"] = _number(limit)
    return question


def _filters(arguments: Arguments, columns: Collection[str]) -> dict[str, Any]:
    filters = _json_filters(last(arguments, "filters"), columns)
    for name in arguments.keys():  # noqa: SIM118  # not a dictionary
        if name in OWN:
            continue
        end = next((end for end in ENDS if name.endswith(end) and name not in columns), "")
        column = _column(name, name.removesuffix(end), columns)
        values = arguments.getlist(name)
        if not end:
            filters[column] = values
        elif isinstance(filters.setdefault(column, {}), dict):
            filters[column][ENDS[end]] = values[-1]
        else:
            raise QuestionError(name, "either values or an interval", values[-1])
    return filters


def _json_filters(text: str, columns: Collection[str]) -> dict[str, Any]:
    if not text:
        return {}
    try:
        filters = json.loads(text)
    except ValueError:
        filters = None
    if not isinstance(filters, dict):
        raise QuestionError("filters", "an object of JSON", text[:80])
    for name in filters:
        _column("filters", name, columns)
    return filters


def _sort(text: str, columns: Collection[str]) -> str:
    terms = []
    for part in text.split(","):
        name, _, order = part.strip().rpartition(" ")
        if order.lower() not in ("asc", "desc"):
            name, order = part.strip(), "asc"
        quoted = _column("sort", name, columns).replace('"', '""')
        terms.append(f'"{quoted}" {order.lower()}')
    return ", ".join(terms)


def _column(parameter: str, name: str, columns: Collection[str]) -> str:
    if name in columns:
        return name
    raise QuestionError(parameter, "one of the columns", name)


def _number(text: str) -> int:
    number = whole_number(text)
    if number is None:
        raise QuestionError("limit", "a whole number", text[:80])
    return number


def words(text: str) -> str:
    """Return words to search for as CKAN takes them: a colon, which no word has, fails there."""
    return text.replace(":", " ")


def last(arguments: Arguments, name: str) -> str:
    """Return what an address says last under a name; "" where it says nothing."""
    return next(reversed(arguments.getlist(name)), "").strip()
