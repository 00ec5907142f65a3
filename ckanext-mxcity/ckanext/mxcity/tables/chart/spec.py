"""What a chart shows: which column along, which measured, and how. No CKAN import."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ckanext.mxcity.maps.sources import LATITUDES, LONGITUDES
from ckanext.mxcity.tables.downloads.columns import Column
from ckanext.mxcity.tables.types import is_key

NUMBERS = frozenset({"int2", "int4", "int8", "numeric", "float4", "float8"})
MOMENTS = frozenset({"date", "timestamp"})
#: Ways to measure the rows of a group.
MEASURES = ("sum", "avg", "count")
KINDS = ("bar", "line")
#: Groups drawn at most: bars that can be told apart, points of a line, Mexico's municipalities.
BARS, POINTS, AREAS = 30, 500, 2_500
#: Words of a name that make whole numbers a period.
_YEARS = ("anio", "año", "ano", "year", "ejercicio", "periodo")


@dataclass(frozen=True)
class Chart:
    """A chart: groups of ``x``, ``measure`` of ``y`` in each (``y`` is empty for a count)."""

    kind: str
    x: str
    y: str
    measure: str

    @property
    def limit(self) -> int:
        """The most groups that are drawn."""
        return {"bar": BARS, "line": POINTS, "map": AREAS}[self.kind]


@dataclass(frozen=True)
class Choices:
    """The columns that may go along and that may be measured."""

    along: tuple[Column, ...]
    measured: tuple[Column, ...]


@dataclass(frozen=True)
class Groups:
    """The groups of a chart: label and value of each, and how many there are in all."""

    rows: tuple[tuple[str, float], ...]
    total: int

    @property
    def shown(self) -> int:
        """How many groups are here."""
        return len(self.rows)


def choices(columns: Sequence[Column]) -> Choices:
    """Return what a table lets a reader choose: codes and coordinates are not measured."""
    return Choices(
        along=tuple(
            column for column in columns if not _is_place(column) and not _is_figure(column)
        ),
        measured=tuple(
            column for column in columns if _is_figure(column) and not _is_place(column)
        ),
    )


def chart_of(columns: Sequence[Column], asked: Mapping[str, str]) -> Chart | None:
    """Return the chart that is asked for, with defaults in place of what a table has not.

    None for a table that has no column to go along.
    """
    offered = choices(columns)
    if not offered.along:
        return None
    x = _named(offered.along, asked.get("x", "")) or _first_along(offered.along)
    y = _named(offered.measured, asked.get("y", ""))
    measure = asked.get("measure", "")
    if y is None and measure != "count" and offered.measured:
        y = offered.measured[0]
    if y is None:
        measure = "count"
    elif measure not in MEASURES:
        measure = "sum"
    kind = asked.get("kind", "")
    if kind not in KINDS:
        kind = "line" if is_time(x) else "bar"
    return Chart(kind, x.name, y.name if y and measure != "count" else "", measure)


def is_time(column: Column) -> bool:
    """Say whether a column's values follow each other in time."""
    name = column.name.lower()
    return column.type in MOMENTS or name in _YEARS or name.startswith(_YEARS)


def _is_figure(column: Column) -> bool:
    return column.type in NUMBERS and not is_time(column) and not is_key(column.name)


def _is_place(column: Column) -> bool:
    return column.name.lower() in (*LATITUDES, *LONGITUDES, "geometry", "geojson", "geom")


def _named(columns: Sequence[Column], name: str) -> Column | None:
    return next((column for column in columns if column.name == name), None)


def _first_along(columns: Sequence[Column]) -> Column:
    """Prefer time, then words, then codes; of words the last, which tell more apart."""
    times = [column for column in columns if is_time(column)]
    words = [column for column in columns if not is_key(column.name)]
    return times[0] if times else (words or list(columns))[-1]
