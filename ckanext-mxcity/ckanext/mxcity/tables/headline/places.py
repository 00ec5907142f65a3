"""Where the rows of a table are, as far as the database tells in time."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import astuple
from typing import Any

import sqlalchemy as sa

from ckanext.mxcity.ground.columns import PointColumns, geometry_column, point_columns
from ckanext.mxcity.tables import answer_cache
from ckanext.mxcity.tables.chart.spec import NUMBERS
from ckanext.mxcity.tables.database import reading
from ckanext.mxcity.tables.downloads.columns import Column
from ckanext.mxcity.tables.headline import sketch

log = logging.getLogger(__name__)

#: Milliseconds that the database may take for a page, and for a job.
TIMEOUT, JOB_TIMEOUT = 2_500, 60_000
#: The drawing is divided into so many columns of cells: rows of one cell are one dot.
_CELLS = 44
#: Shapes of a drawing, and characters of them that are read.
_SHAPES, _READ = 1_500, 4_000_000
_KEPT_SECONDS = 24 * 3600
#: Changes with the form of what is kept: a portal that is updated finds what it kept before.
_FORM = 2
#: Rectangles that hold every place of Mexico: what is outside was written wrongly, or is 0, 0.
_WEST, _SOUTH, _EAST, _NORTH = -118.7, 14.3, -86.5, 32.9


def has_places(columns: Sequence[Column]) -> bool:
    """Tell whether the rows of a table have coordinates or geometries."""
    return _points(columns) is not None or _geometry(columns) is not None


def sketch_of(table: str, version: str, columns: Sequence[Column]) -> sketch.Sketch | None:
    """Return where the rows are, kept for a day; None where there is nothing that can be drawn.

    The caller has made sure that the user may read the table.

    Args:
        table: the table in the DataStore.
        version: changes with the content of the table.
        columns: those of the table.

    """
    digest = hashlib.blake2b(f"{table} {version}".encode(), digest_size=16).hexdigest()
    key = f"mxcity:places:{_FORM}:{digest}"
    kept = answer_cache.read(key)
    if kept is not None:
        return sketch.Sketch(*kept) if kept else None
    try:
        found = _ask(table, columns)
    except (sa.exc.OperationalError, sa.exc.DataError) as error:
        log.info("No places of %s: %s", table, type(error).__name__)
        found = None
    answer_cache.write(key, astuple(found) if found else [], _KEPT_SECONDS)
    return found


def extent_of(table: str, columns: Sequence[Column]) -> sketch.Extent | None:
    """Return the rectangle around the rows of a table, for a job that has time.

    None where they have no places, or these could not be read.
    """
    points, geometry = _points(columns), _geometry(columns)
    try:
        with reading(JOB_TIMEOUT) as connection:
            if geometry:
                found = _shapes(connection, table, geometry)
                return found.extent if found else None
            return _ends(connection, table, points) if points else None
    except (sa.exc.OperationalError, sa.exc.DataError) as error:
        log.info("No extent of %s: %s", table, type(error).__name__)
        return None


def _ends(connection: sa.Connection, table: str, points: PointColumns) -> sketch.Extent | None:
    x, y, there = _located(points)
    query = sa.select(sa.func.min(x), sa.func.min(y), sa.func.max(x), sa.func.max(y))
    west, south, east, north = connection.execute(
        query.select_from(sa.table(table)).where(there)
    ).one()
    return None if west is None else (west, south, east, north)


def _located(points: PointColumns) -> tuple[Any, Any, Any]:
    """Return the SQL of longitude and latitude, and whether they are in Mexico."""
    x, y = (sa.cast(sa.column(name), sa.Float) for name in (points.longitude, points.latitude))
    return x, y, sa.and_(x.between(_WEST, _EAST), y.between(_SOUTH, _NORTH))


def _ask(table: str, columns: Sequence[Column]) -> sketch.Sketch | None:
    points, geometry = _points(columns), _geometry(columns)
    with reading(TIMEOUT) as connection:
        if geometry:
            return _shapes(connection, table, geometry)
        return _dots(connection, table, points) if points else None


def _dots(connection: sa.Connection, table: str, points: PointColumns) -> sketch.Sketch | None:
    x, y, there = _located(points)
    source = sa.select(x.label("x"), y.label("y"), there.label("there")).select_from(
        sa.table(table)
    )
    rows = source.cte("rows")
    ends = sa.select(
        sa.func.min(rows.c.x).label("west"), sa.func.max(rows.c.x).label("east"),
        sa.func.min(rows.c.y).label("south"), sa.func.max(rows.c.y).label("north"),
    ).where(rows.c.there).cte("ends")  # fmt: skip
    side = sa.func.greatest(ends.c.east - ends.c.west, ends.c.north - ends.c.south, 1e-6) / _CELLS
    column, row = sa.func.floor(rows.c.x / side), sa.func.floor(rows.c.y / side)
    cells = (
        sa.select(
            sa.func.avg(rows.c.x).label("x"), sa.func.avg(rows.c.y).label("y"),
            sa.func.count().label("n"),
        )
        .select_from(rows.join(ends, sa.true()))
        .where(rows.c.there)
        .group_by(column, row)
        .limit((_CELLS + 2) ** 2)
    )  # fmt: skip
    found = connection.execute(cells).all()
    total = connection.execute(sa.select(sa.func.count()).select_from(sa.table(table))).scalar_one()
    drawn = sum(one.n for one in found)
    return sketch.of_points([(one.x, one.y, one.n) for one in found], total - drawn)


def _shapes(connection: sa.Connection, table: str, geometry: str) -> sketch.Sketch | None:
    total = connection.execute(sa.select(sa.func.count()).select_from(sa.table(table))).scalar_one()
    if total > _SHAPES:
        return None
    text = sa.cast(sa.column(geometry), sa.Text)
    long = sa.select(sa.func.sum(sa.func.length(text))).select_from(sa.table(table))
    if (connection.execute(long).scalar_one() or 0) > _READ:
        return None
    found = connection.execute(sa.select(text).select_from(sa.table(table))).scalars()
    texts = [written for written in found if written]
    return sketch.of_shapes(texts, total - len(texts))


def _points(columns: Sequence[Column]) -> PointColumns | None:
    return point_columns(column.name for column in columns if column.type in NUMBERS)


def _geometry(columns: Sequence[Column]) -> str | None:
    return geometry_column(column.name for column in columns)
