"""What WCAG 2.2 AA asks for, tried on every kind of page at two widths."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from ckanext.mxcity.dataset.types import PLAIN, TYPES

from tests.browser.pages import WCAG, against_the_rules, english, inline_code, too_wide

#: Widths that every kind of page is tried at, in pixels.
WIDTHS = (1280, 320)
#: Calls an action of the API as who is signed in.
CALL = """async ({action, data}) => {
    const token = document.querySelector('meta[name=_csrf_token]').content;
    const answer = await fetch('/api/3/action/' + action, {
        method: 'POST', body: JSON.stringify(data),
        headers: {'Content-Type': 'application/json', 'X-CSRFToken': token}});
    const said = await answer.json();
    if (!said.success) { throw new Error(JSON.stringify(said.error)); }
    return said.result;
}"""
KINDS = [
    "home", "search", "results", "nothing found", "dataset", "file", "map",
    "map of points", "map by areas", "map over another", "file without a table",
    "chart", "text", "joined tables", "API", "fields", "roles", "organizations", "organization",
    "organization's page", "groups", "DataHub", "ministry", "priorities", "cities", "about",
    "log in", "reset", "not found", "forbidden", "sources",
    *(kind for kind in TYPES if kind != PLAIN),
]  # fmt: skip
#: What answers with an error that the browser writes down.
REFUSED = {"not found": "404", "forbidden": "403"}


#: A word that no line of a phone has room for.
LONG = "Hidrometeorológicopluviométrico" * 8


@pytest.mark.parametrize("kind", KINDS)
def test_kind_of_page(open_page: Callable[..., Any], addresses: dict[str, str], kind: str) -> None:
    """What every page must be.

    Within WCAG 2.2 AA by axe-core at any width, never wider than a phone, in Spanish, without
    code of its own in the HTML, and asking no other host for anything.
    """
    page = open_page(addresses[kind])
    page.settle()
    problems: list[Any] = [("English", word) for word in english(page)]
    problems += inline_code(page) + page.outside + page.errors
    refused = REFUSED.get(kind)
    problems += [c for c in page.complaints if not refused or refused not in c]
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        problems += [(width, *rule) for rule in against_the_rules(page)]
    problems += too_wide(page)
    assert page.get_attribute("html", "lang") == "es-MX"
    assert not problems


def test_activity_pages(open_page: Callable[..., Any]) -> None:
    """What happened to a dataset is read by everybody: in Spanish, with enough contrast."""
    page = open_page("/about", staff=True)
    home = page.url.removesuffix("/about")
    name = f"actividad-{int(time.time())}"
    owner = page.evaluate(CALL, {"action": "organization_list", "data": {}})[0]
    data = {
        "name": name, "title": "Pozos", "owner_org": owner,
        "snieg_subsystem": "economico", "geographic_level": "municipal",
    }  # fmt: skip
    page.evaluate(CALL, {"action": "package_create", "data": data})
    page.evaluate(CALL, {"action": "package_patch", "data": {"id": name, "title": "Norias"}})
    problems: list[Any] = []
    try:
        for path in (f"/dataset/activity/{name}", f"/organization/activity/{owner}", "/dashboard/"):
            page.goto(home + path)
            page.settle()
            if page.locator(".activity .date, .mx-tablewrap tbody td").count() == 0:
                problems.append((path, "no activity"))
            problems += [(path, "English", word) for word in english(page)]
            for width in (*WIDTHS, 320):
                page.set_viewport_size({"width": width, "height": 900})
                problems += [(path, width, *rule) for rule in against_the_rules(page, WCAG)]
    finally:
        page.evaluate(CALL, {"action": "dataset_purge", "data": {"id": name}})
    assert not problems


def test_long_words_fit_on_a_phone(open_page: Callable[..., Any]) -> None:
    """Names, descriptions, addresses and keywords without a space do not widen any page."""
    page = open_page("/about", staff=True)
    name = f"palabras-largas-{int(time.time())}"
    made = page.evaluate(
        CALL,
        {
            "action": "package_create",
            "data": {
                "name": name, "title": LONG, "notes": f"{LONG}\n\n- `{LONG}`\n\n    {LONG}",
                "tag_string": LONG[:90], "contact": [{"name": LONG, "email": "a@example.mx"}],
                "snieg_subsystem": "economico", "geographic_level": "municipal",
                "owner_org": page.evaluate(CALL, {"action": "organization_list", "data": {}})[0],
                "resources": [
                    {"url": f"https://datos.example.mx/{LONG}/{LONG}.csv?{LONG}", "name": LONG,
                     "description": f"{LONG}\n\n| {LONG} | {LONG} |\n|---|---|\n| 1 | 2 |",
                     "format": "CSV", "mimetype": LONG, "license": LONG},
                ],
            },
        },
    )  # fmt: skip
    try:
        file = f"/dataset/{name}/resource/{made['resources'][0]['id']}"
        for path in (f"/dataset/{name}", file, f"/dataset/?q={LONG}", f"/dataset/edit/{name}"):
            page.set_viewport_size({"width": 1280, "height": 900})
            page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/", 3)[2] + path)
            page.settle()
            assert too_wide(page) == [], path
    finally:
        page.evaluate(CALL, {"action": "dataset_purge", "data": {"id": name}})


@pytest.mark.parametrize("kind", ["home", "search", "dataset", "file"])
def test_keyboard_path(open_page: Callable[..., Any], addresses: dict[str, str], kind: str) -> None:
    """Tab starts at the link to the content, is visible everywhere and is never trapped."""
    page = open_page(addresses[kind])
    page.settle()
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
