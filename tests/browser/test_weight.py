"""What pages weigh on a phone: bytes and requests, which are the same on any machine."""

from __future__ import annotations

import urllib.request
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import Portal

#: Bytes as sent, of a first visit, with all that the page loads; and how many requests.
LIMIT_BYTES, LIMIT_REQUESTS = 150_000, 20
KINDS = (
    "home", "search", "results", "nothing found", "dataset", "file", "chart", "DataHub",
    "ministry", "organization", "not found", "log in",
)  # fmt: skip
#: The header of a phone, in pixels.
HEADER = 120


@pytest.mark.parametrize("kind", KINDS)
def test_weight(open_page: Callable[..., Any], addresses: dict[str, str], kind: str) -> None:
    """A first visit is within 150 kB and 20 requests, and packs whatever can be packed."""
    page = open_page(addresses[kind], 360)
    page.wait_for_load_state("networkidle")
    sizes = {a.url: a.request.sizes()["responseBodySize"] for a in page.answers}
    plain = [
        a.url
        for a in page.answers
        if a.ok
        and a.headers.get("content-encoding") != "gzip"
        and sizes[a.url] > 1000
        and "/mapa-base/" not in a.url  # each of its tiles is packed by itself
    ]
    assert sum(sizes.values()) <= LIMIT_BYTES, sizes
    assert len(page.answers) <= LIMIT_REQUESTS
    assert not plain


def test_compiled_assets_are_kept_for_good(open_page: Callable[..., Any]) -> None:
    """Their addresses change with their content; what the portal does not have is a 404."""
    page = open_page("/")
    page.settle()
    assets = [a for a in page.answers if "/webassets/" in a.url]
    assert assets
    for asset in assets:
        assert asset.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert asset.headers["x-content-type-options"] == "nosniff"
    page.goto(page.url + "webassets/mxcity/no_such_theme.css")
    assert page.answers[-1].status == 404
    assert "immutable" not in page.answers[-1].headers["cache-control"]


@pytest.mark.parametrize(
    "named", [{"Cookie": "a=1; ckan=abc"}, {"Cookie": "remember_token=x"}, {"Authorization": "x"}]
)
def test_answers_to_a_person_are_not_packed(portal: Portal, named: dict[str, str]) -> None:
    """The size of a packed answer would tell what it says beside words of its address."""
    for path in ("/dataset/?q=agua", "/api/3/action/package_search?q=agua"):
        coded = []
        for headers in ({}, {"Cookie": "_ga=1"}, named):
            asked = urllib.request.Request(
                portal.url + path, headers={"Accept-Encoding": "gzip", **headers}
            )
            with urllib.request.urlopen(asked) as answer:
                coded.append(answer.headers["Content-Encoding"])
        assert coded == ["gzip", "gzip", None]


@pytest.mark.parametrize("scripts", [True, False])
def test_menu_of_a_phone(open_page: Callable[..., Any], scripts: bool) -> None:
    """The header leaves the screen to the page; its menu opens without scripts too."""
    page = open_page("/", 360, scripts=scripts)
    assert page.locator(".mx-header").bounding_box()["height"] <= HEADER
    link = page.locator(".mx-nav a[href='/organization/']")
    assert not link.is_visible()
    page.click(".mx-fold > summary")
    assert link.is_visible()
    assert page.locator(".mx-account a").is_visible()
    link.click()
    page.wait_for_url("**/organization/")


def test_results_are_reached_without_the_filters(open_page: Callable[..., Any]) -> None:
    """A link that is seen when it has the focus leads past the filters."""
    page = open_page("/dataset/?q=agua")
    link = page.locator("a.mx-skip[href='#search-results']")
    assert link.bounding_box()["x"] < 0
    link.focus()
    assert link.bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#search-results') !== null")


def test_cut_tables_are_cards_on_a_phone(open_page: Callable[..., Any], addresses: Any) -> None:
    """Nothing of the tables of words is out of sight on a phone, and each cell says what it is."""
    for path in ("/datahub", addresses["ministry"], "/datahub/prioridades", "/campos"):
        page = open_page(path, 360, scripts=False)
        cards = page.locator(".mx-cards-table")
        assert cards.count(), path
        for table in cards.all():
            assert table.evaluate("e => e.scrollWidth <= e.clientWidth"), path
            assert table.locator("td[data-name]").count(), path
