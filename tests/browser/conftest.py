"""A whole portal with its demonstration catalogue, and a Chromium that may reach nothing else."""

from __future__ import annotations

import json
import os
import shutil
import sys
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

playwright_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")

REPOSITORY = Path(__file__).resolve().parents[2]
CHROMIUM = next((p for n in ("chromium", "chromium-browser") if (p := shutil.which(n))), None)

pytestmark = pytest.mark.browser


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder."""
    for item in items:
        if Path(__file__).parent in Path(str(item.fspath)).parents:
            item.add_marker(pytest.mark.browser)


@dataclass(frozen=True)
class Portal:
    """A running portal."""

    url: str
    #: Password of ``admin``; None when the portal was started by somebody else who did not say it.
    password: str | None

    def api(self, action: str, **arguments: str) -> Any:
        """Return the result of an action of the API, as nobody in particular."""
        query = urllib.parse.urlencode(arguments)
        with urllib.request.urlopen(f"{self.url}/api/3/action/{action}?{query}") as answer:
            return json.load(answer)["result"]

    def table(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return a dataset and its file that is loaded as a table."""
        found = self.api("package_search", fq="dataset_type:dataset", rows="500")["results"]
        for package in found:
            for resource in package["resources"]:
                if resource.get("datastore_active"):
                    return package, resource
        pytest.fail("no file of the portal is loaded as a table")


@pytest.fixture(scope="session")
def portal() -> Iterator[Portal]:
    """The portal of MXCITY_PORTAL_URL, or one of our own for the whole session."""
    url = os.environ.get("MXCITY_PORTAL_URL")
    if url:
        yield Portal(url.rstrip("/"), os.environ.get("MXCITY_PORTAL_PASSWORD"))
        return
    sys.path.insert(0, str(REPOSITORY / "deploy"))
    from portalctl.testing import portal_instance

    with portal_instance() as (address, password, _):
        yield Portal(address.rstrip("/"), password)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One Chromium for the whole session."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with playwright_api.sync_playwright() as runner:
        chromium = runner.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Any, portal: Portal) -> Iterator[Callable[..., Any]]:
    """Open an address of the portal in a browser of its own; requests elsewhere are refused.

    The page has a list ``outside`` of the addresses that were refused, ``answers`` of all
    answers received, and ``errors`` of the scripts that failed.
    """
    contexts = []

    def opener(path: str, width: int = 1280, scripts: bool = True) -> Any:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            java_script_enabled=scripts,
            locale="es-MX",
            accept_downloads=True,
        )
        contexts.append(context)
        page = context.new_page()
        page.outside, page.answers, page.errors = [], [], []

        def judge(route: Any) -> None:
            if route.request.url.startswith((portal.url, "data:", "blob:")):
                route.continue_()
            else:
                page.outside.append(route.request.url)
                route.abort()

        context.route("**/*", judge)
        answers = page.answers
        page.on("response", lambda answer: answers.append(answer))
        errors = page.errors
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.set_default_timeout(15_000)
        page.goto(portal.url + path)
        return page

    yield opener
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def addresses(portal: Portal) -> dict[str, str]:
    """The address of one page of each kind."""
    package, resource = portal.table()
    return {
        "home": "/",
        "search": "/dataset/",
        "results": "/dataset/?q=agua",
        "nothing found": "/dataset/?q=zzzxxyq",
        "dataset": f"/dataset/{package['name']}",
        "file": f"/dataset/{package['name']}/resource/{resource['id']}",
        "organizations": "/organization/",
        "organization": f"/organization/{package['organization']['name']}",
        "about": "/about",
        "log in": "/user/login",
        "not found": "/dataset/esta-pagina-no-existe",
        "sources": "/harvest/",
    }
