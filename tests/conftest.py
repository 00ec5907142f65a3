"""Fixtures that every test of MX City may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from ckanext.sniegharvest.sources.registry import PLUGINS

# Fixtures that every test may ask for by their names, and hooks of pytest.
from emptied_database import (  # noqa: F401
    clean_db,
    empty_db,
    migrate_plugins,
    migrated_db,
    reset_db,
    reset_index,
    tables,
)
from loaded_plugins import load_plugins, loaded_plugins, with_plugins  # noqa: F401
from quick_loading import quick_loading  # noqa: F401
from spanish import spanish, spanish_folder  # noqa: F401
from workers import (  # noqa: F401
    pytest_collection_modifyitems,
    pytest_configure,
    pytest_sessionfinish,
    pytest_xdist_make_scheduler,
)

REPOSITORY = Path(__file__).resolve().parents[1]
# config/test.ini names the harvester plugins so; processes that a test starts inherit it.
os.environ["CKAN_HARVESTER_PLUGINS"] = " ".join(PLUGINS.values())
SHARED = Path(os.environ.get("MXCITY_SHARED", REPOSITORY.parent / "shared"))


@pytest.fixture(scope="session")
def shared_inputs() -> Path:
    """The folder of real catalogues; a test that needs it is skipped where it is not."""
    folder = SHARED / "inputs"
    if not folder.is_dir():
        pytest.skip(f"the real catalogues are not at {folder}")
    return folder
