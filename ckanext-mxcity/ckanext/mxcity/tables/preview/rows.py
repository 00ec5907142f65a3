"""The rows of a page of a preview, and what its columns can be filtered by."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ckan.plugins.toolkit as tk
import psycopg2
import sqlalchemy as sa
from ckan.types import Context

from ckanext.mxcity.tables.chart.spec import MOMENTS, NUMBERS
from ckanext.mxcity.tables.downloads.columns import Column
from ckanext.mxcity.tables.preview.asked import Asked
from ckanext.mxcity.tables.preview.lists import lists_of

#: Milliseconds that the database may take for a page.
TIMEOUT = 8_000
#: Columns with a filter of any kind: more are asked through words, or the table's own address.
MOST_FILTERS = 12


@dataclass(frozen=True)
class Page:
    """Rows of a table, each cell as PostgreSQL writes it, and how many there are in all."""

    rows: tuple[tuple[str, ...], ...]
    total: int
    #: Why there are none, if it is not that none fit.
    problem: str = ""


@dataclass(frozen=True)
class Filter:
    """What a column can be filtered by: a list of its values, or two bounds."""

    column: Column
    #: "list", "number", "date" or "text".
    kind: str
    #: Of a list: each value, and how many rows have it.
    values: tuple[tuple[str, int], ...] = ()


def page_of(resource_id: str, asked: Asked, columns: Sequence[Column]) -> Page:
    """Return the rows of a page, as far as the user may read them.

    Raises:
        NotAuthorized, ObjectNotFound: as of ``datastore_search``.

    """
    context: Context = {"query_timeout": TIMEOUT}  # type: ignore[typeddict-unknown-key]
    told = {**asked.search(columns), "resource_id": resource_id, "records_format": "csv"}
    try:
        found = tk.get_action("datastore_search")(context, told)
    except tk.ValidationError as error:
        return Page((), 0, _problem(error))
    except (sa.exc.DBAPIError, psycopg2.Error):
        return Page((), 0, tk._("A value that is asked for is not one of its column's kind."))
    # Of one column that has no value the line is empty.
    rows = tuple(tuple(row) or ("",) for row in csv.reader(io.StringIO(found["records"])))
    return Page(rows, int(found.get("total") or 0))


def _problem(error: tk.ValidationError) -> str:
    if "query" in error.error_dict and re.search("long|timeout", str(error.error_dict["query"])):
        return tk._("The table is too large to be searched like this at once. Use fewer filters.")
    return tk._("A value that is asked for is not one of its column's kind.")


def filters_of(resource: Mapping[str, Any], columns: Sequence[Column]) -> list[Filter]:
    """Return what the columns of a table can be filtered by, lists of few values first."""
    found = lists_of(resource["id"], columns)
    lists = [Filter(c, "list", found[c.name]) for c in columns if len(found.get(c.name, ())) > 1]
    listed = [one.column for one in lists]
    bounds = [
        Filter(column, "date" if column.type in MOMENTS else "number")
        for column in columns
        if (column.type in MOMENTS or column.type in NUMBERS) and column not in listed
    ]
    return [*lists, *bounds][:MOST_FILTERS]
