"""A portal with a catalogue, made once, and asked over and over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.mxcity.exports.filling import Portal, fill

#: Public datasets of the city.
PUBLIC = 75


@pytest.fixture(scope="module")
def portal(
    load_plugins: Callable[[], None],
    empty_db: Callable[[], None],
    reset_index: Callable[[], None],
) -> Portal:
    """The catalogue, made once for the module: tests only read it, or undo what they do."""
    load_plugins()
    empty_db()
    reset_index()
    return fill(PUBLIC)


@pytest.fixture(scope="module")
def app(portal: Portal) -> Any:
    """The web application, made once: each test only asks it."""
    from ckan.tests import helpers

    return helpers._get_test_app()


@pytest.fixture
def get(app: Any, ckan_config: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Ask for an address, as anybody; pages and chunks are small, so that there are several."""
    from ckanext.mxcity.exchange.exports import read

    monkeypatch.setitem(ckan_config, "ckanext.dcat.datasets_per_page", 30)
    monkeypatch.setattr(read.chunks, "__defaults__", (30,))

    def ask(address: str, status: int = 200, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return app.get(address, headers=named, status=status)

    return ask
