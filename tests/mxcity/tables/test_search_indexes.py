"""A loaded table can be searched: its words have an index, and new rows come into it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckanext.datastore.backend.postgres import get_write_engine
from ckanext.mxcity.tables.copying import DataStore
from ckanext.xloader import loader

from tests.mxcity.tables.test_totals import (  # noqa: F401  # a fixture
    by_the_loader,
    log,
    request_to_portal,
    table,
    written,
)

pytestmark = pytest.mark.usefixtures("with_plugins", "migrated_db", "request_to_portal")


def methods(resource_id: str) -> list[str]:
    """How the indexes of a table are made."""
    asked = sa.text(
        "SELECT amname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid "
        "JOIN pg_am ON pg_am.oid = relam WHERE indrelid = CAST(:name AS regclass) ORDER BY amname"
    )
    with get_write_engine().connect() as connection:
        return list(connection.scalars(asked, {"name": f'"{resource_id}"'}))


def found(resource_id: str, word: str) -> int:
    """How many rows have a word."""
    asked = {"resource_id": resource_id, "q": word}
    return int(tk.get_action("datastore_search")({"ignore_auth": True}, asked)["total"])


def add(resource_id: str) -> None:
    """Add a row as an editor of the table does."""
    row: dict[str, Any] = {"resource_id": resource_id, "method": "insert", "force": True}
    tk.get_action("datastore_upsert")(
        {"ignore_auth": True}, {**row, "records": [{"a": "1", "b": "alameda"}]}
    )


def test_a_published_table(tmp_path: Path) -> None:
    """Its rows have their numbers' index at once; that of its words comes after, and stays."""
    resource_id, store = table(), DataStore()
    for rows in (5, 50):
        fields = [{"id": name, "type": "string"} for name in "ab"]
        store.load(resource_id, written(tmp_path, rows), fields)
        assert methods(resource_id) == ["btree"]
        store.index(resource_id)
        assert methods(resource_id) == ["btree", "gist"]
        assert found(resource_id, "x4") == 1
    add(resource_id)
    assert found(resource_id, "alameda") == 1


def test_a_table_of_the_loader(tmp_path: Path) -> None:
    """The loader drops the index of words while it copies, and makes it again."""
    resource_id = table()
    by_the_loader(written(tmp_path, 5), resource_id)
    fields = tk.get_action("datastore_info")({"ignore_auth": True}, {"id": resource_id})["fields"]
    loader.create_column_indexes(fields=fields, resource_id=resource_id, logger=log)
    assert methods(resource_id) == ["btree", "gist"]
    add(resource_id)
    assert found(resource_id, "alameda") == 1
