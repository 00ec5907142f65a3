"""A clerk at a desk of the portal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan.lib import jobs
from ckan.tests import factories

from tests.mxcity.publishing.desk import Page, context, work


@pytest.fixture
def clean_queue() -> None:
    """Forget the jobs of other tests."""
    for queue in jobs.get_all_queues():
        queue.empty()


@pytest.fixture
def clerk() -> dict[str, Any]:
    """An editor of the ministry of services, with a token."""
    return factories.UserWithToken()


@pytest.fixture
def ministry(clerk: dict[str, Any]) -> dict[str, Any]:
    """The ministry whose editor the clerk is."""
    return factories.Organization(users=[{"name": clerk["name"], "capacity": "editor"}])


@pytest.fixture
def app(spanish: None, make_app: Any) -> Any:
    """The portal in Spanish."""
    return make_app()


@pytest.fixture
def act(clerk: dict[str, Any]) -> Callable[..., Any]:
    """Call an action as the clerk."""

    def call(action: str, **data: Any) -> Any:
        return tk.get_action(action)(context(clerk), data)

    return call


@pytest.fixture
def send(act: Callable[..., Any]) -> Callable[[str, bytes], dict[str, Any]]:
    """Send a file in two pieces and have it read."""

    def sent(name: str, content: bytes) -> dict[str, Any]:
        made = act("mxcity_upload_create", name=name, size=len(content))
        half = len(content) // 2
        act("mxcity_upload_append", id=made["id"], offset=0, upload=content[:half])
        act("mxcity_upload_append", id=made["id"], offset=half, upload=content[half:])
        assert act("mxcity_file_read", id=made["id"])["state"] == "reading"
        work()
        return act("mxcity_upload_show", id=made["id"])

    return sent


@pytest.fixture
def page(
    app: Any, clerk: dict[str, Any], send: Any, ministry: dict[str, Any]
) -> Callable[..., Page]:
    def opened(name: str, content: bytes) -> Page:
        return Page(app, send(name, content), clerk["token"])

    return opened
