"""A plugin of pytest: runs ckanext-harvest's own tests with our plugins loaded beside its own."""

from __future__ import annotations

from typing import Any

import emptied_database
import loaded_plugins
import pytest

OURS = (
    "sniegharvest",
    "snieg_dcat_json_harvester",
    "snieg_dcat_rdf_harvester",
    "snieg_csw_harvester",
)
#: Ours of this type cannot be loaded together with the stock one, which these tests are about.
CKAN_TYPE, STOCK_CKAN_TYPE = "snieg_ckan_harvester", "ckan_harvester"


def with_ours(plugins: str) -> str:
    """Return a list of plugins with ours before it."""
    listed = plugins.split()
    ours = [*OURS, *([] if STOCK_CKAN_TYPE in listed else [CKAN_TYPE])]
    return " ".join([*ours, *(name for name in listed if name not in ours)])


def pytest_configure(config: pytest.Config) -> None:
    """Name the mark that CKAN's tests have, which they declare in a file that is not installed."""
    config.addinivalue_line("markers", "ckan_config: set a CKAN option for one test")
    # Later than CKAN's own fixtures of the same names: these are used.
    config.pluginmanager.register(emptied_database)
    config.pluginmanager.register(loaded_plugins)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put our plugins into every list of plugins that a test sets for itself."""
    nodes = {id(node): node for item in items for node in item.listchain()}
    for node in nodes.values():
        node.own_markers = [_mark(mark) for mark in node.own_markers]


def _mark(mark: Any) -> Any:
    if mark.name == "ckan_config" and mark.args[0] == "ckan.plugins":
        return pytest.mark.ckan_config("ckan.plugins", with_ours(mark.args[1])).mark
    return mark
