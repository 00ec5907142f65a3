"""Reads catalogues of geographic data: CSW answers, and single ISO records."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NoReturn
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from lxml import etree

from ckanext.mxcity.ground.errors import (
    ANSWERED,
    FEWER,
    MORE_PAGES,
    HarvestError,
    IncompleteListingError,
    NotWhatItSaysError,
    ReadError,
    UnsupportedFormatError,
)
from ckanext.mxcity.ground.messages import N_
from ckanext.mxcity.ground.numbers import whole_number
from ckanext.mxcity.reading import assemble, iso, iso_geography
from ckanext.mxcity.reading.records import DEFAULT_CAPS, Caps, Document, Draft, Fetch, Item
from ckanext.mxcity.reading.safe_xml import parse_xml
from ckanext.sniegharvest.readers import csw_parts
from ckanext.sniegharvest.readers.dcat_rdf import graph_items
from ckanext.sniegharvest.readers.rdf_graph import load_graph
from ckanext.sniegharvest.readers.source_type import SourceType

PAGE = 50
SHORT_RECORD = N_("The source gave only a short form ({found}); the full ISO record is needed.")
NOT_ISO = N_("The record is of a kind that is not read: {found}.")
NOT_GIVEN = N_("The service fails on its record number {number}: {reason}")
DERIVED = N_("The record has no fileIdentifier; the {origin} of its data is used instead.")
_GMD = "http://www.isotc211.org/2005/gmd"
_FGDC = re.compile(rb"<metadata[\s>].{0,400}?<idinfo", re.DOTALL)


def first_urls(source: str) -> list[str]:
    """Return where to begin: a service's first page; a file or a complete request as it is."""
    path, _, query = source.partition("?")
    if path.lower().endswith(".xml") or "request=" in query.lower():
        return [source]
    return [first_url(source)]


def first_url(source: str) -> str:
    """Return the address of the first page of full ISO records of a CSW 2.0.2 service."""
    parts = urlsplit(source)
    ours = {
        "service": "CSW",
        "version": "2.0.2",
        "request": "GetRecords",
        "typeNames": "gmd:MD_Metadata",
        "outputSchema": _GMD,
        "elementSetName": "full",
        "resultType": "results",
        "startPosition": "1",
        "maxRecords": str(PAGE),
    }
    lowered = {name.lower() for name in ours}
    kept = [pair for pair in parse_qsl(parts.query) if pair[0].lower() not in lowered]
    query = urlencode([*kept, *ours.items()])
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))


def read(
    document: Document, *, fetch: Fetch | None = None, caps: Caps = DEFAULT_CAPS
) -> Iterator[Item]:
    """Yield the records of a CSW answer and, with ``fetch``, of its further pages.

    A capabilities document leads to the service's records; a single ISO record is its own list.

    Raises:
        ReadError: not XML, not safe, an error of the service, or a format that is not read.
        IncompleteListingError: fewer records came than the service announced.

    """
    assembler = assemble.Assembler(caps)
    listing = _Listing(document, fetch)
    for _number in range(caps.pages):
        for found in listing.page():
            if isinstance(found, Exception):
                number, reason = listing.position, str(found)[:300]
                yield assembler.problem(
                    "invalid", "not-given", NOT_GIVEN, number=number, reason=reason
                )
            else:
                yield from _read_entry(assembler, found)
        if not listing.goes_on():
            return
    raise IncompleteListingError(record=document.name, reason=MORE_PAGES, pages=caps.pages)


class _Listing:
    """The pages of a service, one after the other; one that fails is read record by record."""

    def __init__(self, document: Document, fetch: Fetch | None) -> None:
        self._document, self._fetch = document, fetch
        self._page: Document | None = document
        self._url = document.url
        self._visited = {document.url}
        self._seen = self._broken = 0
        self._matched: int | None = None
        #: Where the next page is, "" if there is none.
        self._following = ""
        #: Position of the record at fault.
        self.position = 0

    def page(self) -> Iterator[etree._Element | HarvestError]:
        """Yield the records of a page, and why single ones cannot be had."""
        try:
            page = self._page or self._asked(self._url)
            self._page = page
            root = _root(page)
        except HarvestError as error:
            if self._fetch is None or not csw_parts.may_split(error, self._url):
                raise
            yield from self._parts(error)
            return
        if etree.QName(root).localname == "Capabilities":
            self._following = _records_url(root, page) if self._fetch else ""
            if not self._following:
                raise UnsupportedFormatError(
                    record=self._document.name,
                    format="the description of a CSW service, without records",
                )
            return
        entries, self._matched, position = _records(root, page)
        self._seen += len(entries)
        yield from entries
        past = not position or (self._matched is not None and position > self._matched)
        known = self._seen + self._broken
        if past and self._fetch and not position and known < (self._matched or 0):
            self._incomplete(FEWER, announced=self._matched, given=self._seen)
        self._following = "" if past else csw_parts.page_url(page.url, position)

    def goes_on(self) -> bool:
        """Turn the page; False on the last.

        Raises:
            IncompleteListingError: the pages go in a circle, or records could not be had.

        """
        if self._fetch is None or not self._following:
            if self._broken:
                self._incomplete(N_("it fails on {broken} of its records"), broken=self._broken)
            return False
        if self._following in self._visited:
            self._incomplete(N_("its pages go in a circle"))
        self._visited.add(self._following)
        self._url, self._page, self._following = self._following, None, ""
        return True

    def _parts(self, error: HarvestError) -> Iterator[etree._Element | HarvestError]:
        for start, found in csw_parts.split(self._load, self._url, error, self._is_past):
            if isinstance(found, HarvestError):
                self._broken += 1
                self.position = start
                yield found
                continue
            entries, self._matched, _position = _records(found, Document(b"", self._url))
            self._seen += len(entries)
            yield from entries
        start, size = csw_parts.span(self._url) or (1, 1)
        if self._matched is not None and not self._is_past(start + size):
            self._following = csw_parts.page_url(self._url, start + size)

    def _is_past(self, position: int) -> bool:
        return self._matched is not None and position > self._matched

    def _load(self, url: str) -> etree._Element:
        return _root(self._asked(url))

    def _asked(self, url: str) -> Document:
        if self._fetch is None:
            raise ReadError(record=url, reason=N_("nothing may be fetched"))
        return self._fetch(url)

    def _incomplete(self, reason: str, **params: Any) -> NoReturn:
        raise IncompleteListingError(record=self._document.name, reason=reason, **params)


def _root(page: Document) -> etree._Element:
    if _FGDC.search(page.content()[:4096]):
        raise UnsupportedFormatError(record=page.name, format=N_("an FGDC record"))
    root = parse_xml(page)
    name = etree.QName(root).localname
    if name in ("ExceptionReport", "ServiceExceptionReport"):
        told = " ".join("".join(map(str, root.itertext())).split())
        raise ReadError(record=page.name, reason=ANSWERED, answer=told[:300])
    return root


def _records(root: etree._Element, page: Document) -> tuple[list[etree._Element], int | None, int]:
    """Return the records of a page, how many there are in all, and where the next page starts."""
    name = etree.QName(root).localname
    if name in iso.ROOTS:
        return [root], None, 0
    if name == "GetRecordByIdResponse":
        return [child for child in root if isinstance(child.tag, str)], None, 0
    if name != "GetRecordsResponse":
        raise NotWhatItSaysError(
            record=page.name, expected=N_("a CSW answer or an ISO record"), found=f"XML <{name}>"
        )
    results = iso.find(root, "SearchResults")
    if not results:
        raise ReadError(record=page.name, reason=N_("the service's answer has no results"))
    entries = [child for child in results[0] if isinstance(child.tag, str)]
    matched = whole_number(results[0].get("numberOfRecordsMatched"))
    position = whole_number(results[0].get("nextRecord")) or 0
    return entries, matched, position


def _records_url(root: etree._Element, page: Document) -> str:
    """Return where GetRecords is, from the capabilities, else the address that gave them."""
    for operation in iso.find(root, "//Operation"):
        if operation.get("name") == "GetRecords":
            for get in iso.find(operation, "//Get"):
                found = get.get("{http://www.w3.org/1999/xlink}href")
                if found:
                    return first_url(found)
    return first_url(page.url) if page.url else ""


def _read_entry(assembler: assemble.Assembler, entry: etree._Element) -> Iterator[Item]:
    name = etree.QName(entry).localname
    if name in ("RDF", "Dataset"):
        yield from _read_rdf(assembler, entry)
        return
    named = iso.first(entry, "identifier")
    if name in ("Record", "SummaryRecord", "BriefRecord"):
        names = {"named": named, "title": iso.first(entry, "title")}
        yield assembler.problem("invalid", "short-record", SHORT_RECORD, found=name, **names)
        return
    if name not in iso.ROOTS:
        yield assembler.problem("invalid", "not-a-record", NOT_ISO, found=name, named=named)
        return
    draft = Draft()
    try:
        raw = assemble.as_canonical(iso.describe(entry))
        identifier = iso.identifier(entry)
        if not identifier:
            code = iso.first(entry, "//citation/CI_Citation/identifier/*/code", "dataSetURI")
            identifier = code or iso.title(entry)
            origin = "identifier" if code else "title"
            draft.warn("derived-identifier", DERIVED, origin=origin)
        iso.map_dataset(draft, entry)
        iso_geography.map_geography(draft, entry)
        yield assembler.finish(draft, raw, identifier, iso.title(entry))
    except (TypeError, ValueError, LookupError, AttributeError, RecursionError) as error:
        reason = str(error)[:200]
        yield assembler.problem("invalid", "unreadable", assemble.UNREADABLE, reason=reason)


def _read_rdf(assembler: assemble.Assembler, entry: etree._Element) -> Iterator[Item]:
    """Yield a record in DCAT inside a CSW answer (GeoNetwork's ``outputSchema`` for DCAT)."""
    if etree.QName(entry).localname == "Dataset":
        holder = etree.Element("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}RDF")
        holder.append(entry)
        entry = holder
    try:
        graph = load_graph(Document(etree.tostring(entry, encoding="utf-8"), media_type="xml"))
    except ReadError as error:
        yield assembler.problem("invalid", error.slug, error.template, **dict(error.params))
        return
    yield from graph_items(graph, assembler)


TYPE = SourceType(
    N_("CSW"),
    N_("A geoportal's catalogue service, or an ISO 19139 record: give its address."),
    read,
    begin=lambda url, settings, portal: first_urls(url),
)
