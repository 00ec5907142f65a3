"""What an address asks of a grouped table, and whether it has a meaning. No CKAN import.

``?por=colonia&por=fecha.anio&medida=monto&como=suma``: ``por`` names one or two columns, a moment
perhaps by its ``.anio`` or ``.mes``; ``medida`` the figures, ``como`` how they are brought
together. Filters and words are those of the table's preview.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ckanext.mxcity.ground.measures import measure
from ckanext.mxcity.tables.chart.spec import MOMENTS, NUMBERS, choices, is_part_of_time, is_time
from ckanext.mxcity.tables.downloads.columns import Column
from ckanext.mxcity.tables.preview import asked as narrowing
from ckanext.mxcity.tables.question import Arguments, last

#: The ways of bringing rows together, as the address and PostgreSQL name them.
WAYS = {
    "cuenta": "count",
    "suma": "sum",
    "promedio": "avg",
    "mediana": "median",
    "minimo": "min",
    "maximo": "max",
}
_ALSO = {"media": "promedio", "conteo": "cuenta"}
#: Ways that have a meaning for figures of any kind.
_ALWAYS = ("median", "min", "max", "count")
#: Parts of a moment, with how PostgreSQL writes them.
PARTS = {"anio": "YYYY", "mes": "YYYY-MM"}
#: Columns that a table is grouped by at most.
MOST_ALONG = 2
_GROUPED = frozenset({*NUMBERS, *MOMENTS, "text", "bool", "time"})


class RefusedError(ValueError):
    """What is asked for is not given: ``code`` says why, the rest of what."""

    def __init__(self, code: str, name: str, column: Column | None = None) -> None:
        super().__init__(f"{code}: {name}")
        self.code = code
        self.name = name
        self.column = column


@dataclass(frozen=True)
class Along:
    """A column that is grouped by, or a part of its moments."""

    column: Column
    part: str = ""

    @property
    def name(self) -> str:
        """What the address calls it."""
        return f"{self.column.name}.{self.part}" if self.part else self.column.name

    @property
    def follows(self) -> bool:
        """Whether its groups follow each other in time."""
        return is_time(self.column) or is_part_of_time(self.column)


@dataclass(frozen=True)
class Asked:
    """How a table is grouped."""

    along: tuple[Along, ...]
    way: str = "count"
    figures: Column | None = None
    #: The column of whose last moment alone the rows are brought together; "" for all rows.
    last: str = ""
    #: Which rows.
    rows: narrowing.Asked = field(default_factory=narrowing.Asked)

    def address(self, narrowed: bool = True) -> list[tuple[str, str]]:
        """Return the parameters that ask this; of all rows, where not ``narrowed``."""
        names = {way: name for name, way in WAYS.items()}
        pairs = [("por", one.name) for one in self.along]
        if self.figures is not None:
            pairs.append(("medida", self.figures.name))
        return [*pairs, ("como", names[self.way]), *(self.rows.address() if narrowed else ())]


def grouped_by(columns: Sequence[Column]) -> list[Column]:
    """Return the columns that a table may be grouped by."""
    places = {c.name for c in columns} - {
        c.name for c in (*choices(columns).along, *choices(columns).measured)
    }
    return [c for c in columns if c.type in _GROUPED and c.name not in places]


def ways(column: Column | None) -> tuple[str, ...]:
    """Return how the figures of a column may be brought together; None for the rows alone."""
    if column is None:
        return ("count",)
    return (*measure(column.measure).ways, *_ALWAYS)


def read(arguments: Arguments, columns: Sequence[Column]) -> Asked | None:
    """Return what an address asks; None if it names no column to group by.

    Raises:
        RefusedError: there is no such column or way, or the figures cannot be brought together so.

    """
    names = [name.strip() for name in arguments.getlist("por") if name.strip()]
    if not names:
        return None
    along = tuple(_along(name, columns) for name in dict.fromkeys(names))
    if len(along) > MOST_ALONG:
        raise RefusedError("too many columns", along[MOST_ALONG].name)
    found = narrowing.read(arguments, columns)
    rows = narrowing.Asked(words=found.words, filters=found.filters)
    named, told = last(arguments, "medida"), last(arguments, "como").lower()
    told = _ALSO.get(told, told)
    if told and told not in WAYS:
        raise RefusedError("no way", told)
    way = WAYS.get(told, "")
    if not named:
        if way not in ("", "count"):
            raise RefusedError("no figures named", told)
        return Asked(along, rows=rows)
    figures = next((column for column in columns if column.name == named), None)
    if figures is None:
        raise RefusedError("no column", named)
    if figures not in choices(columns).measured:
        raise RefusedError("no figures", named, figures)
    way = way or ways(figures)[0]
    if way not in ways(figures):
        raise RefusedError("no meaning", way, figures)
    if way == "count":
        return Asked(along, rows=rows)
    return Asked(along, way, figures, _last_moment(along, way, figures, columns), rows)


def _along(name: str, columns: Sequence[Column]) -> Along:
    by_name = {column.name: column for column in grouped_by(columns)}
    if name in by_name:
        return Along(by_name[name])
    whole, _, part = name.rpartition(".")
    if whole in by_name and part in PARTS and by_name[whole].type in MOMENTS:
        return Along(by_name[whole], part)
    raise RefusedError("no column", name)


def _last_moment(
    along: Sequence[Along], way: str, figures: Column, columns: Sequence[Column]
) -> str:
    """Return the column whose last moment counts: what there is is added up at one moment alone.

    RefusedError where several moments would be added up.
    """
    if way != "sum" or not measure(figures.measure).last:
        return ""
    by = {one.column.name for one in along}
    others = [c for c in columns if c.name not in by and (is_time(c) or is_part_of_time(c))]
    if any(one.part for one in along):
        raise RefusedError("several moments", way, figures)
    if not others:
        return ""
    if len(others) > 1 or not is_time(others[0]) or any(one.follows for one in along):
        raise RefusedError("several moments", way, figures)
    return others[0].name
