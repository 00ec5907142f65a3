"""What search engines and readers of feeds are given to follow."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import factories, helpers
from ckanext.mxcity.catalogue.views import sitemap
from lxml import etree

ATOM = {"a": "http://www.w3.org/2005/Atom"}
MAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


@pytest.fixture(scope="module")
def app(load_plugins: Any, empty_db: Any, reset_index: Any) -> Any:
    """A portal with five public datasets and a private one."""
    load_plugins()
    empty_db()
    reset_index()
    told = {
        "owner_org": factories.Organization(name="obras")["id"],
        "geographic_level": "municipal",
        "snieg_subsystem": "economico",
    }
    for number in range(5):
        factories.Dataset(**told, name=f"conjunto-{number}", title="Agua & calles")
    factories.Dataset(**told, name="secreto", private=True)
    return helpers._get_test_app()


def addresses(app: Any, path: str, query: str, names: dict[str, str]) -> list[str]:
    """What an XPath finds in an answer."""
    answer = app.get(path)
    assert answer.status_code == 200
    return list(etree.fromstring(answer.body.encode()).xpath(query, namespaces=names))


def test_sitemap_leads_to_every_public_dataset(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The parts together have each public dataset once, and nothing that is private."""
    monkeypatch.setattr(sitemap, "PART", 2)
    parts = addresses(app, "/sitemap.xml", "//s:loc/text()", MAP)
    assert len(parts) == 3
    paths = [part[part.index("/sitemap-") :] for part in parts]
    found = [loc for path in paths for loc in addresses(app, path, "//s:url/s:loc/text()", MAP)]
    datasets = sorted(loc.rpartition("/")[2] for loc in found if "/dataset/conjunto" in loc)
    assert datasets == [f"conjunto-{number}" for number in range(5)]
    assert not any("secreto" in loc for loc in found)
    assert len(set(found)) == len(found)
    assert app.get("/sitemap-9.xml").status_code == 404
    assert app.get("/sitemap-0.xml").status_code == 404


def test_robots_are_told_of_it(app: Any) -> None:
    """Robots find the sitemap, and are not asked to wait."""
    text = app.get("/robots.txt").body
    assert "/sitemap.xml" in text
    assert "Crawl-Delay" not in text


@pytest.mark.parametrize("path", ["/feeds/dataset.atom", "/feeds/custom.atom?q=agua&sort=name+asc"])
def test_pages_of_a_feed_lead_on(app: Any, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who follows the next page sees each dataset once, and comes to an end."""
    monkeypatch.setitem(tk.config, "ckan.feeds.limit", 2)
    seen: list[str] = []
    for _ in range(9):
        seen += addresses(app, path, "//a:entry/a:id/text()", ATOM)
        following = addresses(app, path, "/a:feed/a:link[@rel='next']/@href", ATOM)
        if not following:
            break
        path = following[0][following[0].index("/feeds/") :]
    assert len(seen) == len(set(seen)) == 5
