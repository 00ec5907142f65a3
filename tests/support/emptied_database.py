"""Empty the database and the index between tests, without making tables anew."""

from __future__ import annotations

from collections.abc import Callable

import ckan.model as model
import ckan.plugins as p
import pytest
import sqlalchemy as sa
from ckan.lib import jobs
from ckan.lib.search.common import make_connection
from ckan.model import ensure_engine
from ckan.tests import helpers
from sqlalchemy.orm import close_all_sessions

#: Plugins with tables of their own, in the order in which they are migrated.
MIGRATED_PLUGINS = (
    "activity",
    "harvest",
    "mxcity_datahub",
    "mxcity_tables",
    "sniegharvest",
    "tracking",
)

#: Empties the tables that have rows, in one statement; versions of the tables stay.
EMPTY = """
SET LOCAL lock_timeout = '60s';
DO $$
DECLARE
    found text;
    used text[] := '{}';
    has_rows boolean;
BEGIN
    FOR found IN
        SELECT quote_ident(tablename) FROM pg_tables
        WHERE schemaname = current_schema()
        AND tablename NOT LIKE '%alembic_version' AND tablename <> 'spatial_ref_sys'
    LOOP
        EXECUTE 'SELECT EXISTS (SELECT FROM ' || found || ')' INTO has_rows;
        IF has_rows THEN
            used := used || found;
        END IF;
    END LOOP;
    IF used <> '{}' THEN
        EXECUTE 'TRUNCATE ' || array_to_string(used, ', ') || ' RESTART IDENTITY CASCADE';
    END IF;
END $$
"""


class Tables:
    """The tables of CKAN and of the plugins: made once a session, emptied often."""

    def __init__(self, rebuild: Callable[[], None], migrate: Callable[[str], None]) -> None:
        self._rebuild = rebuild
        self._migrate = migrate
        self._migrated: set[str] | None = None

    def make(self) -> None:
        """Make CKAN's tables and those of the loaded plugins; what is there stays."""
        if self._migrated is None:
            versions = {name for name in _tables() if name.endswith("alembic_version")}
            if "alembic_version" not in versions:
                self._rebuild()
            model.repo.tables_created_and_initialised = True
            self._migrated = {
                name for name in MIGRATED_PLUGINS if f"{name}_alembic_version" in versions
            }
        for name in MIGRATED_PLUGINS:
            if name not in self._migrated and p.plugin_loaded(name):
                self._migrate(name)
                self._migrated.add(name)

    def empty(self) -> None:
        """Have all tables, without a row, and no job that waits: it would be about former rows."""
        for queue in jobs.get_all_queues():
            queue.empty()
        close_all_sessions()  # one that has read would hold the tables
        self.make()
        with ensure_engine().begin() as connection:
            connection.execute(sa.text(EMPTY))


def _tables() -> list[str]:
    """Return the names of all tables."""
    with ensure_engine().connect() as connection:
        return sa.inspect(connection).get_table_names()


@pytest.fixture(scope="session")
def tables(migrate_db_for: Callable[[str], None]) -> Tables:
    """Make and empty the tables."""
    return Tables(helpers.reset_db, migrate_db_for)


@pytest.fixture(scope="session")
def migrate_plugins(tables: Tables) -> Callable[[], None]:
    """Gives the loaded plugins their tables; what is there stays."""
    return tables.make


@pytest.fixture(scope="session")
def reset_db(tables: Tables) -> Callable[[], None]:
    """Empties the database, the tables of the loaded plugins included."""
    return tables.empty


@pytest.fixture(scope="session")
def empty_db(tables: Tables) -> Callable[[], None]:
    """Empties the database, the tables of the loaded plugins included."""
    return tables.empty


@pytest.fixture(scope="session")
def reset_index() -> Callable[[], None]:
    """Empties the index: a worker's core is its own, and has documents of several sites in turn."""

    def empty() -> None:
        make_connection().delete(q="*:*", commit=True)

    return empty


@pytest.fixture
def clean_db(empty_db: Callable[[], None]) -> None:
    """Empty the database, the plugins' tables included."""
    empty_db()


@pytest.fixture
def migrated_db(
    with_plugins: None, non_clean_db: None, migrate_plugins: Callable[[], None]
) -> None:
    """Have the plugins' tables, without emptying the database for each test."""
    migrate_plugins()
