"""Load a canonical table whose columns are known into the DataStore: one COPY, no guessing.

For files that were read and checked by ``ckanext.mxcity.files`` and ``.checks``. What comes by
other ways is loaded by ckanext-xloader, whose steps these are, without those that find out what
is known here: encoding, delimiter, header and types.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.datastore.backend import DatastoreBackend
from ckanext.datastore.backend.postgres import get_write_engine, identifier
from ckanext.xloader import loader
from ckanext.xloader.interfaces import IXloader

log = logging.getLogger(__name__)

#: From the types of Table Schema to those of the DataStore; what is not here stays text.
TYPES = {
    "integer": "numeric",
    "number": "numeric",
    "boolean": "bool",
    "date": "date",
    "datetime": "timestamp",
}
_PIECE = 1 << 20
_by_us: ContextVar[bool] = ContextVar("mxcity_tables_by_us", default=False)


@contextmanager
def loaded_by_us() -> Iterator[None]:
    """Keep xloader from loading the files that are added meanwhile: we load them."""
    token = _by_us.set(True)
    try:
        yield
    finally:
        _by_us.reset(token)


def left_to_xloader() -> bool:
    """Whether xloader is to load a file that is added now."""
    return not _by_us.get()


def load(resource_id: str, table: Path, fields: Sequence[dict[str, Any]]) -> None:
    """Replace the table of a resource with a canonical CSV.

    ``fields`` are the columns in the order of the file, as ``datastore_create`` takes them, with
    types of Table Schema. The search index is filled by ``index``, later.

    Raises ValidationError for a column that the DataStore refuses and sqlalchemy's DBAPIError for
    a value that is not of its column's type; a table that was there with the same columns is as
    it was then, and a new one is not made.
    """
    columns = [{**field, "type": TYPES.get(field["type"], "text")} for field in fields]
    made = not _has_columns(resource_id, columns)
    if made:
        _create(resource_id, columns)
    engine = get_write_engine()
    try:
        with engine.begin() as connection:
            _copy(connection, resource_id, table, columns)
    except sa.exc.DBAPIError:
        if made:
            loader.delete_datastore_resource(resource_id)
        raise
    recount(resource_id)


def recount(resource_id: str) -> None:
    """Have the rows of a table counted anew: the DataStore tells what it counted last."""
    DatastoreBackend.get_active_backend().clear_table_stats(resource_id)
    loader.calculate_record_count(resource_id, log)


def index(resource_id: str) -> None:
    """Fill the column that searches look in, index the others, and tell who waits for the table."""
    table = tk.get_action("datastore_info")({"ignore_auth": True}, {"id": resource_id})
    with get_write_engine().begin() as connection:
        loader._populate_fulltext(connection, resource_id, table["fields"], log)
    loader.create_column_indexes(table["fields"], resource_id, log)


def announce(resource_id: str) -> None:
    """Make the previews of a loaded table, and tell the plugins that it is there."""
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})
    context: Any = {"user": user["name"], "ignore_auth": True}
    resource = tk.get_action("resource_show")(dict(context), {"id": resource_id})
    dataset = tk.get_action("package_show")(dict(context), {"id": resource["package_id"]})
    for plugin in p.PluginImplementations(IXloader):
        plugin.after_upload(dict(context), resource, dataset)
    tk.get_action("resource_create_default_resource_views")(
        dict(context), {"resource": resource, "package": dataset, "create_datastore_views": True}
    )


def _has_columns(resource_id: str, columns: Sequence[dict[str, Any]]) -> bool:
    try:
        table = tk.get_action("datastore_info")({"ignore_auth": True}, {"id": resource_id})
    except tk.ObjectNotFound:
        return False
    there = [(field["id"], field["type"]) for field in table["fields"]]
    return there == [(column["id"], column["type"]) for column in columns]


def _create(resource_id: str, columns: Sequence[dict[str, Any]]) -> None:
    loader.delete_datastore_resource(resource_id)
    tk.get_action("datastore_create")(
        {"ignore_auth": True},
        {"resource_id": resource_id, "force": True, "fields": list(columns)},
    )


def _copy(
    connection: sa.Connection, resource_id: str, table: Path, columns: Sequence[dict[str, Any]]
) -> None:
    """Replace the rows in one transaction; readers see the old ones or the new ones."""
    name = identifier(resource_id)
    connection.exec_driver_sql(f"TRUNCATE TABLE {name} RESTART IDENTITY")
    loader._disable_fulltext_trigger(connection, resource_id)
    names = ", ".join(identifier(column["id"]) for column in columns)
    cursor = connection.connection.cursor()
    try:
        with table.open("rb") as rows:
            cursor.copy_expert(
                f"COPY {name} ({names}) FROM STDIN WITH (FORMAT csv, HEADER, ENCODING 'UTF8')",
                rows,
                _PIECE,
            )
    except connection.dialect.loaded_dbapi.Error as error:
        raise sa.exc.DBAPIError("COPY", None, error) from error
    finally:
        cursor.close()
    loader._enable_fulltext_trigger(connection, resource_id)
