"""Lists of the portal: their pages, their order, and what visitors are told of changes."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from bs4 import BeautifulSoup
from ckan.tests import factories
from ckanext.mxcity.catalogue import page_facts
from ckanext.mxcity.catalogue.index import IndexMixin

FIELDS = {"snieg_subsystem": "economico", "geographic_level": "municipal"}


@pytest.fixture(scope="module")
def catalogue(load_plugins, empty_db, reset_index) -> dict[str, Any]:
    """Three datasets whose data changed in another order than their records."""
    load_plugins()
    empty_db()
    reset_index()
    organization = factories.Organization(name="mty-ssp")["id"]
    for name, modified in (("junio", "2026-06-30"), ("anual", "2024"), ("mayo", "2026-05")):
        factories.Dataset(name=name, owner_org=organization, modified=modified, **FIELDS)
    return {"organization": organization}


def test_the_newest_data_come_first(app: Any, catalogue: Any) -> None:
    """Recently updated is what the data say, and so is the last update on the home page."""
    newest = [package["name"] for package in page_facts.newest_datasets()]
    assert newest == ["junio", "mayo", "anual"]
    page = BeautifulSoup(app.get("/").body, "html.parser")
    figures = [dd.get_text(strip=True) for dd in page.select(".mx-figures dd")]
    assert figures[-1] == "30/06/2026"


@pytest.mark.parametrize(
    ("modified", "changed"),
    [
        ("2026", "2026-01-01T00:00:00Z"),
        ("2026-06", "2026-06-01T00:00:00Z"),
        ("2026-06-30T20:00:00-06:00", "2026-07-01T02:00:00Z"),
        ("hace poco", "2025-02-03T04:05:06Z"),
        (None, "2025-02-03T04:05:06Z"),
    ],
)
def test_when_data_changed(modified: Any, changed: str) -> None:
    """What the data say, as far as it is a day; else when the record changed."""
    package = {"modified": modified, "metadata_modified": "2025-02-03T04:05:06Z", "res_name": []}
    assert IndexMixin().before_dataset_index(package)["mxcity_changed_date"] == changed


@pytest.mark.parametrize(
    "address", ["/dataset/", "/organization/", "/group/", "/feeds/dataset.atom"]
)
@pytest.mark.parametrize("page", ["abc", "0", "-3", "1.5", "", "9" * 40])
def test_a_page_that_is_none(app: Any, catalogue: Any, address: str, page: str) -> None:
    """An address that names no page gives the first, or says that it is after the last."""
    assert app.get(address, query_string={"page": page}).status_code == 200


def test_after_the_last_page(app: Any, catalogue: Any) -> None:
    """A page after the last leads to the last."""
    page = BeautifulSoup(app.get("/dataset/?q=&page=99").body, "html.parser")
    link = page.select_one(".mx-empty a")
    assert link is not None
    assert "last page, 1" in link.get_text()
    last = BeautifulSoup(app.get(link["href"]).body, "html.parser")
    assert len(last.select(".mx-card")) == 3


def test_visitors_are_not_told_who_changed_a_dataset(app: Any, catalogue: Any) -> None:
    """The changes of a dataset are dated; who made them is told to its editors alone."""
    user = factories.SysadminWithToken()
    tk.get_action("package_patch")({"user": user["name"]}, {"id": "junio", "notes": "Otra nota."})
    address = "/dataset/activity/junio"
    public = app.get(address).body
    assert user["name"] not in public
    assert BeautifulSoup(public, "html.parser").select("table tbody tr")
    assert user["name"] in app.get(address, headers={"Authorization": user["token"]}).body


def test_collections_are_in_our_look(app: Any, catalogue: Any) -> None:
    """The list of groups has one heading and a way on."""
    page = BeautifulSoup(app.get("/group/").body, "html.parser")
    assert [h1.get_text(strip=True) for h1 in page.select("h1")] == ["Collections"]
    assert page.select(".mx-empty a")
