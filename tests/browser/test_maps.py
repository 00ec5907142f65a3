"""What people see of the maps, and what they can do with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.browser

SHAPES = "path.mx-map__shape"


@pytest.fixture(scope="module")
def mapped(portal: Any) -> dict[str, Any]:
    """A dataset with a GeoJSON file and an extent, and that file."""
    found = portal.api("package_search", fq="res_format:GeoJSON", rows="20")["results"]
    for package in found:
        for resource in package["resources"]:
            if resource["format"] == "GeoJSON" and package.get("spatial"):
                return {"package": package["name"], "resource": resource["id"]}
    pytest.fail("the demonstration catalogue has no map")


def test_dataset_shows_its_extent(open_page: Callable[..., Any], portal: Any) -> None:
    """A dataset that does not open with a map draws the area that its data cover, on the ground."""
    found = portal.api("package_search", fq="-dataset_type:harvest", rows="200", sort="name asc")[
        "results"
    ]
    for package in (one for one in found if one.get("spatial")):
        page = open_page(f"/dataset/{package['name']}")
        extent = page.locator("[data-mxcity-extent]")
        if extent.count():
            break
    extent.scroll_into_view_if_needed()
    page.wait_for_selector(SHAPES, state="attached")
    page.wait_for_selector("[data-mxcity-extent][data-ground=drawn]")
    assert page.errors == []


def test_file_is_drawn_and_listed(open_page: Callable[..., Any], mapped: dict[str, Any]) -> None:
    """A GeoJSON file is drawn in its preview; its elements are in a table as well."""
    page = open_page(f"/dataset/{mapped['package']}/resource/{mapped['resource']}")
    preview = page.locator("[data-mxcity-map-view]")
    page.settle()
    assert preview.locator("[data-mxcity-map-status]").inner_text()[:1].isdigit()
    assert preview.locator(".mx-map canvas, .mx-map path.mx-map__shape").count() > 0
    assert preview.locator(".mx-map__table tr").count() > 1
    assert page.errors == []


def open_filter(open_page: Callable[..., Any], **how: Any) -> Any:
    """The page of results with its map filter in sight."""
    page = open_page("/dataset/", **how)
    if page.viewport_size["width"] < 992:
        page.click(".mx-filters > summary")
    page.locator("[data-mxcity-map-filter]").scroll_into_view_if_needed()
    page.wait_for_selector("[data-mxcity-filter-map][data-ground=drawn]")
    return page


def edges(page: Any) -> list[float]:
    """What the filter's fields say: west, south, east and north."""
    return [
        float(page.locator(f"[data-mxcity-map-filter] [name={side}]").input_value())
        for side in ("west", "south", "east", "north")
    ]


def results(page: Any) -> int:
    """How many datasets the page says that it found."""
    said = page.locator(".mx-count").inner_text()
    return int("".join(filter(str.isdigit, said.split()[0])) or 0)


def drag(page: Any, start: tuple[float, float], end: tuple[float, float], touch: bool) -> None:
    """Press at a point of the filter's map, in parts of its size, and let go at another."""
    box = page.locator("[data-mxcity-filter-map]").bounding_box()
    points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in (start, end)]
    if touch:
        session = page.context.new_cdp_session(page)
        kinds = ("touchStart", "touchMove")
        for kind, (x, y) in zip(kinds, points, strict=True):
            session.send(
                "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]}
            )
        session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    else:
        page.mouse.move(*points[0])
        page.mouse.down()
        page.mouse.move(*points[1], steps=3)
        page.mouse.up()


@pytest.mark.parametrize("touch", [False, True], ids=["mouse", "finger"])
def test_an_area_is_drawn_and_filters(open_page: Callable[..., Any], touch: bool) -> None:
    """An area of the plain country side, drawn by mouse or finger, leaves out the city's data."""
    page = open_filter(open_page, width=360 if touch else 1280, touch=touch)
    everything, before = results(page), edges(page)
    page.click("[data-mxcity-filter-draw]")
    drag(page, (0.04, 0.05), (0.14, 0.15), touch)
    west, south, east, north = edges(page)
    assert west < east < before[2]
    assert before[1] < south < north
    assert page.locator("[data-mxcity-filter-draw]").get_attribute("aria-pressed") == "false"
    page.click("[data-mxcity-map-filter] button[type=submit]")
    page.wait_for_url("**ext_bbox=**")
    assert results(page) < everything
    assert edges(page) == pytest.approx([west, south, east, north], abs=0.001)
    assert page.errors == []


def test_an_area_is_drawn_by_keyboard(open_page: Callable[..., Any]) -> None:
    """Arrows move the area, with Shift they change its size, Escape leaves it as it was."""
    page = open_filter(open_page)
    before = edges(page)
    button = page.locator("[data-mxcity-filter-draw]")
    button.press("Enter")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Escape")
    assert edges(page) == before
    button.press("Enter")
    page.keyboard.press("Enter")
    plain = edges(page)
    button.press("Enter")
    for key in ("ArrowLeft", "ArrowDown", "Shift+ArrowDown"):
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    west, south, east, north = edges(page)
    assert (west < plain[0], east < plain[2]) == (True, True)
    assert (south < plain[1], north - south < plain[3] - plain[1]) == (True, True)
    assert page.locator("[data-mxcity-filter-map] .leaflet-control-attribution").is_visible()


def test_search_is_filtered_by_what_the_map_shows(open_page: Callable[..., Any]) -> None:
    """The filter's map writes its edges into the form, and the search obeys them."""
    page = open_filter(open_page)
    everything = results(page)
    page.click("[data-mxcity-filter-seen]")
    page.wait_for_selector(SHAPES, state="attached")
    page.click("[data-mxcity-map-filter] button[type=submit]")
    page.wait_for_url("**ext_bbox=**")
    assert 0 < results(page) <= everything
    assert page.errors == []
