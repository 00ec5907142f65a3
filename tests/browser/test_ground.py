"""The base map under the maps, and what is drawn on it, in a real browser."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Any

import pytest
from pmtiles.tile import zxy_to_tileid

pytestmark = pytest.mark.browser

STATUS = "[data-mxcity-map-status]"
CLUSTERS = ".mx-map__cluster"


def map_of(portal: Any, wanted: Callable[[dict[str, Any], dict[str, Any]], object]) -> str:
    """The address of the map of the first file that is wanted, by its dataset and itself."""
    for package, file in portal.files():
        if wanted(package, file):
            for view in portal.api("resource_view_list", id=file["id"]):
                if view["view_type"] == "mxcity_map_view":
                    return f"/dataset/{package['name']}/resource/{file['id']}?view_id={view['id']}"
    pytest.fail("the portal has no such map")


@pytest.fixture(scope="module")
def maps(portal: Any) -> dict[str, str]:
    """A map of points in a file, one of readings in a table, and one of areas."""
    return {
        "file": map_of(portal, lambda p, f: "baches" in p["name"] and f["format"] == "GeoJSON"),
        "table": map_of(portal, lambda p, f: p["type"] == "live-feed" and f["format"] == "CSV"),
        "colonias": map_of(
            portal, lambda p, f: p["name"].startswith("colonias") and f["format"] == "GeoJSON"
        ),
    }


def names(page: Any) -> set[str]:
    """The names that the base map shows."""
    return set(page.locator(".mx-map__names").get_attribute("data-names").split("|"))


def numbers(page: Any) -> int:
    """What the marks on the map add up to, single points left out."""
    return sum(int(text.replace(",", "")) for text in page.locator(CLUSTERS).all_inner_texts())


def test_the_map_has_ground_of_the_portal_alone(
    open_page: Callable[..., Any], maps: dict[str, str]
) -> None:
    """Parts of one file are asked for, none elsewhere; names come as one looks closer."""
    page = open_page(maps["colonias"])
    page.settle()
    page.wait_for_selector("[data-mxcity-map][data-ground=drawn]")
    parts = [answer for answer in page.answers if "/mapa-base/" in answer.url]
    assert parts
    assert {answer.status for answer in parts} == {206}
    assert page.locator("[data-mxcity-map] .mx-map__badge").inner_text()
    page.wait_for_function("document.querySelector('.mx-map__names').dataset.names")
    assert "Monterrey" in names(page)
    for _ in range(5):
        page.click(".leaflet-control-zoom-in")
        page.wait_for_timeout(400)
    page.wait_for_function("document.querySelector('.mx-map__names').dataset.names.includes('|')")
    assert "Monterrey" not in names(page)
    assert any(name.startswith("Avenida") for name in names(page))
    assert (page.outside, page.errors, page.complaints) == ([], [], [])


def test_tiles_are_found_where_the_format_puts_them(
    open_page: Callable[..., Any], maps: dict[str, str]
) -> None:
    """The script counts along the curve as the library that the archives are made by."""
    page = open_page(maps["colonias"])
    page.settle()
    rng = random.Random(1)
    tiles = [(z, rng.randrange(2**z), rng.randrange(2**z)) for z in range(1, 16) for _ in range(20)]
    found = page.evaluate("all => all.map(one => mxcityTiles.tileId(...one))", tiles)
    assert found == [zxy_to_tileid(*tile) for tile in tiles]


def test_many_points_are_few_marks_that_lose_none(
    open_page: Callable[..., Any], maps: dict[str, str]
) -> None:
    """The numbers of the marks are the rows, but for single ones; zooming parts them."""
    page = open_page(maps["file"])
    page.settle()
    told = int(re.sub(r"\D", "", page.locator(STATUS).inner_text()))
    assert 1 < page.locator(CLUSTERS).count() < 120
    assert told * 0.98 <= numbers(page) <= told
    before = page.locator(CLUSTERS).first
    before.click()
    page.wait_for_timeout(900)
    assert numbers(page) < told
    assert page.errors == []


def test_of_sensors_the_last_reading_is_shown(
    open_page: Callable[..., Any], maps: dict[str, str]
) -> None:
    """Each sensor is one point; the page says of when, and lists the same."""
    page = open_page(maps["table"])
    page.settle()
    said = page.locator(STATUS).inner_text()
    assert "30/06/2026" in said
    assert page.locator("[data-mxcity-map-list] tbody tr").count() == int(said.split()[0])
    assert page.locator(CLUSTERS).count() < 3


def test_two_datasets_on_one_map(open_page: Callable[..., Any], maps: dict[str, str]) -> None:
    """A reader lays one over another by the page's own form, and takes it off again."""
    page = open_page(maps["colonias"])
    page.click("a[href*='sobre=']")
    page.select_option("#mx-map-over", index=1)
    page.click(".mx-map__over button")
    page.wait_for_url("**sobre=*-*")
    page.settle()
    assert page.locator(".mx-map__legend li").nth(1).is_visible()
    page.locator(".mx-map__legend a").first.click()
    page.wait_for_url(lambda url: "sobre" not in url)
    assert page.errors == []


def test_a_map_without_ground_still_shows_its_data(
    open_page: Callable[..., Any], maps: dict[str, str]
) -> None:
    """Where the base map cannot be had, the map says so and draws what it has."""
    page = open_page("/about")
    page.context.route("**/mapa-base/**", lambda route: route.abort())
    page.goto(page.url.removesuffix("/about") + maps["file"])
    page.settle()
    page.wait_for_selector("[data-mxcity-map][data-ground=failed]")
    assert page.locator(CLUSTERS).count() > 1
    without = page.locator("[data-mxcity-map]").get_attribute("data-without-base")
    assert page.locator("[data-mxcity-map] .leaflet-control-attribution").inner_text() == without


def test_the_list_is_there_without_a_script(
    open_page: Callable[..., Any], maps: dict[str, str]
) -> None:
    """Who has no script has the first rows and the way to all."""
    page = open_page(maps["table"], scripts=False)
    assert page.locator("[data-mxcity-map-list] tbody tr").count() > 2
    assert page.locator(".mx-map-view__list a").count() == 1
