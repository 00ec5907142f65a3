"""A source that is away, or empty, changes no public page but the line of its last run."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import ckan.model as model
import pytest
from bs4 import BeautifulSoup
from ckanext.harvest.model import HarvestSource

#: What the site gives instead of its catalogue; None: nothing at all.
OUTAGES = {
    "absent": None,
    "a web page": b"<!doctype html><title>Mantenimiento</title>",
    "cut off": b'{"dataset": [{"identifier": "a", "ti',
    "empty": b'{"dataset": []}',
    "nothing": b"",
}
PAGES = (
    "/",
    "/dataset/",
    "/dataset/calles",
    "/organization/mty-pruebas",
    "/harvest",
    "/data.json?include=harvested",
    "/catalogo.json?include=harvested",
    "/catalog.ttl?include=harvested",
    "/feeds/dataset.atom",
    "/api/3/action/package_show?id=calles",
)


_GRAPH = re.compile(r'(<script type="application/ld\+json">)(.*?)(</script>)', re.DOTALL)


def seen(app: Any, address: str) -> str:
    """What a visitor gets, without what is of the moment: tokens, names of blank nodes, dates.

    The nodes of a graph have no order, nor have the values of a node: they are sorted.
    """
    text = app.get(address).body
    text = re.sub(r'(name="_csrf_token" (?:content|value)=")[^"]*', r"\1", text)
    text = re.sub(r"_:N[0-9a-f]{32}", "_:", text)
    text = _GRAPH.sub(_sorted, text)
    return re.sub(r"<updated>[^<]*</updated>", "", text, count=1)


def _sorted(found: re.Match[str]) -> str:
    graph = json.loads(found[2])
    return f"{found[1]}{json.dumps(_ordered(graph), sort_keys=True)}{found[3]}"


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _ordered(inner) for key, inner in value.items()}
    if isinstance(value, list):
        ordered = [_ordered(inner) for inner in value]
        return sorted(ordered, key=lambda inner: json.dumps(inner, sort_keys=True))
    return value


def source_page(app: Any) -> str:
    """The page of the source, without its part on the last run."""
    name = model.Package.get(model.Session.query(HarvestSource).one().id).name
    page = BeautifulSoup(seen(app, f"/harvest/{name}"), "html.parser")
    run = page.find(attrs={"aria-labelledby": "sniegharvest-run"})
    assert run is not None
    run.decompose()
    return str(page)


@pytest.mark.ckan_config("ckanext.sniegharvest.allow_loopback", "true")
@pytest.mark.usefixtures("with_plugins", "organization")
def test_no_page_changes(site: Any, harvest: Callable[..., Any], app: Any) -> None:
    """Every page and export is the same, byte for byte, through five kinds of outage."""
    records = [
        {"identifier": "a", "title": "Calles", "description": "Uno.", "modified": "2024-01-01"},
        {"identifier": "b", "title": "Bancas", "description": "Dos.", "modified": "2024-01-01"},
    ]
    whole = json.dumps({"dataset": records}).encode()
    url = site.put("outage.json", whole)
    assert harvest(url).added == 2
    before = {address: seen(app, address) for address in PAGES}
    page = source_page(app)
    assert "Calles" in before["/data.json?include=harvested"]
    for outage, content in OUTAGES.items():
        if content is None:
            (site.folder / "outage.json").unlink()
        else:
            site.put("outage.json", content)
        assert harvest(url).state in ("failed", "held"), outage
        for address in PAGES:
            assert seen(app, address) == before[address], (outage, address)
        assert source_page(app) == page, outage
    site.put("outage.json", whole)
    assert harvest(url).unchanged == 2
    assert {address: seen(app, address) for address in PAGES} == before
