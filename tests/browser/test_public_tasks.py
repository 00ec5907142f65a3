"""What residents do: search, filter, open, look at a table, download; and who publishes logs in."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_search_filter_open_download(open_page: Callable[..., Any], scripts: bool) -> None:
    """A resident finds a dataset, filters, opens it and downloads a file; scripts or not."""
    page = open_page("/", scripts=scripts)
    page.fill("#mx-search", "agua")
    page.click("form[role=search] button[type=submit]")
    page.wait_for_selector(".mx-results")
    everything = page.locator(".mx-count").inner_text()
    assert re.match(r"\d", everything)

    facet = page.locator(".mx-facet li a").first
    label = facet.locator(".mx-facet__label").inner_text()
    facet.click()
    page.wait_for_selector(".mx-pills")
    assert label in page.locator(".mx-pills").inner_text()

    page.locator(".mx-results .mx-card__title a").first.click()
    page.wait_for_selector("#dataset-resources")
    link = page.locator(".mx-file__actions a[download]").first
    with page.expect_download() as download:
        link.click()
    assert download.value.path().stat().st_size > 0


def test_filters_fold_without_scripts(open_page: Callable[..., Any]) -> None:
    """On a phone the filters are closed, and open without a script."""
    page = open_page("/dataset/", width=360, scripts=False)
    facet = page.locator(".mx-facet li a").first
    assert not facet.is_visible()
    page.click(".mx-filters > summary")
    assert facet.is_visible()


def test_a_filter_can_be_removed(open_page: Callable[..., Any]) -> None:
    """The pill of a filter takes it away again."""
    page = open_page("/dataset/?res_format=XLSX")
    filtered = page.locator(".mx-count").inner_text()
    page.locator(".mx-pills a").first.click()
    page.wait_for_function("!document.querySelector('.mx-pills')")
    assert "res_format" not in page.url
    assert page.locator(".mx-count").inner_text() != filtered


def test_results_can_be_ordered_without_scripts(open_page: Callable[..., Any]) -> None:
    """Ordering by name puts titles in order."""
    page = open_page("/dataset/", scripts=False)
    page.select_option("#mx-sort", "title_string asc")
    page.click(".mx-sort button")
    page.wait_for_url("**sort=title_string**")
    titles = page.locator(".mx-results .mx-card__title").all_inner_texts()
    assert len(titles) > 3
    assert [t[:1].lower() for t in titles if t[:1].isascii()] == sorted(
        t[:1].lower() for t in titles if t[:1].isascii()
    )


def test_table_preview(open_page: Callable[..., Any], addresses: dict[str, str]) -> None:
    """A table is read without a script: its rows, sorted and searched, have an address each."""
    page = open_page(addresses["file"], scripts=False)
    page.click(".nav-tabs >> text=Tabla")
    table = page.locator(".mx-rows__table")
    assert table.locator("tbody tr").count() >= 3
    assert page.locator("#mx-dictionary").is_visible()
    whole = page.locator(".mx-rows__count").inner_text()
    table.locator("thead th a").first.click()
    assert table.locator("thead th").first.get_attribute("aria-sort") == "ascending"
    table.locator("thead th a").first.click()
    assert table.locator("thead th").first.get_attribute("aria-sort") == "descending"
    value = table.locator("tbody th").first.inner_text()
    page.fill("#rows-q", value)
    page.click(".mx-rows__words button")
    assert value in table.locator("tbody").inner_text()
    page.click("text=Ver toda la tabla")
    assert page.locator(".mx-rows__count").inner_text() == whole


def test_log_in_and_out(open_page: Callable[..., Any], portal: Any) -> None:
    """Who has an account logs in, reaches the dashboard and logs out again."""
    if portal.password is None:
        pytest.skip("MXCITY_PORTAL_PASSWORD does not say the administrator's password")
    page = open_page("/user/login")
    page.fill("#field-login", "admin")
    page.fill("#field-password", "not-the-password")
    page.click("main button[type=submit]")
    page.wait_for_selector(".alert")
    page.fill("#field-login", "admin")
    page.fill("#field-password", portal.password)
    page.click("main button[type=submit]")
    page.wait_for_selector(".mx-menu")
    page.wait_for_load_state("load")  # the menu's script is among the last
    page.click(".mx-menu summary")
    page.keyboard.press("Escape")
    assert not page.locator(".mx-menu ul").is_visible()
    page.click(".mx-menu summary")
    page.click(".mx-menu form button")
    page.wait_for_function("!document.querySelector('.mx-menu')")


def test_errors_show_the_way_on(open_page: Callable[..., Any]) -> None:
    """A missing page and a forbidden one say what happened and where to go, in Spanish."""
    for path, status in (("/dataset/no-existe", 404), ("/dataset/new", 403)):
        page = open_page(path)
        if page.url.endswith("/user/login") or "/user/login?" in page.url:
            continue
        assert page.answers[0].status == status
        assert "Error" in page.locator(".mx-error__code").inner_text()
        assert page.locator(".mx-error form[role=search]").is_visible()
        assert page.locator(".mx-error a", has_text="Ir al inicio").is_visible()


def test_colours_of_the_city(open_page: Callable[..., Any]) -> None:
    """The header has the colour of the city's profile, from a stylesheet that may be cached."""
    page = open_page("/")
    style = next(a for a in page.answers if "ciudad.css" in a.url)
    assert "max-age" in style.headers["cache-control"]
    primary = re.search(r"--mx-primary: (#\w{6});", style.text())
    assert primary
    shown = page.evaluate("getComputedStyle(document.querySelector('.mx-header')).backgroundColor")
    red, green, blue = (int(primary.group(1)[i : i + 2], 16) for i in (1, 3, 5))
    assert shown == f"rgb({red}, {green}, {blue})"


def test_suggestions_while_typing(open_page: Callable[..., Any]) -> None:
    """Home and the page of results suggest while one types; arrows and Enter follow one."""
    for path in ("/", "/dataset/"):
        page = open_page(path)
        box = page.locator("#mx-search")
        box.press_sequentially("alumb")
        page.wait_for_selector("#mx-suggestions [role=option]")
        assert box.get_attribute("aria-expanded") == "true"
        box.press("Escape")
        assert not page.locator("#mx-suggestions").is_visible()
        box.press_sequentially("r")
        page.wait_for_selector("#mx-suggestions [role=option]")
        box.press("ArrowDown")
        box.press("Enter")
        page.wait_for_url(lambda address, path=path: not address.endswith(path))
        assert page.errors == []


def test_spelling_is_mended(open_page: Callable[..., Any]) -> None:
    """A word misspelt brings the results of the right one, and says so."""
    page = open_page("/dataset/?q=lumniarias", scripts=False)
    assert "luminarias" in page.locator(".mxcity-did-you-mean").inner_text()
    assert page.locator(".mx-results .mx-card").count() > 0
