"""The points of a table: where they are, and how many lie together, asked of the database.

However many rows a table has, a map is sent its clusters. Of sensors, whose rows are readings of
the same few places, a place has one point: that of its last reading.
"""

from __future__ import annotations

import logging
import math
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from statistics import fmean
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from ckanext.mxcity.city import BoundingBox

log = logging.getLogger(__name__)

#: Milliseconds that the database may take for one answer.
TIMEOUT = 5_000
#: Clusters of one answer at most: more could not be told apart on a screen.
MOST = 2_000
#: Up to so many rows in sight, points lie alone unless they touch; of more, near ones are joined.
FEW, TOUCHING, NEAR = 300, 14, 64
#: Rows that a place has at least, and places that a table has at most, where they are readings.
READINGS, PLACES = 3, 5_000
#: Rows that are looked at to see whether they are.
LOOKED_AT = 50_000
NEAREST_ZOOM = 22
NUMBERS = frozenset({"int2", "int4", "int8", "numeric", "float4", "float8"})
_DEGREES = r"^\s*[-+]?\d{1,3}(\.\d*)?\s*$"


@dataclass(frozen=True)
class PointTable:
    """A table with coordinates; ``time`` is its column of moments, empty without one."""

    table: str
    latitude: str
    longitude: str
    #: PostgreSQL's types of both.
    types: tuple[str, str]
    time: str = ""


@dataclass(frozen=True)
class Facts:
    """What is known of all the points of a table."""

    #: Rows with a usable place, and rows in all.
    placed: int
    rows: int
    #: Where the rows are readings, how many places they are of; else 0.
    places: int
    box: BoundingBox | None
    #: The moment of the last row, as PostgreSQL writes it; empty without a column of moments.
    latest: str

    @property
    def readings(self) -> bool:
        """Whether the rows are readings of places, so that the last of each is shown."""
        return self.places > 0


@dataclass(frozen=True)
class Cluster:
    """Rows that lie together: their middle, and how many they are; ``row`` is one of them."""

    longitude: float
    latitude: float
    count: int
    row: int


def facts_of(points: PointTable, version: str) -> Facts | None:
    """Return what is known of a table's points, kept while it has this ``version``.

    None where the database does not answer in time.
    """
    try:
        return _facts(points, version)
    except DBAPIError as error:
        log.info("The points of %s are not known: %s", points.table, error)
        return None


@lru_cache(maxsize=256)
def _facts(points: PointTable, _version: str) -> Facts:
    latitude, longitude = _place(points)
    there = _is_place(latitude, longitude)
    latest: Any = sa.literal("")
    if points.time:
        latest = sa.cast(sa.func.max(sa.column(points.time)), sa.Text)
    query = sa.select(
        sa.func.count().label("rows"),
        sa.func.count().filter(there).label("placed"),
        sa.func.min(longitude).filter(there).label("west"),
        sa.func.min(latitude).filter(there).label("south"),
        sa.func.max(longitude).filter(there).label("east"),
        sa.func.max(latitude).filter(there).label("north"),
        latest.label("latest"),
    ).select_from(sa.table(points.table))
    with _reading() as connection:
        found = connection.execute(query).one()
        places = _places_of_readings(points, connection) if points.time else 0
    box = None
    if found.placed:
        box = BoundingBox(found.west, found.south, found.east, found.north)
    return Facts(found.placed, found.rows, places, box, str(found.latest or ""))


def _places_of_readings(points: PointTable, connection: sa.Connection) -> int:
    """Return how many places a table has whose rows are readings of them; 0 for another table."""
    some = _rows(points, None, with_time=True).limit(LOOKED_AT).subquery()
    place: list[Any] = [sa.column("latitude"), sa.column("longitude")]
    moments = sa.select(sa.func.count()).select_from(
        sa.select(*place).select_from(some).group_by(*place, sa.column("time")).subquery()
    )
    looked = connection.execute(sa.select(sa.func.count()).select_from(some)).scalar_one()
    seen = connection.execute(_counted(some)).scalar_one()
    if not 0 < seen <= PLACES or looked < READINGS * seen:
        return 0
    if connection.execute(moments).scalar_one() != looked:
        return 0
    return int(connection.execute(_counted(_rows(points, None).subquery())).scalar_one())


def _counted(rows: sa.Subquery) -> sa.Select[tuple[int]]:
    """Count the places of rows: by groups, which are quicker than distinct values."""
    place: list[Any] = [sa.column("latitude"), sa.column("longitude")]
    groups = sa.select(*place).select_from(rows).group_by(*place).subquery()
    return sa.select(sa.func.count()).select_from(groups)


def clusters(
    points: PointTable, box: BoundingBox, zoom: int, *, last: bool
) -> list[Cluster] | None:
    """Return the points within a rectangle, those that would lie on each other joined.

    Args:
        points: the table.
        box: what the map shows.
        zoom: of the map, 0 to 22: a degree has ``256 · 2^zoom / 360`` pixels.
        last: of each place only the last reading.

    Returns:
        At most ``MOST``, the largest first; None where the database does not answer in time.

    """
    try:
        with _reading() as connection:
            if last:
                rows = connection.execute(_last(points, box)).all()
                return _joined([(row.longitude, row.latitude, row[0]) for row in rows], box, zoom)
            inside = _rows(points, box).subquery()
            few = sa.select(sa.literal(1)).select_from(inside).limit(FEW + 1).subquery()
            crowd = connection.execute(sa.select(sa.func.count()).select_from(few)).scalar_one()
            query = _cells(inside, *_sides(crowd, box, zoom))
            return [Cluster(*row) for row in connection.execute(query)]
    except DBAPIError as error:
        log.info("No clusters of %s: %s", points.table, error)
        return None


def _sides(crowd: int, box: BoundingBox, zoom: int) -> tuple[float, float]:
    """Return how wide and how high a cell is, in degrees: on the screen, it is a square."""
    wide = 360 / (256 * 2**zoom) * (NEAR if crowd > FEW else TOUCHING)
    middle = max(-80.0, min(80.0, (box.south + box.north) / 2))
    return wide, wide * math.cos(math.radians(middle))


def _cells(inside: sa.Subquery, wide: float, high: float) -> sa.Select[Any]:
    latitude: sa.ColumnClause[float] = sa.column("latitude")
    longitude: sa.ColumnClause[float] = sa.column("longitude")
    return (
        sa.select(
            sa.func.avg(longitude).label("longitude"),
            sa.func.avg(latitude).label("latitude"),
            sa.func.count().label("count"),
            sa.func.min(sa.column("_id")).label("row"),
        )
        .select_from(inside)
        .group_by(sa.func.floor(longitude / wide), sa.func.floor(latitude / high))
        .order_by(sa.desc("count"), sa.text('"row"'))
        .limit(MOST)
    )


def _joined(rows: list[tuple[float, float, int]], box: BoundingBox, zoom: int) -> list[Cluster]:
    """Join the last readings, which are few enough to be joined here."""
    wide, high = _sides(len(rows), box, zoom)
    cells: dict[tuple[int, int], list[tuple[float, float, int]]] = defaultdict(list)
    for row in rows:
        cells[math.floor(row[0] / wide), math.floor(row[1] / high)].append(row)
    found = [
        Cluster(fmean(row[0] for row in cell), fmean(row[1] for row in cell), len(cell), cell[0][2])
        for cell in cells.values()
    ]
    return sorted(found, key=lambda one: (-one.count, one.row))[:MOST]


def last_rows(points: PointTable, most: int) -> list[int] | None:
    """Return the rows (``_id``) of the last reading of each place; None if it took too long."""
    inside = _last(points, None).subquery()
    row: sa.ColumnClause[int] = sa.column("_id")
    query = sa.select(row).select_from(inside).order_by(row).limit(most)
    try:
        with _reading() as connection:
            return list(connection.execute(query).scalars())
    except DBAPIError as error:
        log.info("No last readings of %s: %s", points.table, error)
        return None


def _last(points: PointTable, box: BoundingBox | None) -> sa.Select[Any]:
    """Return the last reading of each place, within a rectangle if one is given."""
    rows = _rows(points, box, with_time=True).cte("rows")
    # Grouped and joined: to sort a million rows for the last of each takes several times as long.
    latest = (
        sa.select(rows.c.latitude, rows.c.longitude, sa.func.max(rows.c.time).label("time"))
        .group_by(rows.c.latitude, rows.c.longitude)
        .cte("latest")
    )
    same = sa.and_(
        rows.c.latitude == latest.c.latitude,
        rows.c.longitude == latest.c.longitude,
        rows.c.time.is_not_distinct_from(latest.c.time),
    )
    return (
        sa.select(rows.c["_id"], rows.c.latitude, rows.c.longitude)
        .select_from(rows.join(latest, same))
        .distinct(rows.c.latitude, rows.c.longitude)
        .order_by(rows.c.latitude, rows.c.longitude, sa.desc(rows.c["_id"]))
    )


def _rows(
    points: PointTable, box: BoundingBox | None, *, with_time: bool = False
) -> sa.Select[Any]:
    """Return the rows that have a place, within a rectangle if one is given."""
    latitude, longitude = _place(points)
    shown = [sa.column("_id"), latitude.label("latitude"), longitude.label("longitude")]
    if with_time:
        shown.append(sa.column(points.time).label("time"))
    query = sa.select(*shown).select_from(sa.table(points.table))
    query = query.where(_is_place(latitude, longitude))
    if box is not None:
        query = query.where(
            longitude.between(box.west, box.east), latitude.between(box.south, box.north)
        )
    return query


def _place(points: PointTable) -> tuple[Any, Any]:
    kinds = points.types
    return _degrees(points.latitude, kinds[0]), _degrees(points.longitude, kinds[1])


def _degrees(name: str, kind: str) -> Any:
    """Give a column as degrees; a text that is none has no place."""
    column: sa.ColumnClause[Any] = sa.column(name)
    if kind in NUMBERS:
        return sa.cast(column, sa.Float)
    text = sa.cast(column, sa.Text)
    return sa.case((text.op("~")(_DEGREES), sa.cast(text, sa.Float)), else_=None)


def _is_place(latitude: Any, longitude: Any) -> Any:
    # No city lies at zero degrees: it is what a form sends that was not filled in.
    return sa.and_(
        latitude.between(-90, 90),
        longitude.between(-180, 180),
        sa.or_(latitude != 0, longitude != 0),
    )


@contextmanager
def _reading() -> Iterator[sa.Connection]:
    from ckanext.datastore.backend.postgres import get_read_engine

    with get_read_engine().connect() as connection:
        connection.execute(sa.text("SET TRANSACTION READ ONLY"))
        connection.execute(sa.text(f"SET LOCAL statement_timeout = {TIMEOUT}"))
        yield connection
