"""How many of the rows that are asked for have each value, of columns of few values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ckan.plugins.toolkit as tk
import psycopg2
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from ckanext.mxcity.tables.database import reading
from ckanext.mxcity.tables.downloads.columns import Column
from ckanext.mxcity.tables.downloads.cursor import Question, narrowed
from ckanext.mxcity.tables.preview.asked import MOST_TEXT, Asked
from ckanext.mxcity.tables.preview.rows import Filter

#: Milliseconds that the counts may take: a page is there without them.
TIMEOUT = 1_000
#: Values of a column that are shown at once.
AT_ONCE = 8

Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Value:
    """A value of a column, or None where there is none, and how many rows have it.

    ``address`` has the parameters that ask for them, or for all if it is ``chosen``; it is empty
    where an address cannot ask for the value.
    """

    text: str | None
    count: int
    chosen: bool
    address: Pairs


@dataclass(frozen=True)
class Facet:
    """The values of a column among the rows that are asked for, the most frequent first."""

    column: Column
    values: tuple[Value, ...]


def facets_of(table: str, asked: Asked, filters: Sequence[Filter]) -> list[Facet] | None:
    """Return the values of the columns that are filtered by lists, with exact counts.

    The caller has made sure that the user may read the table.

    Args:
        table: the table in the DataStore.
        asked: what the reader asks.
        filters: those of the table; the counts of its lists are of all rows.

    Returns:
        Columns with at least two values, or one that was chosen; None if the database did not
        count in time.

    """
    lists = [one for one in filters if one.kind == "list"]
    if asked.is_narrowed:
        found = _counted(table, asked, [one.column for one in lists]) if lists else {}
    else:
        found = {one.column.name: dict[str | None, int](one.values) for one in lists}
    if found is None:
        return None
    facets = [Facet(one.column, _values(asked, one.column, found)) for one in lists]
    return [
        facet
        for facet in facets
        if len(facet.values) > 1 or any(value.chosen for value in facet.values)
    ]


def _values(
    asked: Asked, column: Column, found: dict[str, dict[str | None, int]]
) -> tuple[Value, ...]:
    counts = found.get(column.name, {})
    ordered = sorted(counts.items(), key=lambda pair: (pair[0] is None, -pair[1], pair[0] or ""))
    return tuple(
        Value(text, count, text is not None and asked.value(column.name) == text,
              _address(asked, column.name, text))
        for text, count in ordered
    )  # fmt: skip


def _address(asked: Asked, name: str, text: str | None) -> Pairs:
    if not text or text != text.strip() or len(text) > MOST_TEXT:
        return []
    others = {key: value for key, value in asked.filters.items() if key != name}
    wanted = others if asked.value(name) == text else {**others, name: text}
    return asked.address(filters=wanted, page=1)


def _counted(
    table: str, asked: Asked, columns: Sequence[Column]
) -> dict[str, dict[str | None, int]] | None:
    """Return the counts of the rows that are asked for, in one pass over them; None in no time."""
    terms = {key: value for key, value in asked.search(columns).items() if key in ("filters", "q")}
    names = [column.name for column in columns]
    try:
        with reading(TIMEOUT) as connection:
            source = narrowed(connection, Question(table, terms), names)
            rows = connection.execute(_statement(source, names)).all()
    except tk.ValidationError:
        return {}  # the rows are not shown either, and the page says why
    except (DBAPIError, psycopg2.Error) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        if isinstance(cause, psycopg2.errors.QueryCanceled):
            return None
        return {}
    found: dict[str, dict[str | None, int]] = {name: {} for name in names}
    for number, text, count in rows:
        values = found[names[number]]
        values[text or None] = values.get(text or None, 0) + count
    return found


def _statement(source: sa.Subquery, names: Sequence[str]) -> sa.Select[Any]:
    columns = [source.c[name] for name in names]
    # Of each set of groups only its own column has its bit unset.
    alone = [(sa.func.grouping(column) == 0, number) for number, column in enumerate(columns)]
    texts = [(sa.func.grouping(column) == 0, sa.cast(column, sa.Text)) for column in columns]
    sets = sa.func.grouping_sets(*(sa.tuple_(column) for column in columns))
    return (
        sa.select(sa.case(*alone), sa.case(*texts), sa.func.count())
        .select_from(source)
        .group_by(sets)
    )
