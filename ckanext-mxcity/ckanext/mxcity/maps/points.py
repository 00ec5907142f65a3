"""The points of a table: where they are, and how many lie together, asked of the database.

However many rows a table has, a map is sent its clusters. Of sensors, whose rows are readings of
the same few places, a place has one point: that of its last reading.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
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
    places: int
    #: The rows are readings of places, so that the last of each is shown.
    readings: bool
    box: BoundingBox | None
    #: The moment of the last row, as PostgreSQL writes it; empty without a column of moments.
    latest: str


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
    place = sa.func.row(latitude, longitude)
    moments = sa.func.row(latitude, longitude, sa.column(points.time)) if points.time else place
    query = sa.select(
        sa.func.count().label("rows"),
        sa.func.count().filter(there).label("placed"),
        sa.func.count(place.distinct()).filter(there).label("places"),
        sa.func.count(moments.distinct()).filter(there).label("moments"),
        sa.func.min(longitude).filter(there).label("west"),
        sa.func.min(latitude).filter(there).label("south"),
        sa.func.max(longitude).filter(there).label("east"),
        sa.func.max(latitude).filter(there).label("north"),
        sa.cast(sa.func.max(sa.column(points.time)), sa.Text).label("latest")
        if points.time
        else sa.literal("").label("latest"),
    ).select_from(sa.table(points.table))
    with _reading() as connection:
        found = connection.execute(query).one()
    readings = (
        bool(points.time)
        and found.moments == found.placed
        and 0 < found.places <= PLACES
        and found.placed >= READINGS * found.places
    )
    box = None
    if found.placed:
        box = BoundingBox(found.west, found.south, found.east, found.north)
    latest = str(found.latest or "")
    return Facts(found.placed, found.rows, found.places, readings, box, latest)


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
    latitude: sa.ColumnClause[float] = sa.column("latitude")
    longitude: sa.ColumnClause[float] = sa.column("longitude")
    inside = _rows(points, last, box).subquery()
    pixel = 360 / (256 * 2**zoom)
    try:
        with _reading() as connection:
            few = sa.select(sa.literal(1)).select_from(inside).limit(FEW + 1).subquery()
            crowd = connection.execute(sa.select(sa.func.count()).select_from(few)).scalar_one()
            side = pixel * (NEAR if crowd > FEW else TOUCHING)
            # Cells are as high as they are wide on the screen.
            middle = math.radians(max(-80.0, min(80.0, (box.south + box.north) / 2)))
            cells = (
                sa.func.floor(longitude / side),
                sa.func.floor(latitude / (side * math.cos(middle))),
            )
            query = (
                sa.select(
                    sa.func.avg(longitude).label("longitude"),
                    sa.func.avg(latitude).label("latitude"),
                    sa.func.count().label("count"),
                    sa.func.min(sa.column("_id")).label("row"),
                )
                .select_from(inside)
                .group_by(*cells)
                .order_by(sa.desc("count"), sa.text('"row"'))
                .limit(MOST)
            )
            return [Cluster(*row) for row in connection.execute(query)]
    except DBAPIError as error:
        log.info("No clusters of %s: %s", points.table, error)
        return None


def last_rows(points: PointTable, most: int) -> list[int] | None:
    """Return the rows (``_id``) of the last reading of each place; None if it took too long."""
    inside = _rows(points, True, None).subquery()
    row: sa.ColumnClause[int] = sa.column("_id")
    query = sa.select(row).select_from(inside).order_by(row).limit(most)
    try:
        with _reading() as connection:
            return list(connection.execute(query).scalars())
    except DBAPIError as error:
        log.info("No last readings of %s: %s", points.table, error)
        return None


def _rows(points: PointTable, last: bool, box: BoundingBox | None) -> sa.Select[Any]:
    latitude, longitude = _place(points)
    query = (
        sa.select(sa.column("_id"), latitude.label("latitude"), longitude.label("longitude"))
        .select_from(sa.table(points.table))
        .where(_is_place(latitude, longitude))
    )
    if box is not None:
        query = query.where(
            longitude.between(box.west, box.east), latitude.between(box.south, box.north)
        )
    if last:
        moment: sa.ColumnClause[Any] = sa.column(points.time)
        query = query.distinct(latitude, longitude).order_by(
            latitude, longitude, sa.desc(moment).nulls_last(), sa.desc(sa.column("_id"))
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
