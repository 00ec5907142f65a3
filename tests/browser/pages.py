"""What is asked of every page, whoever opens it."""

from __future__ import annotations

import re
from typing import Any

import pytest

axe_module = pytest.importorskip("axe_playwright_python.sync_playwright")

#: All that axe-core knows but for trials: what WCAG asks for, and what is good practice besides.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: English words of CKAN's and its extensions' pages that no Spanish page has.
ENGLISH = re.compile(
    r"\b(the|and|of|your|you|search|datasets?|results?|download|filter|show|showing|entries|"
    r"login|log in|home|about|organizations?|groups?|followers?|members?|order by|"
    r"last updated|created|harvest|sources?|frequency|field|value|unknown|welcome|powered|next|"
    r"previous|files?|license|updated|found|table|sort|save|delete|remove|edit|add(ed)?|"
    r"active|deleted|revoke|choose|there|this|with|not|modified|username|title|name)\b",
    re.IGNORECASE,
)
#: A file's address is nobody's English.
ADDRESS = re.compile(r"\S+/\S+")
#: The words of a page and the names for screen readers, without what people wrote.
WORDS = """own => {
    const labels = [...document.querySelectorAll('[aria-label], [placeholder], [title]')]
        .filter(e => !e.closest(own))
        .map(e => [e.ariaLabel, e.placeholder, e.title].filter(Boolean).join(' '));
    const copy = document.body.cloneNode(true);
    copy.querySelectorAll(own).forEach(e => e.remove());
    return copy.innerText + ' ' + labels.join(' ');
}"""
WRITTEN_BY_PEOPLE = (
    ".mx-card__title, .mx-card__notes, .mx-eyebrow, .mx-dataset__notes, .mx-code, h1,"
    " .mx-facet__label, .mx-facts dd, .mx-file__text h3, .mx-file__text p, .mx-tags, .mx-org,"
    " .mx-publishers, .mx-languages, .breadcrumb, tbody, .mx-pills, .mx-tablewrap td, svg, script,"
    " style, template, .mx-footer__about, .mx-source, code, pre, .slug-preview,"
    " select[data-module], .harvest-types, .mx-map, .mx-account,"
    " .context-info .heading, .select2, #resize_wrapper, .mx-facts li, textarea,"
    " .activity a, .activity .no-avatar, .input-group, .view-list,"
    " .dropdown-menu"
)
#: Code in the HTML that a page came as: scripts, handlers and styles of its own.
INLINE = """html => [...new DOMParser().parseFromString(html, 'text/html').querySelectorAll(
    "script:not([src]):not([type='application/ld+json']), [style], [onclick], [onchange],"
    + " [onsubmit], style, a[href^='javascript:']")].map(e => e.outerHTML.slice(0, 160))"""
#: The deepest elements that are wider than the window and that nothing around them scrolls.
STICKS_OUT = """() => {
    const wide = [...document.body.querySelectorAll('*')].filter(e =>
        e.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5);
    return wide.filter(e => !wide.some(o => o !== e && e.contains(o)))
        .map(e => e.outerHTML.slice(0, 160)).slice(0, 5);
}"""


def english(page: Any) -> list[str]:
    """The English words that a page says."""
    words = ADDRESS.sub(" ", page.evaluate(WORDS, WRITTEN_BY_PEOPLE))
    return sorted({match.group(0) for match in ENGLISH.finditer(words)})


def inline_code(page: Any) -> list[str]:
    """The elements with code of their own in the HTML that a page came as."""
    return page.evaluate(INLINE, page.answers[0].text())


def against_the_rules(page: Any) -> list[tuple[str, str]]:
    """What axe-core finds in a page and in the previews that it frames."""
    found = []
    for frame in page.frames:
        if frame.url.startswith("http"):
            frame.evaluate(axe_module.Axe().axe_script)
            options = {"runOnly": RULES, "iframes": False}
            answer = frame.evaluate("options => axe.run(document, options)", options)
            found += [(v["id"], v["nodes"][0]["html"][:200]) for v in answer["violations"]]
    return found


def too_wide(page: Any) -> list[tuple[int, list[str]]]:
    """The widths of a phone at which a page scrolls sideways, and what sticks out."""
    found = []
    for width in (360, 320):
        page.set_viewport_size({"width": width, "height": 800})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append((width, page.evaluate(STICKS_OUT)))
    return found
