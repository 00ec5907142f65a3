"""Load a canonical table whose columns are known into the DataStore: one COPY, no guessing.

For files that were read and checked by ``ckanext.mxcity.files`` and ``.checks``. The steps are
those of ckanext-xloader, without those that find out what is known here: encoding, delimiter,
header and types.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.types import Context

from ckanext.datastore.backend import postgres
from ckanext.datastore.backend.postgres import get_write_engine, identifier
from ckanext.mxcity.checks.table import header_of
from ckanext.mxcity.files.source import ONCE, engine
from ckanext.mxcity.tables import counts, full_text
from ckanext.mxcity.tables.dictionary import described
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
#: What tells the zone of a moment in ISO 8601.
_ZONE = "(Z|[+-][0-9]{2}:[0-9]{2})$"


class DataStore:
    """CKAN's DataStore as a ``TableStore``: see ``ckanext.mxcity.interfaces``."""

    def load(self, resource_id: str, table: Path, fields: Sequence[dict[str, Any]]) -> None:
        """Replace the table of a resource with a canonical CSV, in one transaction.

        Args:
            resource_id: the resource.
            table: the CSV. The search index is filled by ``index``, later.
            fields: the columns in the order of the file, as ``datastore_create`` takes them, with
                types of Table Schema.

        Raises:
            ValidationError: the DataStore refuses a column.
            DBAPIError: a value is not of its column's type, or the database fails. A table that
                was there is as it was, and a new one is not made.

        """
        moments = moments_of(table, [f["id"] for f in fields if f["type"] == "datetime"])
        columns = [
            {
                **field,
                "type": moments.get(field["id"]) or TYPES.get(field["type"], "text"),
                "info": described(field),
            }
            for field in fields
        ]
        there = _columns_of(resource_id)
        if there is None:
            _create(resource_id, columns)
        try:
            with get_write_engine().begin() as connection:
                if there not in (None, [(column["id"], column["type"]) for column in columns]):
                    _create_anew(connection, resource_id, columns)
                _copy(connection, resource_id, table, columns)
        except Exception:
            if there is None:
                loader.delete_datastore_resource(resource_id)
            raise

    def announce(self, resource_id: str) -> None:
        """Make the previews of a loaded table, and tell the plugins that it is there."""
        user = tk.get_action("get_site_user")({"ignore_auth": True}, {})
        context: Context = {"user": user["name"], "ignore_auth": True}
        resource = tk.get_action("resource_show")({**context}, {"id": resource_id})
        dataset = tk.get_action("package_show")({**context}, {"id": resource["package_id"]})
        for plugin in p.PluginImplementations(IXloader):
            plugin.after_upload({**context}, resource, dataset)
        tk.get_action("resource_create_default_resource_views")(
            {**context},
            {"resource": resource, "package": dataset, "create_datastore_views": True},
        )

    def index(self, resource_id: str) -> None:
        """Fill the column that searches look in, and index the other columns."""
        table = tk.get_action("datastore_info")({"ignore_auth": True}, {"id": resource_id})
        full_text.fill(resource_id, table["fields"], log)
        index_columns(table["fields"], resource_id, log)
        loader.calculate_record_count(resource_id, log)


def index_columns(
    fields: Sequence[dict[str, Any]], resource_id: str, logger: logging.Logger
) -> None:
    """Make the indexes for searches that a table has not, and keep them: the loader does not."""
    logger.info("Making the indexes of %s", resource_id)
    with get_write_engine().begin() as connection:
        context: Context = {"connection": connection}
        postgres.create_indexes(context, {"resource_id": resource_id, "fields": list(fields)})
        loader._enable_fulltext_trigger(connection, resource_id)


def moments_of(table: Path, names: Sequence[str]) -> dict[str, str]:
    """Return the DataStore's type of each column of moments in a canonical CSV.

    Where every value tells its zone, the column has it too. Where some do and some do not, or a
    fraction has more digits than the database keeps, the column is text: no value changes.
    """
    if not names:
        return {}
    columns = dict.fromkeys(header_of(table), "VARCHAR")
    asked = ", ".join(
        f"count({identifier(name)}), "
        f"count(*) FILTER (regexp_matches({identifier(name)}, '{_ZONE}')), "
        f"count(*) FILTER (regexp_matches({identifier(name)}, '[.][0-9]{{7}}'))"
        for name in names
    )
    with engine() as connection:
        row = connection.execute(
            f"SELECT {asked} FROM read_csv(?, columns = ?, auto_detect = false, header = true, "  # noqa: S608
            f"delim = ',', quote = '\"', escape = '\"', {ONCE})",
            [str(table), columns],
        ).fetchone()
    found = {}
    for number, name in enumerate(names):
        total, zoned, long = (row or ())[3 * number : 3 * number + 3]
        same = zoned in (0, total) and not long
        found[name] = ("timestamptz" if zoned else "timestamp") if same else "text"
    return found


def _columns_of(resource_id: str) -> list[tuple[str, str]] | None:
    """Return the names and types of the columns of a table, None where there is no table."""
    try:
        table = tk.get_action("datastore_info")({"ignore_auth": True}, {"id": resource_id})
    except tk.ObjectNotFound:
        return None
    return [(field["id"], field["type"]) for field in table["fields"]]


def _create(resource_id: str, columns: Sequence[dict[str, Any]]) -> None:
    tk.get_action("datastore_create")(
        {"ignore_auth": True},
        {"resource_id": resource_id, "force": True, "fields": list(columns)},
    )


def _create_anew(
    connection: sa.Connection, resource_id: str, columns: Sequence[dict[str, Any]]
) -> None:
    """Replace a table by an empty one with other columns, within a transaction.

    The steps are those of ``datastore_delete`` and ``datastore_create``, each of which commits.
    """
    context: Context = {"connection": connection}
    made = {"resource_id": resource_id, "fields": list(columns)}
    connection.exec_driver_sql(f"DROP TABLE {identifier(resource_id)} CASCADE")
    postgres.create_table(context, made, {})
    postgres._create_fulltext_trigger(connection, resource_id)
    postgres.create_indexes(context, made)


def _copy(
    connection: sa.Connection, resource_id: str, table: Path, columns: Sequence[dict[str, Any]]
) -> None:
    """Replace the rows in one transaction; readers see the old ones or the new ones.

    Indexes are made of all rows at once: that of the rows' numbers here, those of searches by
    ``DataStore.index``.
    """
    name = identifier(resource_id)
    connection.exec_driver_sql(f"TRUNCATE TABLE {name} RESTART IDENTITY")
    counts.forget_within(connection, resource_id)
    loader._disable_fulltext_trigger(connection, resource_id)
    _drop_search_indexes(connection, name)
    names = ", ".join(identifier(column["id"]) for column in columns)
    cursor = connection.connection.cursor()
    try:
        with _without_key(connection, name), table.open("rb") as rows:
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


@contextmanager
def _without_key(connection: sa.Connection, name: str) -> Iterator[None]:
    """Make the index of the rows' numbers when they are there; ``name`` is the table's, quoted."""
    key = connection.scalar(
        sa.text(
            "SELECT conname FROM pg_constraint "
            "WHERE conrelid = CAST(:name AS regclass) AND contype = 'p'"
        ),
        {"name": name},
    )
    if key:
        connection.exec_driver_sql(f"ALTER TABLE {name} DROP CONSTRAINT {identifier(key)}")
    yield
    if key:
        connection.exec_driver_sql(
            f"ALTER TABLE {name} ADD CONSTRAINT {identifier(key)} PRIMARY KEY (_id)"
        )


def _drop_search_indexes(connection: sa.Connection, name: str) -> None:
    """Drop the indexes of a table for searches; ``name`` is the table's, quoted.

    To make them anew of all rows is quicker than to change them with each row.
    """
    found = connection.scalars(
        sa.text(
            "SELECT CAST(indexrelid AS regclass) FROM pg_index "
            "JOIN pg_class ON pg_class.oid = indexrelid JOIN pg_am ON pg_am.oid = relam "
            "WHERE indrelid = CAST(:name AS regclass) AND amname IN ('gist', 'gin')"
        ),
        {"name": name},
    )
    for index in found.all():
        connection.exec_driver_sql(f"DROP INDEX {index}")
