"""Find what a table says in words; bounded whatever the table holds."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from ckanext.mxcity.checks import closed
from ckanext.mxcity.ground.columns import geometry_column, tells_of_people
from ckanext.mxcity.tables.database import reading
from ckanext.mxcity.tables.downloads.columns import Column

log = logging.getLogger(__name__)

#: Distinct texts of a column: more are names of single things. Characters of one, of all of a
#: table, and of a column's title or description.
MOST_TEXTS, LONGEST, MOST_CHARACTERS, LONGEST_NOTES = 3_000, 100, 60_000, 200
#: Columns that are looked at, the seconds for all of them, and the milliseconds for one.
WIDEST, PATIENCE, TIMEOUT = 60, 120.0, 30_000
#: What says who somebody is, or how to reach them; no column that holds one is taken.
_IDENTITY = re.compile(rf"{closed.identity_of({})}|[^\s@]+@[^\s@]+\.\w|(?:\d[\s().-]?){{8,}}")
#: A key or a code: one word with a digit in it; an address; a document.
_NO_WORDS = re.compile(r"\S*\d\S*|.*://.*|[\[{<].*", re.DOTALL)
_WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True)
class Words:
    """What a column is called and means, and its short texts, sorted."""

    column: str
    title: str
    notes: str
    texts: list[str]


def find(table: str, columns: Sequence[Column], *, shut: bool) -> list[Words]:
    """Return the words of each column of a table.

    Args:
        table: its name in the DataStore.
        columns: its columns.
        shut: true where the law keeps parts of such a table closed: no text of it is taken.

    """
    wanted = [] if shut else _wanted(columns)
    texts: dict[str, list[str]] = {}
    until = time.monotonic() + PATIENCE
    for column in wanted:
        if time.monotonic() < until:
            texts[column] = worth(_distinct(table, column))
    left = MOST_CHARACTERS
    kept: dict[str, list[str]] = {}
    for column, found in sorted(texts.items(), key=lambda item: len(item[1])):
        left -= sum(map(len, found))
        kept[column] = found if left >= 0 else []
    return [
        Words(
            column.name,
            column.title[:LONGEST_NOTES],
            column.notes[:LONGEST_NOTES],
            kept.get(column.name, []),
        )
        for column in columns
    ]


def worth(values: Sequence[str]) -> list[str]:
    """Return the values of a column that people may search for, sorted; none of some columns.

    A column is left out whole where it has too many values, a long text, or anything that says
    who somebody is.
    """
    if len(values) > MOST_TEXTS or any(len(value) > LONGEST for value in values):
        return []
    if any(_IDENTITY.search(value.upper()) for value in values):
        return []
    texts = {" ".join(value.split()) for value in values}
    return sorted(text for text in texts if _WORD.search(text) and not _NO_WORDS.fullmatch(text))


def _wanted(columns: Sequence[Column]) -> Iterable[str]:
    """Return the columns whose texts may be taken."""
    shape = geometry_column(column.name for column in columns)
    return [
        column.name
        for column in columns
        if column.type == "text"
        and column.name != shape
        and not tells_of_people(column.name, column.title)
    ][:WIDEST]


def _distinct(table: str, column: str) -> list[str]:
    """Return the values of a column, one more than may be, each cut where it is too long."""
    value = sa.func.left(sa.column(column), LONGEST + 1)
    query = sa.select(value).select_from(sa.table(table)).where(value != "").distinct()
    try:
        with reading(TIMEOUT) as connection:
            return list(connection.scalars(query.limit(MOST_TEXTS + 1)))
    except DBAPIError as error:
        log.warning("The texts of %s in the table %s are not known: %s", column, table, error)
        return []
