"""What WCAG 2.2 AA asks for, tried on every kind of page at two widths."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

axe_module = pytest.importorskip("axe_playwright_python.sync_playwright")

#: Widths that every kind of page is tried at, in pixels.
WIDTHS = (1280, 360)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
KINDS = [
    "home",
    "search",
    "results",
    "nothing found",
    "dataset",
    "file",
    "organizations",
    "organization",
    "about",
    "log in",
    "not found",
    "sources",
]


@pytest.mark.parametrize("kind", KINDS)
def test_kind_of_page(open_page: Callable[..., Any], addresses: dict[str, str], kind: str) -> None:
    """axe-core finds nothing against WCAG 2.2 AA at any width, and nothing scrolls sideways."""
    page = open_page(addresses[kind])
    page.wait_for_load_state("networkidle")
    problems = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found = axe_module.Axe().run(page, options={"runOnly": RULES}).response["violations"]
        problems += [(width, rule["id"], rule["nodes"][0]["html"][:200]) for rule in found]
    for width in (360, 320):
        page.set_viewport_size({"width": width, "height": 800})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            problems.append((width, "reflow", addresses[kind]))
    assert page.get_attribute("html", "lang") == "es-MX"
    assert not problems


@pytest.mark.parametrize("kind", ["home", "search", "dataset", "file"])
def test_keyboard_path(open_page: Callable[..., Any], addresses: dict[str, str], kind: str) -> None:
    """Tab starts at the link to the content, is visible everywhere and is never trapped."""
    page = open_page(addresses[kind])
    page.wait_for_load_state("networkidle")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#content"
    marks, seen = [], []
    for _ in range(60):
        page.keyboard.press("Tab")
        name, outline = page.evaluate(
            "() => { const e = document.activeElement, s = getComputedStyle(e);"
            " return [e.outerHTML.slice(0, 120), s.outlineStyle + s.outlineWidth]; }"
        )
        if name.startswith("<body"):
            break
        seen.append(name)
        if not name.startswith("<iframe"):
            marks.append((outline, name))
    assert len(set(seen)) > 8
    assert not [name for outline, name in marks if outline.startswith("none") or "0px" in outline]


def test_search_by_keyboard_alone(open_page: Callable[..., Any]) -> None:
    """Words typed on the home page and Enter bring results; Enter on one opens it."""
    page = open_page("/")
    page.locator("#mx-search").focus()
    page.keyboard.type("agua")
    page.keyboard.press("Enter")
    page.wait_for_url("**/dataset/**q=agua**")
    page.locator(".mx-results .mx-card__title a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#dataset-resources")


def test_targets_are_large_enough(open_page: Callable[..., Any], addresses: dict[str, str]) -> None:
    """Buttons and form fields measure at least 24 by 24 pixels on a phone."""
    for kind in ("home", "search", "dataset"):
        page = open_page(addresses[kind], 360)
        small = page.eval_on_selector_all(
            "main button, main select, main input:not([type=hidden])",
            "es => es.filter(e => e.offsetParent && (e.offsetWidth < 24 || e.offsetHeight < 24))"
            ".map(e => e.outerHTML)",
        )
        assert not small
