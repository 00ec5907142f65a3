"""What who keeps the portal sees: forms, administration and harvest pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.pages import english, too_wide


@pytest.fixture
def staff_addresses(portal: Any) -> list[str]:
    """The address of one page of each kind that needs an account."""
    package, table = portal.file(lambda file: file.get("datastore_active"))
    dataset, file = package["name"], f"{package['name']}/resource/{table['id']}"
    organization = package["organization"]["name"]
    source = portal.api("package_search", fq="+dataset_type:harvest")["results"][0]["id"]
    job = portal.api("harvest_source_show", id=source)["status"]["last_job"]["id"]
    return [
        *("/ckan-admin/", "/ckan-admin/config", "/ckan-admin/trash"),
        *("/dataset/new", f"/dataset/edit/{dataset}", f"/dataset/resources/{dataset}"),
        *(f"/dataset/{dataset}/resource/new", f"/dataset/{file}", f"/dataset/{file}/edit"),
        *(f"/dataset/{file}/views", f"/dataset/{dataset}/dictionary/{table['id']}"),
        f"/dataset/{dataset}/resource_data/{table['id']}",
        *("/organization/new", f"/organization/edit/{organization}"),
        *(f"/organization/members/{organization}", f"/organization/bulk_process/{organization}"),
        *("/user/admin", "/user/edit/admin", "/user/admin/api-tokens", "/user/"),
        *("/dashboard/", "/dashboard/datasets", "/dashboard/organizations"),
        *("/harvest/", "/harvest/new", f"/harvest/{source}", f"/harvest/about/{source}"),
        *(f"/harvest/admin/{source}", f"/harvest/edit/{source}", f"/harvest/{source}/job"),
        *(f"/harvest/{source}/job/{job}", "/ckan-admin/activities"),
    ]


def test_staff_pages(open_page: Callable[..., Any], staff_addresses: list[str]) -> None:
    """Each opens, in Spanish, fits on a phone, and the console has nothing to complain about."""
    page = open_page("/about", staff=True)
    home = page.url.removesuffix("/about")
    problems: list[Any] = []
    for path in staff_addresses:
        page.complaints.clear()
        page.set_viewport_size({"width": 1280, "height": 900})
        answer = page.goto(home + path)
        page.settle()
        if answer.status != 200:
            problems.append((path, answer.status))
        problems += [(path, complaint) for complaint in page.complaints]
        problems += [(path, "English", word) for word in english(page)]
        problems += [(path, *wide) for wide in too_wide(page)]
    assert not problems
    assert page.errors == []
    assert page.outside == []


def test_areas_by_name(open_page: Callable[..., Any]) -> None:
    """In the form of a dataset, the name of a place brings its INEGI code."""
    page = open_page("/dataset/new", staff=True)
    field = page.locator("#field-area_codes")
    field.fill("19, ")
    field.press_sequentially("monterr")
    page.wait_for_selector("#mx-areas-area_codes [role=option]")
    field.press("ArrowDown")
    field.press("Enter")
    page.locator("#field-title").focus()
    assert field.input_value() == "19, 19039"
