"""A loaded table can be searched: its words have an index, and new rows come into it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckanext.datastore.backend.postgres import get_write_engine
from ckanext.mxcity.tables import full_text
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


def test_a_table_of_many_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each row is found by its own words, wherever a part of the table ends."""
    monkeypatch.setattr(full_text, "PART", 4)
    resource_id, store = table(), DataStore()
    store.load(
        resource_id, written(tmp_path, 13), [{"id": name, "type": "string"} for name in "ab"]
    )
    store.index(resource_id)
    assert [found(resource_id, f"x{n}") for n in range(13)] == [1] * 13


def test_a_row_of_too_many_words(tmp_path: Path) -> None:
    """It is not found by its words; all others are."""
    resource_id, store, path = table(), DataStore(), tmp_path / "a.csv"
    many = " ".join(f"palabra{n}" for n in range(90_000))
    path.write_text("a,b\n1,alameda\n2," + many + "\n3,parque\n")
    store.load(resource_id, path, [{"id": name, "type": "string"} for name in "ab"])
    store.index(resource_id)
    asked = ("alameda", "parque", "palabra7")
    assert [found(resource_id, word) for word in asked] == [1, 1, 0]


def test_words_of_any_column(tmp_path: Path) -> None:
    """Figures and days are found as texts are, and what is the name of a column does not matter."""
    resource_id, store, path = table(), DataStore(), tmp_path / "a.csv"
    path.write_text('"% de avance",día,"obra:1"\n12.5,2024-03-05,plaza\n,,kiosco\n')
    kinds = {"% de avance": "number", "día": "date", "obra:1": "string"}
    store.load(resource_id, path, [{"id": name, "type": kind} for name, kind in kinds.items()])
    store.index(resource_id)
    asked = ("12.5", "2024-03-05", "plaza", "kiosco", "avance")
    assert [found(resource_id, word) for word in asked] == [1, 1, 1, 1, 0]


def test_a_table_of_the_loader(tmp_path: Path) -> None:
    """The loader drops the index of words while it copies, and makes it again."""
    resource_id = table()
    by_the_loader(written(tmp_path, 5), resource_id)
    fields = tk.get_action("datastore_info")({"ignore_auth": True}, {"id": resource_id})["fields"]
    loader.create_column_indexes(fields=fields, resource_id=resource_id, logger=log)
    assert methods(resource_id) == ["btree", "gist"]
    add(resource_id)
    assert found(resource_id, "alameda") == 1
