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


def test_dataset_shows_its_extent(open_page: Callable[..., Any], mapped: dict[str, Any]) -> None:
    """The page of a dataset draws the area that its data cover, over lines of degrees."""
    page = open_page(f"/dataset/{mapped['package']}")
    page.wait_for_selector(SHAPES, state="attached")
    assert page.locator("path.mx-map__grid").count() > 2
    assert page.errors == []


def test_file_is_drawn_and_listed(open_page: Callable[..., Any], mapped: dict[str, Any]) -> None:
    """A GeoJSON file is drawn in its preview; its elements are in a table as well."""
    page = open_page(f"/dataset/{mapped['package']}/resource/{mapped['resource']}")
    preview = page.locator("[data-mxcity-map-view]")
    preview.locator("[data-mxcity-map-status]", has_text="elementos").wait_for()
    assert preview.locator(".mx-map canvas, .mx-map path.mx-map__shape").count() > 0
    preview.locator("details > summary").first.click()
    assert preview.locator("[data-mxcity-map-table] tr").count() > 1
    assert page.errors == []


def test_search_is_filtered_by_what_the_map_shows(open_page: Callable[..., Any]) -> None:
    """The filter's map writes its edges into the form, and the search obeys them."""
    page = open_page("/dataset/")
    page.locator("[data-mxcity-map-filter]").scroll_into_view_if_needed()
    page.click("[data-mxcity-filter-seen]")
    page.wait_for_selector(SHAPES, state="attached")
    page.click("[data-mxcity-map-filter] button[type=submit]")
    page.wait_for_url("**ext_bbox=**")
    assert page.errors == []
