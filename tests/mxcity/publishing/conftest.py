"""Who publishes, where, and the portal in Spanish."""

from __future__ import annotations

from typing import Any

import pytest
from ckan.tests import factories


@pytest.fixture
def clerk() -> dict[str, Any]:
    """An editor of the ministry of services, with a token."""
    return factories.UserWithToken()


@pytest.fixture
def ministry(clerk: dict[str, Any]) -> dict[str, Any]:
    """The ministry whose editor the clerk is."""
    return factories.Organization(
        name="servicios", users=[{"name": clerk["name"], "capacity": "editor"}]
    )


@pytest.fixture
def app(spanish: None, make_app: Any) -> Any:
    """The portal in Spanish."""
    return make_app()
