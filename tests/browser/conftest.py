"""A whole portal with its demonstration catalogue, and a Chromium that may reach nothing else."""

from __future__ import annotations

import json
import os
import shutil
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

playwright_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")

REPOSITORY = Path(__file__).resolve().parents[2]
CHROMIUM = next((p for n in ("chromium", "chromium-browser") if (p := shutil.which(n))), None)

pytestmark = pytest.mark.browser

#: Seconds that a test may take: the first one waits until a portal has all of its tables.
PATIENCE = 1_500


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder."""
    for item in items:
        if Path(__file__).parent in Path(str(item.fspath)).parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(PATIENCE))


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

    def files(self) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """Return every file of the portal, with its dataset, in the order of their names."""
        found = self.api("package_search", fq="-dataset_type:harvest", rows="500", sort="name asc")
        return [(package, file) for package in found["results"] for file in package["resources"]]

    def file(
        self, wanted: Callable[[dict[str, Any]], object]
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the first file that is ``wanted``, with its dataset."""
        for package, file in self.files():
            if wanted(file):
                return package, file
        pytest.fail("the portal has no such file")


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


#: Waits until a page's map says what it drew, or that it could not.
MAP_IS_DRAWN = """() => [...document.querySelectorAll('[data-mxcity-map-view]')].every(
    view => view.dataset.drawn || view.querySelector('.mx-map__status--error'))"""
#: What the content policy refuses becomes a line of the console that names the directive.
TELL_OF_THE_POLICY = """document.addEventListener('securitypolicyviolation', event =>
    console.error('policy', event.violatedDirective, event.blockedURI, event.sourceFile))"""


def settle(page: Any) -> None:
    """Wait until everything that a page shows is there: frames and maps included."""
    page.wait_for_load_state("load")
    for frame in page.locator(".resource-view iframe").all():
        frame.scroll_into_view_if_needed()  # it is loaded when it is about to be seen
        inside = frame.content_frame
        inside.locator("body > *").first.wait_for(state="attached")
    page.wait_for_function(MAP_IS_DRAWN)
    page.evaluate("window.scrollTo(0, 0)")


@pytest.fixture(scope="session")
def signed_in(browser: Any, portal: Portal) -> Any:
    """The cookies of the administrator, who signs in once for the whole session."""
    if portal.password is None:
        pytest.skip("MXCITY_PORTAL_PASSWORD does not say the administrator's password")
    with browser.new_context(locale="es-MX") as context:
        page = context.new_page()
        page.goto(f"{portal.url}/user/login")
        page.fill("#field-login", "admin")
        page.fill("#field-password", portal.password)
        page.click("main button[type=submit]")
        page.wait_for_selector(".mx-menu")
        return context.storage_state()


@pytest.fixture
def open_page(
    browser: Any, portal: Portal, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Any]]:
    """Open an address of the portal in a browser of its own; requests elsewhere are refused.

    With ``staff`` the administrator opens it. The page has a list ``outside`` of the addresses
    that were refused, ``answers`` of all answers received, ``errors`` of the scripts that failed
    and ``complaints`` of the console, the content policy's among them.
    """
    contexts = []

    def opener(
        path: str,
        width: int = 1280,
        scripts: bool = True,
        staff: bool = False,
        touch: bool = False,
    ) -> Any:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            java_script_enabled=scripts,
            locale="es-MX",
            accept_downloads=True,
            has_touch=touch,
            storage_state=request.getfixturevalue("signed_in") if staff else None,
        )
        contexts.append(context)
        page = context.new_page()
        page.outside, page.answers, page.errors, page.complaints = [], [], [], []
        page.settle = partial(settle, page)

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
        complaints = page.complaints
        page.on("console", lambda said: said.type == "error" and complaints.append(said.text))
        context.add_init_script(TELL_OF_THE_POLICY)
        page.set_default_timeout(15_000)
        page.goto(portal.url + path)
        return page

    yield opener
    for context in contexts:
        context.close()


def _view(portal: Portal, kind: str) -> str:
    """Return the address of a preview of a kind, in the page of its file."""
    for package, file in portal.files():
        if file.get("datastore_active") or kind == "text_view":
            for view in portal.api("resource_view_list", id=file["id"]):
                if view["view_type"] == kind:
                    return f"/dataset/{package['name']}/resource/{file['id']}?view_id={view['id']}"
    pytest.fail(f"the portal has no preview of the kind {kind}")


def _types(portal: Portal) -> dict[str, str]:
    """Return the address of a dataset of each type."""
    found = portal.api("package_search", fq="-dataset_type:harvest", rows="500", sort="name desc")
    return {package["type"]: f"/dataset/{package['name']}" for package in found["results"]}


def _maps(portal: Portal) -> dict[str, str]:
    """Return the address of a map of points, of one by areas, and of one laid over another."""
    found: dict[str, str] = {}
    drawing = portal.file(lambda file: file["format"] == "GeoJSON")[1]
    for package, file in portal.files():
        if not file.get("datastore_active") or len(found) == 3:
            continue
        for view in portal.api("resource_view_list", id=file["id"]):
            if view["view_type"] == "mxcity_map_view":
                path = f"/dataset/{package['name']}/resource/{file['id']}?view_id={view['id']}"
                try:
                    portal.api("mxcity_map_points", id=file["id"], bbox="-180,-85,180,85")
                except urllib.error.HTTPError:
                    found.setdefault("map by areas", path)
                else:
                    found.setdefault("map of points", path)
                    found.setdefault("map over another", f"{path}&sobre={drawing['id']}")
    return found


def _join(portal: Portal) -> tuple[str, dict[str, Any]]:
    """Return a table and the first one that is suggested to be joined with it."""
    for _, file in portal.files():
        if file.get("datastore_active"):
            for join in portal.api("mxcity_table_join_suggest", id=file["id"]):
                return file["id"], join
    pytest.fail("the portal has no two tables of the same places")


@pytest.fixture(scope="session")
def addresses(portal: Portal) -> dict[str, str]:
    """The address of one page of each kind."""
    package, table = portal.file(lambda file: file.get("datastore_active"))
    mapped, drawing = portal.file(lambda file: file["format"] == "GeoJSON")
    other, plain = portal.file(
        lambda file: not file.get("datastore_active") and file["format"] != "GeoJSON"
    )
    left, join = _join(portal)
    ministry = portal.api("organization_list", sort="package_count desc")[0]
    return {
        **_types(portal),
        "home": "/",
        "search": "/dataset/",
        "results": "/dataset/?q=agua",
        "nothing found": "/dataset/?q=zzzxxyq",
        "dataset": f"/dataset/{package['name']}",
        "file": f"/dataset/{package['name']}/resource/{table['id']}",
        "map": f"/dataset/{mapped['name']}/resource/{drawing['id']}",
        **_maps(portal),
        "file without a table": f"/dataset/{other['name']}/resource/{plain['id']}",
        "chart": _view(portal, "mxcity_chart_view"),
        "text": _view(portal, "text_view"),
        "joined tables": (
            f"/table/{left}/join/{join['resource_id']}?on={join['left']}:{join['right']}"
        ),
        "API": "/api/docs",
        "fields": "/campos",
        "roles": "/permisos",
        "organizations": "/organization/",
        "organization": f"/organization/{package['organization']['name']}",
        "about": "/about",
        "groups": "/group/",
        "DataHub": "/datahub",
        "ministry": f"/datahub/{ministry}",
        "priorities": "/datahub/prioridades",
        "cities": "/datahub/ciudades",
        "organization's page": f"/organization/about/{ministry}",
        "reset": "/user/reset",
        "publish": "/publicar",
        "log in": "/user/login",
        "not found": "/dataset/esta-pagina-no-existe",
        "forbidden": "/dataset/new",
        "sources": "/harvest/",
    }
