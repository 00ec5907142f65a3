"""Rows that the law keeps closed do not reach the DataStore by the ways that check none.

A table known by its columns as one of a schema with closed parts is filled by us alone, after its
rows were checked: neither by the loader nor by the API.
"""

from __future__ import annotations

from collections.abc import Iterable

import ckan.plugins.toolkit as tk

from ckanext.mxcity.checks import closed
from ckanext.mxcity.checks.passed import have_rows_passed
from ckanext.mxcity.tables.downloads.columns import columns_of


def refuse(names: Iterable[str]) -> None:
    """Refuse a table of these columns; ValidationError says where it is published."""
    schema = None if have_rows_passed() else closed.schema_of(list(names))
    if schema is not None:
        raise tk.ValidationError({"fields": [sentence(str(schema["title"]))]})


def columns_there(resource_id: str) -> list[str]:
    """Return the names of the columns that a table has; none where there is no table."""
    try:
        return [column.name for column in columns_of(resource_id, ignore_auth=True)]
    except (tk.ObjectNotFound, tk.ValidationError):
        return []


def sentence(title: str) -> str:
    """Return what to do with a table of a schema with closed parts."""
    return str(tk._(closed.PUBLISH_ELSEWHERE).format(title=title))
