"""Fixtures that every test of MX City may use."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from quick_loading import quick_loading  # noqa: F401  # a fixture of every test

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("MXCITY_SHARED", REPOSITORY.parent / "shared"))

#: Plugins with tables of their own, in the order in which they are migrated.
MIGRATED_PLUGINS = (
    "activity",
    "harvest",
    "mxcity_datahub",
    "mxcity_tables",
    "sniegharvest",
    "tracking",
)


@pytest.fixture(scope="session")
def migrate_plugins(migrate_db_for: Callable[[str], None]) -> Callable[[], None]:
    """Gives the loaded plugins their tables; what is there stays."""
    import ckan.plugins as p
    import sqlalchemy as sa
    from ckan.model import ensure_engine

    def migrated() -> Iterator[str]:
        with ensure_engine().connect() as connection:
            database = sa.inspect(connection)
            for plugin in MIGRATED_PLUGINS:
                table = f"{plugin}_alembic_version"
                if database.has_table(table) and connection.scalar(
                    sa.select(sa.func.count()).select_from(sa.table(table))
                ):
                    yield plugin

    def migrate() -> None:
        there = set(migrated())
        for plugin in MIGRATED_PLUGINS:
            if plugin not in there and p.plugin_loaded(plugin):
                migrate_db_for(plugin)

    return migrate


@pytest.fixture(scope="session")
def empty_db(
    reset_db: Callable[[], None], migrate_plugins: Callable[[], None]
) -> Callable[[], None]:
    """Empties the database, the tables of the loaded plugins included."""

    def empty() -> None:
        reset_db()
        migrate_plugins()

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


@pytest.fixture(scope="session")
def shared_inputs() -> Path:
    """The folder of real catalogues; a test that needs it is skipped where it is not."""
    folder = SHARED / "inputs"
    if not folder.is_dir():
        pytest.skip(f"the real catalogues are not at {folder}")
    return folder
