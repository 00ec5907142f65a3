"""Listings of several pages: read to their end, or known to be incomplete."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

import pytest
from ckanext.mxcity.ground.errors import HarvestError, HttpStatusError, IncompleteListingError
from ckanext.mxcity.reading.records import Caps, Document, Item, Record
from ckanext.sniegharvest.readers import ckan, csw
from ckanext.sniegharvest.sources.types import SOURCE_TYPES


def ckan_page(url: str, count: int, size: int = 2) -> Document:
    """One page of a CKAN site with ``count`` datasets."""
    start = int(url.rsplit("start=", 1)[1].split("&")[0])
    names = range(start, min(start + size, count))
    results = [{"id": f"id-{n}", "name": f"n{n}", "title": f"T{n}"} for n in names]
    body = {"success": True, "result": {"count": count, "results": results}}
    return Document(json.dumps(body).encode(), url)


def test_ckan_pages_are_read_to_the_end() -> None:
    """Page follows page until the announced number."""
    url = ckan.first_url("https://datos.example.org/es/dataset?rows=5")
    assert url.startswith("https://datos.example.org/es/api/3/action/package_search?rows=500")
    items = list(
        SOURCE_TYPES["ckan"].read(ckan_page(url, 5), fetch=lambda page: ckan_page(page, 5))
    )
    assert [item.identifier for item in items] == [f"id-{n}" for n in range(5)]
    assert [item.position for item in items] == [1, 2, 3, 4, 5]


def test_the_next_page_is_announced_before_the_last_one_is_read() -> None:
    """A fetch that can get a page meanwhile is told of each that is asked for, and of no other."""
    told: list[str] = []
    asked: list[str] = []

    class Fetch:
        def soon(self, url: str) -> None:
            told.append(url)

        def __call__(self, url: str) -> Document:
            asked.append(url)
            return ckan_page(url, 5)

    items = SOURCE_TYPES["ckan"].read(
        ckan_page(ckan.first_url("https://datos.example.org"), 5), fetch=Fetch()
    )
    next(items)
    assert len(told) == 1
    assert asked == []
    assert len(list(items)) == 4
    assert asked == told


def test_a_short_listing_is_known_to_be_short() -> None:
    """A source that announces more than it gives proves nothing by absence."""
    empty = json.dumps({"success": True, "result": {"count": 9, "results": []}}).encode()
    url = ckan.first_url("https://datos.example.org")
    items = SOURCE_TYPES["ckan"].read(ckan_page(url, 9), fetch=lambda page: Document(empty, page))
    assert isinstance(next(items), Record)
    with pytest.raises(IncompleteListingError, match="9 records"):
        list(items)


def test_a_page_that_fails_ends_the_listing() -> None:
    """The error of a page is not swallowed; what came before is kept."""

    def fail(url: str) -> Document:
        raise HttpStatusError(url=url, status=500, retry_after=None)

    url = ckan.first_url("https://datos.example.org")
    items = SOURCE_TYPES["ckan"].read(ckan_page(url, 9), fetch=fail)
    assert [next(items).identifier, next(items).identifier] == ["id-0", "id-1"]
    with pytest.raises(HttpStatusError):
        next(items)


def turtle(number: int, following: str) -> bytes:
    """A page with one dataset that names the next page."""
    return f"""<https://e.org/d{number}> a dcat:Dataset ; dct:title "D{number}" .
    <> a hydra:PartialCollectionView ; hydra:next <{following}> .""".encode()


def test_hydra_pages_in_a_circle_are_noticed() -> None:
    """Each page is read once, and a circle is not a whole listing."""
    pages = {
        "https://e.org/2": turtle(2, "https://e.org/3"),
        "https://e.org/3": turtle(3, "https://e.org/2"),
    }
    first = Document(turtle(1, "https://e.org/2"), "https://e.org/1")
    items = SOURCE_TYPES["dcat_rdf"].read(first, fetch=lambda url: Document(pages[url], url))
    assert [next(items).title for _ in range(3)] == ["D1", "D2", "D3"]
    with pytest.raises(IncompleteListingError, match="sends back"):
        next(items)


def test_pages_without_end_are_left() -> None:
    """There is a last page, whatever the source says."""

    def more(url: str) -> Document:
        number = int(url.rsplit("/", 1)[1])
        return Document(turtle(number, f"https://e.org/{number + 1}"), url)

    items = SOURCE_TYPES["dcat_rdf"].read(more("https://e.org/1"), fetch=more, caps=Caps(pages=5))
    with pytest.raises(IncompleteListingError, match="5 pages"):
        list(items)


RECORD = """<gmd:MD_Metadata xmlns:gmd="http://www.isotc211.org/2005/gmd"
 xmlns:gco="http://www.isotc211.org/2005/gco"><gmd:fileIdentifier><gco:CharacterString>r{n}
 </gco:CharacterString></gmd:fileIdentifier></gmd:MD_Metadata>"""


def csw_page(number: int, following: int, matched: int = 3) -> bytes:
    """One page of a CSW service with one record."""
    return f"""<?xml version="1.0"?><csw:GetRecordsResponse
    xmlns:csw="http://www.opengis.net/cat/csw/2.0.2"><csw:SearchResults nextRecord="{following}"
    numberOfRecordsMatched="{matched}">{RECORD.format(n=number)}</csw:SearchResults>
    </csw:GetRecordsResponse>""".encode()


def test_csw_starts_from_its_capabilities() -> None:
    """The description of the service leads to its records, page by page."""
    described = b"""<csw:Capabilities xmlns:csw="http://www.opengis.net/cat/csw/2.0.2"
    xmlns:ows="http://www.opengis.net/ows" xmlns:xlink="http://www.w3.org/1999/xlink">
    <ows:Operation name="GetRecords"><ows:DCP><ows:HTTP><ows:Get
    xlink:href="https://geo.example.org/csw?map=1"/></ows:HTTP></ows:DCP></ows:Operation>
    </csw:Capabilities>"""
    asked: list[str] = []

    def fetch(url: str) -> Document:
        asked.append(url)
        number = len(asked)
        return Document(csw_page(number, number + 1 if number < 3 else 0), url)

    items = list(
        SOURCE_TYPES["csw"].read(Document(described, "https://geo.example.org/c"), fetch=fetch)
    )
    assert [item.identifier for item in items] == ["r1", "r2", "r3"]
    assert all("map=1" in url and "request=GetRecords" in url for url in asked)
    assert "startPosition=3" in asked[2]


def test_a_csw_service_that_stops_early_is_noticed() -> None:
    """Fewer records than announced is not a whole listing."""
    page = Document(csw_page(1, 0), "https://geo.example.org/csw?x=1")
    items = SOURCE_TYPES["csw"].read(page, fetch=lambda url: page)
    assert next(items).identifier == "r1"
    with pytest.raises(IncompleteListingError, match="3 records"):
        next(items)


def failing_csw(
    total: int, bad: set[int], asked: list[tuple[int, int]], broken_xml: bool
) -> Callable[[str], Document]:
    """A service that fails on every page with one of the bad records."""

    def fetch(url: str) -> Document:
        query = dict(parse_qsl(urlsplit(url).query))
        start, size = int(query["startPosition"]), int(query["maxRecords"])
        asked.append((start, size))
        numbers = range(start, min(start + size, total + 1))
        if bad & set(numbers) and not broken_xml:
            raise HttpStatusError(url=url, status=500, retry_after=None)
        records = "".join(RECORD.format(n=number) for number in numbers)
        following = 0 if start + size > total else start + size
        broken = "<cut" if bad & set(numbers) else ""
        body = f"""<csw:GetRecordsResponse xmlns:csw="http://www.opengis.net/cat/csw/2.0.2">
        <csw:SearchResults nextRecord="{following}" numberOfRecordsMatched="{total}">{records}
        {broken}
        </csw:SearchResults></csw:GetRecordsResponse>"""
        return Document(body.encode(), url)

    return fetch


def drained(fetch: Callable[[str], Document]) -> tuple[list[Item], HarvestError | None]:
    """What a service gives, and the error that its listing ends with."""
    items: list[Item] = []
    try:
        first = fetch(csw.first_url("https://geo.example.org/csw"))
        for item in SOURCE_TYPES["csw"].read(first, fetch=fetch):
            items.append(item)  # noqa: PERF402 - what came before the error counts
    except HarvestError as error:
        return items, error
    return items, None


@pytest.mark.parametrize("broken_xml", [True, False])
@pytest.mark.parametrize("bad", [{60}, {51, 77, 120}])
def test_csw_isolates_the_record_that_breaks_a_page(bad: set[int], broken_xml: bool) -> None:
    """All but the bad records land, each bad one is named, and absence proves nothing."""
    asked: list[tuple[int, int]] = []
    fetch = failing_csw(120, bad, asked, broken_xml)
    items, error = drained(fetch)
    assert f"fails on {len(bad)} of its records" in str(error)
    landed = [item.identifier for item in items if isinstance(item, Record)]
    problems = [item for item in items if not isinstance(item, Record)]
    assert landed == [f"r{n}" for n in range(1, 121) if n not in bad]
    assert [(item.slug, item.message.params["number"]) for item in problems] == [
        ("not-given", number) for number in sorted(bad)
    ]
    assert len(asked) < 3 + 2 * 7 * len(bad)


def test_csw_first_page_may_be_the_broken_one() -> None:
    """A first answer that cannot be read is isolated too; a service that is down is let be."""
    asked: list[tuple[int, int]] = []
    fetch = failing_csw(30, {1}, asked, broken_xml=True)
    items, error = drained(fetch)
    assert isinstance(error, IncompleteListingError)
    assert len(items) == 30
    down = failing_csw(120, set(range(51, 121)), asked, broken_xml=False)
    asked.clear()
    items, error = drained(down)
    assert isinstance(error, HttpStatusError)
    assert (len(items), len(asked) <= 102) == (50, True)
