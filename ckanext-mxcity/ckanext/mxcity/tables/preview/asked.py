"""What the address of a preview asks for. No CKAN import.

``?f.tipo=Fuga`` keeps the rows of a value, ``?f.fecha.min=2026-01-01&f.fecha.max=2026-06-30``
those between; ``q`` searches words, ``sort`` names a column and perhaps ``desc``, ``show`` names
columns, ``page`` counts from 1. What a table has not is left out: the address of a preview is
written by people, and by pages of before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ckanext.mxcity.ground.numbers import whole_number
from ckanext.mxcity.tables.downloads.columns import Column
from ckanext.mxcity.tables.question import ENDS, Arguments, last, words

#: Rows of a page.
SIZE = 20
#: Pages that can be turned to; what is beyond is filtered for, or downloaded.
MOST_PAGES = 5_000
#: Characters of a value that a filter takes: a longer one is no value that a person writes.
MOST_TEXT = 500
_FILTER = "f."


@dataclass(frozen=True)
class Asked:
    """What a reader asks of a table."""

    #: As it is asked, beyond the last page as well.
    page: int = 1
    words: str = ""
    sort: str = ""
    descending: bool = False
    #: Names of the columns that are shown; empty for all.
    shown: tuple[str, ...] = ()
    #: By the name of a column a value, or its bounds as ``gte`` and ``lte``.
    filters: Mapping[str, str | Mapping[str, str]] = field(default_factory=dict)

    @property
    def is_narrowed(self) -> bool:
        """Whether rows may be left out."""
        return bool(self.words or self.filters)

    def bound(self, name: str, end: str) -> str:
        """Return a bound of a column, ``gte`` or ``lte``; "" without one."""
        asked = self.filters.get(name)
        return asked.get(end, "") if isinstance(asked, Mapping) else ""

    def value(self, name: str) -> str:
        """Return the value that a column has to have; "" for any."""
        asked = self.filters.get(name)
        return asked if isinstance(asked, str) else ""

    def search(self, columns: Sequence[Column]) -> dict[str, Any]:
        """Return the terms of ``datastore_search``."""
        asked: dict[str, Any] = {
            "limit": SIZE,
            "offset": (min(self.page, MOST_PAGES) - 1) * SIZE,
            "fields": [column.name for column in self.columns(columns)],
        }
        if self.filters:
            asked["filters"] = {
                name: dict(value) if isinstance(value, Mapping) else value
                for name, value in self.filters.items()
            }
        if self.words:
            asked["q"] = words(self.words)
        if self.sort:
            # Rows with the same value stay in the order of the file from page to page.
            order = "desc" if self.descending else "asc"
            asked["sort"] = [f'"{self.sort}" {order} nulls last', '"_id" asc']
        return asked

    def columns(self, columns: Sequence[Column]) -> list[Column]:
        """Return the columns that are shown, in the order of the table."""
        return [column for column in columns if not self.shown or column.name in self.shown]

    def address(self, **changed: Any) -> list[tuple[str, str]]:
        """Return the parameters of this question with some of it changed, by field."""
        told = {name: getattr(self, name) for name in self.__dataclass_fields__} | changed
        pairs = [("q", told["words"]), *_filter_pairs(told["filters"])]
        if told["sort"]:
            pairs.append(("sort", told["sort"] + (" desc" if told["descending"] else "")))
        pairs += [("show", name) for name in told["shown"]]
        if told["page"] > 1:
            pairs.append(("page", str(told["page"])))
        return [(name, value) for name, value in pairs if value]


def _filter_pairs(filters: Mapping[str, str | Mapping[str, str]]) -> list[tuple[str, str]]:
    pairs = []
    for name, value in filters.items():
        if isinstance(value, str):
            pairs.append((f"{_FILTER}{name}", value))
        else:
            ends = {code: end for end, code in ENDS.items()}
            pairs += [(f"{_FILTER}{name}{ends[code]}", bound) for code, bound in value.items()]
    return pairs


def read(arguments: Arguments, columns: Sequence[Column]) -> Asked:
    """Return what an address asks of a table with these columns."""
    names = [column.name for column in columns]
    sort, descending = _sort(last(arguments, "sort"), names)
    page = whole_number(last(arguments, "page")) or 1
    return Asked(
        page=max(page, 1),
        words=last(arguments, "q")[:MOST_TEXT],
        sort=sort,
        descending=descending,
        shown=tuple(name for name in names if name in arguments.getlist("show")),
        filters=_filters(arguments, names),
    )


def _filters(arguments: Arguments, names: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in names:
        if value := last(arguments, f"{_FILTER}{name}")[:MOST_TEXT]:
            found[name] = value
            continue
        bounds = {
            code: bound
            for end, code in ENDS.items()
            if (bound := last(arguments, f"{_FILTER}{name}{end}")[:MOST_TEXT])
        }
        if bounds:
            found[name] = bounds
    return found


def _sort(text: str, names: Sequence[str]) -> tuple[str, bool]:
    if text in names:
        return text, False
    name = text.removesuffix(" desc")
    return (name, True) if name in names else ("", False)
