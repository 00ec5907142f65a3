"""What a chart shows: which column along, which measured, and how. No CKAN import.

How it is drawn is said in ``kinds``, one module a kind.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ckanext.mxcity.ground.columns import LATITUDES, LONGITUDES, is_key, is_year
from ckanext.mxcity.ground.measures import measure
from ckanext.mxcity.ground.text import folded
from ckanext.mxcity.tables.downloads.columns import Column

NUMBERS = frozenset({"int2", "int4", "int8", "numeric", "float4", "float8"})
MOMENTS = frozenset({"date", "timestamp", "timestamptz"})
_PARTS_OF_TIME = frozenset(
    ("mes", "trimestre", "bimestre", "cuatrimestre", "semestre", "semana", "dia", "hora")
)
_PERIOD = re.compile(r"(1[89]|20)\d\d[-/ ]?([TQBSMtqbsm]?[0-9]{1,2})(-\d\d)?")


@dataclass(frozen=True)
class Chart:
    """A chart: groups of ``x``, ``measure`` of ``y`` in each (``y`` is empty for a count)."""

    kind: str
    x: str
    y: str
    measure: str
    #: Only the rows of the last moment in this column are grouped; empty for all.
    last: str = ""


@dataclass(frozen=True)
class Choices:
    """The columns that may go along and that may be measured."""

    along: tuple[Column, ...]
    measured: tuple[Column, ...]


@dataclass(frozen=True)
class Groups:
    """The groups of a chart: label and value of each, and how many there are in all.

    A group in which nothing was measured has no value: that is not zero.
    """

    rows: tuple[tuple[str, float | None], ...]
    total: int
    #: Rows of the largest group: of one row each, nothing was added up or averaged.
    most_rows: int = 0
    #: The moment whose rows alone were grouped, if only those were.
    moment: str = ""

    @property
    def values(self) -> list[float]:
        """The values that there are."""
        return [value for _, value in self.rows if value is not None]

    @property
    def shown(self) -> int:
        """How many groups are here."""
        return len(self.rows)


def choices(columns: Sequence[Column]) -> Choices:
    """Return what a table lets a reader choose: codes and coordinates are not measured."""
    return Choices(
        along=tuple(
            column for column in columns if not _is_place(column) and not is_figure(column)
        ),
        measured=tuple(column for column in columns if is_figure(column) and not _is_place(column)),
    )


def ways(column: Column) -> tuple[str, ...]:
    """Return how the rows of a group may be brought together, the usual way first."""
    return (*measure(column.measure).ways, "count")


def is_part_of_time(column: Column) -> bool:
    """Tell whether a column tells a part of a moment, which its table has in several columns."""
    return is_named_as_period(column) and not column.periods


def is_named_as_period(column: Column) -> bool:
    """Tell whether a column may hold months, quarters or the like, by its name."""
    return folded(column.name) in _PARTS_OF_TIME


def is_period(text: str) -> bool:
    """Tell whether a text is a moment that sorts as it follows: ``2026-01``, ``2026-T1``."""
    return _PERIOD.fullmatch(text.strip()) is not None


def is_time(column: Column) -> bool:
    """Say whether a column's values follow each other in time."""
    named = is_year(column.name) or column.name.lower().startswith("periodo")
    return column.type in MOMENTS or named or column.periods


def is_figure(column: Column) -> bool:
    """Tell whether a column holds figures: codes, years and parts of a moment are none."""
    return (
        column.type in NUMBERS
        and not is_time(column)
        and not is_part_of_time(column)
        and not is_key(column.name)
    )


def _is_place(column: Column) -> bool:
    return column.name.lower() in (*LATITUDES, *LONGITUDES, "geometry", "geojson", "geom")
