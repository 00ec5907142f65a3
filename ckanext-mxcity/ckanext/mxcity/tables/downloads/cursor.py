"""Read a table of the DataStore in one statement: one sort and one state of the data.

What a question means is CKAN's to say: its backend and plugins check it and write its parts, as for
``datastore_search``. Only what goes round them, which there is a page, is one statement here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
import msgspec
import psycopg2.errors
import sqlalchemy as sa
from ckan.types import Context
from sqlalchemy.exc import DBAPIError

from ckanext.mxcity.tables.database import reading
from ckanext.mxcity.tables.downloads import neutral
from ckanext.mxcity.tables.downloads.spool import Bounds, Spool, TooMuchError

#: Rows that are fetched at once.
BATCH = 5_000
_COPY = {"csv": "csv", "tsv": "csv DELIMITER '\t'"}
_NAMED = re.compile(r' as "(?:[^"]|"")*"$')
#: Memory of one sort: what is more goes to the database's disk.
_SORT_MEMORY = "32MB"


@dataclass(frozen=True)
class Question:
    """What is asked of a table, in the terms of ``datastore_search``.

    ``asked`` has ``filters``, ``q``, ``sort``, ``fields``, ``limit`` and the like; ``for_sheets``
    keeps text from being run by a spreadsheet.
    """

    resource_id: str
    asked: dict[str, Any] = field(default_factory=dict)
    for_sheets: bool = False


@contextmanager
def _reading(seconds: int) -> Iterator[sa.Connection]:
    """Give a connection that only reads, for as long as a file may take.

    TooMuchError where that is over; else the error of psycopg2.
    """
    with reading(seconds * 1000) as connection:
        try:
            connection.execute(sa.text("SET LOCAL max_parallel_workers_per_gather = 0"))
            connection.execute(sa.text(f"SET LOCAL work_mem = '{_SORT_MEMORY}'"))
            yield connection
        except (DBAPIError, psycopg2.Error) as error:
            cause = error.orig if isinstance(error, DBAPIError) else error
            if isinstance(cause, psycopg2.errors.QueryCanceled):
                raise TooMuchError("seconds", seconds) from error
            if isinstance(cause, psycopg2.errors.UndefinedTable):
                raise tk.ObjectNotFound from error
            raise cause if cause is not None else error from None
        except BaseException:
            connection.invalidate()  # half-way through, it is of no more use
            raise


def _parts(connection: sa.Connection, question: Question, form: str) -> tuple[str, dict[str, Any]]:
    """Return the statement of a question and its parameters, written by CKAN's own parts.

    ValidationError if CKAN refuses the question.
    """
    query, values, types = _understood(connection, question, form)
    # How well a row fits the words asked for has a name with it, which no expression may have.
    select = [_NAMED.sub("", part) for part in query["select"]]
    if question.for_sheets:
        names = question.asked.get("fields") or list(types)
        select = [
            neutral.expression(part, types.get(name, "text"))
            for part, name in zip(select, names, strict=True)
        ]
    return _statement(question, form, {**query, "select": select}), values


def _understood(
    connection: sa.Connection, question: Question, form: str
) -> tuple[dict[str, Any], dict[str, Any], dict[str, str]]:
    """Return CKAN's parts of a question, the parameters of its ``where``, and types by column."""
    from ckanext.datastore.backend import postgres
    from ckanext.datastore.interfaces import IDatastore

    context: Context = {"connection": connection}
    asked = {"offset": 0, **question.asked, "resource_id": question.resource_id}
    asked |= {"limit": asked.get("limit"), "records_format": form}
    checked = {name: value for name, value in asked.items() if value is not None}
    postgres.validate(context, checked)
    types = postgres._get_fields_types(connection, question.resource_id)
    query: dict[str, Any] = {"select": [], "sort": [], "where": []}
    for plugin in p.PluginImplementations(IDatastore):
        query = plugin.datastore_search(context, checked, types, query)
    where, values = postgres._where(query["where"])
    named = {name: value for chunk in values for name, value in chunk.items()}
    return {**query, "where": where}, named, types


def narrowed(connection: sa.Connection, question: Question, names: Iterable[str]) -> sa.Subquery:
    """Return these columns of the rows that a question leaves, as a part of another statement.

    ValidationError if CKAN refuses the question.
    """
    from ckanext.datastore.backend.postgres import identifier

    names = list(names)
    query, values, _ = _understood(connection, question, "objects")
    listed = ", ".join(f"{identifier(name)}" for name in names).replace(":", r"\:")
    source = f"{identifier(question.resource_id)} {query['ts_query']} {query['where']}"
    rows = sa.text(f"SELECT {listed} FROM {source}")  # noqa: S608  # CKAN's parts, as above
    return rows.bindparams(**values).columns(*map(sa.column, names)).subquery("narrowed")


def _statement(question: Question, form: str, query: dict[str, Any]) -> str:
    from ckanext.datastore.backend.postgres import identifier

    select = ", ".join(query["select"])
    if form == "lists":
        select = "'[' || " + " || ',' || ".join(query["select"]) + " || ']'"
    distinct = query.get("distinct")
    order = query["sort"] if distinct else [*query["sort"], '"_id"']
    page = f"ORDER BY {', '.join(order)} " if order else ""
    if question.asked.get("limit") is not None:
        page += f"LIMIT {int(question.asked['limit'])} "
    page += f"OFFSET {int(question.asked.get('offset') or 0)}"
    source = f"{identifier(question.resource_id)} {query['ts_query']} {query['where']}"
    # All parts are CKAN's: names it has quoted, values as parameters.
    if distinct:
        return f"SELECT DISTINCT {select} FROM (SELECT * FROM {source}) AS found {page}"  # noqa: S608
    return f"SELECT {select} FROM (SELECT * FROM {source} {page}) AS found"  # noqa: S608


def copy(question: Question, form: str, target: Spool) -> None:
    """Write the rows of a question in a form, "csv" or "tsv", by the database itself.

    ValidationError if CKAN refuses the question, psycopg2.DataError if the database cannot take a
    value of it, TooMuchError at a bound.
    """
    with _reading(target.bounds.seconds) as connection:
        sql, values = _parts(connection, question, form)
        bound = sa.text(sql).bindparams(**values).compile(compile_kwargs={"literal_binds": True})
        driver = connection.connection.cursor()
        driver.copy_expert(f"COPY ({bound}) TO STDOUT {_COPY[form]}", target)


def rows(question: Question, bounds: Bounds) -> Iterator[list[list[Any]]]:
    """Yield the rows of a question in batches, typed as JSON has them. Errors as of ``copy``."""
    size = 0
    with _reading(bounds.seconds) as connection:
        sql, values = _parts(connection, question, "lists")
        streamed = connection.execution_options(stream_results=True, yield_per=BATCH)
        for batch in streamed.execute(sa.text(sql), values).scalars().partitions():
            text = ",".join(batch)
            size += len(text)
            bounds.check(size)
            bounds.check_time()
            yield msgspec.json.decode(f"[{text}]")
