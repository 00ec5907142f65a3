"""Group the rows of a table, in the database."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import psycopg2
import psycopg2.errors
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from ckanext.mxcity.tables.chart.spec import NUMBERS
from ckanext.mxcity.tables.database import reading
from ckanext.mxcity.tables.downloads.cursor import Question, narrowed
from ckanext.mxcity.tables.grouping.asked import PARTS, Along, Asked
from ckanext.mxcity.tables.grouping.model import Group, Groups

#: Groups of an answer, and milliseconds that the database may take for them.
MOST, TIMEOUT = 10_000, 10_000
_NO_NUMBERS = ("NaN", "Infinity", "-Infinity")


class NotInTimeError(Exception):
    """The database did not answer in time."""


class NotOfItsKindError(ValueError):
    """A value of a filter is not one of its column's kind."""


def groups_of(table: str, asked: Asked) -> Groups:
    """Return the groups of a table; the caller has made sure that the user may read it.

    Raises:
        NotInTimeError, NotOfItsKindError.

    """
    question = Question(table, _terms(asked))
    try:
        with reading(TIMEOUT) as connection:
            source = narrowed(connection, question, _names(asked))
            found = connection.execute(_statement(asked, source)).all()
    except tk.ValidationError as error:
        raise NotOfItsKindError from error
    except (DBAPIError, psycopg2.Error) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        if isinstance(cause, psycopg2.errors.QueryCanceled):
            raise NotInTimeError from error
        if isinstance(cause, psycopg2.DataError | psycopg2.ProgrammingError):
            raise NotOfItsKindError from error
        raise
    if not found:
        return Groups()
    keys = [f"key{number}" for number in range(len(asked.along))]
    groups = tuple(
        Group(tuple(getattr(row, key) for key in keys), row.value, row.rows, row.missing, row.place)
        for row in found
    )
    one = found[0]
    without = tuple(int(getattr(one, f"without{number}")) for number in range(len(keys)))
    return Groups(
        groups, one.total, int(one.all_rows), without, int(one.all_missing), one.moment or ""
    )


def _terms(asked: Asked) -> dict[str, Any]:
    """Return the filters and words of a question, in the terms of ``datastore_search``."""
    told = asked.rows.search([])
    return {key: told[key] for key in ("filters", "q") if key in told}


def _names(asked: Asked) -> list[str]:
    named = [one.column.name for one in asked.along]
    named += [asked.figures.name] if asked.figures else []
    return list(dict.fromkeys([*named, *([asked.last] if asked.last else [])]))


def _statement(asked: Asked, source: sa.Subquery) -> sa.Select[Any]:
    groups = [_key(one, source) for one in asked.along]
    rows = sa.func.count()
    value, missing = _measured(asked, source)
    without = [
        sa.func.sum(sa.case((key.is_(None), rows), else_=0)).over().label(f"without{number}")
        for number, key in enumerate(groups)
    ]
    moment = sa.select(sa.func.max(source.c[asked.last])).scalar_subquery() if asked.last else None
    query = sa.select(
        *(sa.cast(key, sa.Text).label(f"key{number}") for number, key in enumerate(groups)),
        sa.cast(value, sa.Text).label("value"),
        rows.label("rows"),
        missing.label("missing"),
        sa.func.count().over().label("total"),
        sa.func.sum(rows).over().label("all_rows"),
        sa.func.sum(missing).over().label("all_missing"),
        *without,
        sa.func.dense_rank().over(order_by=groups[-1].asc().nulls_last()).label("place"),
        sa.cast(sa.null() if moment is None else moment, sa.Text).label("moment"),
    )
    if moment is not None:
        query = query.where(source.c[asked.last] == moment)
    # What follows in time is in its order, the rest with the highest first; missing comes last.
    order: list[Any] = []
    for one, key in zip(asked.along, groups, strict=True):
        if one.follows or len(groups) > 1:
            order.append(key.asc().nulls_last())
        else:
            order += [key.is_(None), value.desc().nulls_last(), key.asc()]
    return query.select_from(source).group_by(*groups).order_by(*order).limit(MOST)


def _key(one: Along, source: sa.Subquery) -> sa.ColumnElement[Any]:
    column: sa.ColumnElement[Any] = source.c[one.column.name]
    if one.part:
        return sa.func.to_char(column, sa.literal_column(f"'{PARTS[one.part]}'"))
    if one.column.type == "text":
        return sa.func.nullif(column, sa.literal_column("''"))
    return column


def _measured(
    asked: Asked, source: sa.Subquery
) -> tuple[sa.ColumnElement[Any], sa.ColumnElement[Any]]:
    """Return what is measured of a group, and how many of its rows have no figure."""
    if asked.figures is None:
        return sa.func.count(), sa.literal_column("0")
    column: Any = source.c[asked.figures.name]
    if asked.figures.type in NUMBERS - {"int2", "int4", "int8"}:
        no_number = sa.cast(column, sa.Text).in_(_NO_NUMBERS)
        column = sa.case((no_number, sa.null()), else_=column)
    missing = sa.func.count().filter(column.is_(None))
    if asked.way == "median":
        return sa.func.percentile_cont(0.5).within_group(column), missing
    return getattr(sa.func, asked.way)(column), missing
