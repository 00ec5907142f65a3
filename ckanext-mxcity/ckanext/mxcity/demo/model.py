"""What a demonstration dataset is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from ckanext.mxcity.city import City
from ckanext.mxcity.dataset.types import PLAIN

#: A value of a cell.
Cell = str | int | float | date | datetime | None


class DemoSpecError(ValueError):
    """The description of the demonstration catalogue cannot be used; names dataset and entry."""


@dataclass(frozen=True)
class Column:
    """One column of a table and its entry in the data dictionary."""

    name: str
    #: ``string``, ``integer``, ``number``, ``date`` or ``datetime``, as in a Table Schema.
    type: str
    description: str


@dataclass(frozen=True)
class Table:
    """Rows under columns; ``geometry`` holds a GeoJSON geometry a row, if the table is a map."""

    columns: tuple[Column, ...]
    rows: list[tuple[Cell, ...]]
    geometry: list[dict[str, Any]] | None = None

    def column(self, name: str) -> list[Cell]:
        """Return every value of a column.

        Raises:
            KeyError: no column of that name.

        """
        names = [column.name for column in self.columns]
        if name not in names:
            raise KeyError(name)
        index = names.index(name)
        return [row[index] for row in self.rows]


@dataclass(frozen=True)
class TableSpec:
    """How one table is made, and the formats in which it is written."""

    id: str
    title: str
    #: Name of the generator (a key of ``generators.GENERATORS``).
    make: str
    options: Mapping[str, Any]
    formats: tuple[str, ...]


@dataclass(frozen=True)
class DatasetSpec:
    """A dataset of the demonstration, its texts already written for the city."""

    id: str
    organization: str
    contact: str
    title: str
    notes: str
    topics: tuple[str, ...]
    tags: tuple[str, ...]
    subsystem: str
    #: Why none of the subsystems fits; empty when one does.
    subsystem_reason: str
    information_type: str
    official_status: str
    level: str
    area_codes: tuple[str, ...]
    frequency: str
    period: tuple[str, str]
    modified: str
    synthetic: bool
    #: True when the dataset covers the city's rectangle, False for a wider area.
    in_city: bool
    tables: tuple[TableSpec, ...]
    #: The type of dataset, and the fields that it has by it.
    kind: str = PLAIN
    own: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Place:
    """What a generator needs to know: the city, its figures and the dataset being made."""

    city: City
    #: Figures of the city, e.g. ``luminaires``.
    facts: Mapping[str, int]
    dataset: str
