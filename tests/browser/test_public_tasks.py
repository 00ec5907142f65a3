"""What residents do: search, filter, open, look at a table, download; and who publishes logs in."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from typing import Any

import pytest

#: Heaviest that home and search may be, in bytes, gzipped, with everything they load.
PAGE_BUDGET = 350_000

#: English words of CKAN's and its extensions' pages that no Spanish page has.
ENGLISH = re.compile(
    r"\b(the|and|of|your|you|search|datasets?|results?|download|filter|show|showing|entries|"
    r"login|log in|home|about|organizations?|groups?|followers?|members?|order by|"
    r"last updated|created|harvest|sources?|frequency|field|value|unknown|welcome|powered|next|"
    r"previous|files?|license|updated|found|table|sort)\b",
    re.IGNORECASE,
)


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
    """A file that is loaded as a table shows its first rows in the page, labelled in Spanish."""
    page = open_page(addresses["file"])
    frames = page.locator(".resource-view iframe")
    table = page.frame_locator(".resource-view iframe") if frames.count() else page
    table.locator("tbody tr td").first.wait_for()
    assert table.locator("tbody tr").count() >= 3
    assert page.locator("#mx-dictionary").is_visible()


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


def test_nothing_comes_from_elsewhere(
    open_page: Callable[..., Any], addresses: dict[str, str]
) -> None:
    """No page asks another host for anything."""
    for path in addresses.values():
        page = open_page(path)
        assert page.outside == []
        page.context.close()


def test_page_weight(open_page: Callable[..., Any], addresses: dict[str, str]) -> None:
    """Home and search weigh no more than the budget, gzipped, with everything they load."""
    for kind in ("home", "search"):
        page = open_page(addresses[kind])
        page.wait_for_load_state("networkidle")
        weights = {a.url: len(gzip.compress(a.body())) for a in page.answers if a.status == 200}
        assert len(weights) > 3
        assert sum(weights.values()) <= PAGE_BUDGET, weights


def test_no_english_left(open_page: Callable[..., Any], addresses: dict[str, str]) -> None:
    """The words of the pages, names for screen readers included, are Spanish."""
    for kind, path in addresses.items():
        page = open_page(path)
        page.wait_for_load_state("networkidle")
        words = page.evaluate(
            """() => {
              const own = document.querySelectorAll(
                '.mx-card__title, .mx-card__notes, .mx-eyebrow, .mx-dataset__notes, .mx-code, h1,'
                + ' .mx-facet__label, .mx-facts dd, .mx-file__text h3, .mx-file__text p, .mx-tags,'
                + ' .mx-org, .mx-publishers, .mx-languages, .breadcrumb, tbody, .mx-pills,'
                + ' .mx-tablewrap td, svg, script, style, .mx-footer__about, .mx-source');
              const labels = [...document.querySelectorAll('[aria-label], [placeholder], [title]')]
                .map(e => [e.ariaLabel, e.placeholder, e.title].filter(Boolean).join(' '));
              const copy = document.body.cloneNode(true);
              const paths = [...own].map(e => e.textContent);
              copy.querySelectorAll('svg, script, style').forEach(e => e.remove());
              let text = copy.innerText;
              paths.filter(t => t.trim()).sort((a, b) => b.length - a.length)
                .forEach(t => { text = text.split(t.trim()).join(' '); });
              return text + ' ' + labels.join(' ');
            }"""
        )
        found = sorted({match.group(0) for match in ENGLISH.finditer(words)})
        assert not found, f"{kind}: {found}"


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


def test_pages_have_no_inline_code(
    open_page: Callable[..., Any], addresses: dict[str, str]
) -> None:
    """No inline script, event attribute or style attribute: a strict content policy can hold."""
    for path in addresses.values():
        page = open_page(path, scripts=False)
        assert (
            page.eval_on_selector_all(
                "script:not([src]):not([type='application/ld+json']), [style], [onclick],"
                " [onchange], [onsubmit], style, a[href^='javascript:']",
                "es => es.map(e => e.outerHTML.slice(0, 160))",
            )
            == []
        )
