"""The words of the rows of a table, which searches look into: filled when all rows are there."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import sqlalchemy as sa

from ckanext.datastore.backend.postgres import get_write_engine, identifier

#: Rows of one statement, and statements at once: PostgreSQL gives each of them one processor.
PART, AT_ONCE = 50_000, 2
#: PostgreSQL's code of a row with more words than it keeps of one.
_TOO_MANY = "54000"


def fill(resource_id: str, fields: Sequence[dict[str, Any]], logger: logging.Logger) -> None:
    """Fill the words of all rows of a table, as the DataStore's trigger does of each new row.

    Args:
        resource_id: the table's resource.
        fields: its columns.
        logger: is told of rows that have too many words: no search finds them.

    """
    table = identifier(resource_id)
    names = [field["id"] for field in fields if not field["id"].startswith("_")]
    text = " || ' ' || ".join(f"coalesce(CAST({identifier(name)} AS text), '')" for name in names)
    statement = f"UPDATE {table} SET _full_text = to_tsvector({text})"  # noqa: S608
    with get_write_engine().connect() as connection:
        last = connection.exec_driver_sql(f"SELECT max(_id) FROM {table}").scalar()  # noqa: S608
    if last is None or not names:
        return
    fill_part = partial(_fill_part, statement, logger)
    starts = range(0, last + 1, PART)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(fill_part, starts, (start + PART for start in starts)))


def _fill_part(statement: str, logger: logging.Logger, first: int, end: int) -> None:
    """Fill the words of the rows from one number to before another; in halves where that fails."""
    part = f"{statement} WHERE _id >= {first} AND _id < {end}"
    try:
        with get_write_engine().begin() as connection:
            # A name may have a percent sign.
            connection.execution_options(no_parameters=True).exec_driver_sql(part)
    except sa.exc.DBAPIError as error:
        if getattr(error.orig, "pgcode", "") != _TOO_MANY:
            raise
        middle = (first + end) // 2
        if middle == first:
            logger.warning("Row %s has too many words to be searched", first)
            return
        _fill_part(statement, logger, first, middle)
        _fill_part(statement, logger, middle, end)
