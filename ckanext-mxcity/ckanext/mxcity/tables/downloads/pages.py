"""Read a table of the DataStore page by page, through CKAN's own search."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import ckan.plugins.toolkit as tk
from ckan.types import Context

#: Rows of one page; the DataStore may give fewer.
PAGE = 10_000


@dataclass(frozen=True)
class Column:
    """A column as the DataStore has it: name, PostgreSQL type, and title for people."""

    name: str
    type: str
    title: str


def columns_of(resource_id: str, ignore_auth: bool = False) -> list[Column]:
    """Return the columns of a table that the user may read, CKAN's row number left out.

    NotAuthorized and ObjectNotFound as of ``datastore_search``.
    """
    context: Context = {"ignore_auth": True} if ignore_auth else {}
    found = tk.get_action("datastore_search")(
        context, {"resource_id": resource_id, "limit": 0, "include_total": False}
    )
    return [
        Column(
            field["id"],
            field["type"],
            str((field.get("info") or {}).get("label") or field["id"]),
        )
        for field in found["fields"]
        if not field["id"].startswith("_")
    ]


def read_pages(
    resource_id: str,
    columns: list[Column],
    question: dict[str, Any],
    records_format: Literal["csv", "lists"],
) -> Iterator[Any]:
    """Yield the pages that a question asks for: text of CSV, or lists of rows.

    Pages follow each other by row number where no other order is asked for, so that the last
    one costs what the first one did.
    """
    asked: dict[str, Any] = {
        **{key: question[key] for key in ("q", "sort") if key in question},
        "resource_id": resource_id,
        "fields": [column.name for column in columns],
        "records_format": records_format,
        "include_total": False,
        "include_next_page": True,
    }
    filters, offset, left = question["filters"], 0, question.get("limit")
    while left is None or left > 0:
        size = PAGE if left is None else min(PAGE, left)
        found = tk.get_action("datastore_search")(
            {}, {**asked, "filters": filters, "limit": size, "offset": offset}
        )
        if not found["records"]:
            return
        yield found["records"]
        size = min(size, found["limit"])
        left = None if left is None else left - size
        if "next_page" in found:
            filters = {**question["filters"], **found["next_page"]}
        else:
            offset += size
