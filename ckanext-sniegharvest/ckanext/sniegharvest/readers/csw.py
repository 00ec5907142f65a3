"""Reads catalogues of geographic data: CSW answers, and single ISO records."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from lxml import etree

from ckanext.sniegharvest.errors import (
    N_,
    IncompleteListingError,
    NotWhatItSaysError,
    ReadError,
    UnsupportedFormatError,
)
from ckanext.sniegharvest.readers import assemble, iso
from ckanext.sniegharvest.readers.base import DEFAULT_CAPS, Caps, Document, Draft, Fetch, Item
from ckanext.sniegharvest.readers.dcat_rdf import graph_items
from ckanext.sniegharvest.readers.rdf_graph import load_graph
from ckanext.sniegharvest.readers.safe_xml import parse_xml

PAGE = 50
SHORT_RECORD = N_("The source gave only a short form ({found}); the full ISO record is needed.")
NOT_ISO = N_("The record is of a kind that is not read: {found}.")
DERIVED = N_("The record has no fileIdentifier; the {origin} of its data is used instead.")
_GMD = "http://www.isotc211.org/2005/gmd"
_FGDC = re.compile(rb"<metadata[\s>].{0,400}?<idinfo", re.S)


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
    page, visited, seen = document, {document.url}, 0
    for _number in range(caps.pages):
        root = _root(page)
        name = etree.QName(root).localname
        if name == "Capabilities":
            following = _records_url(root, page)
            if fetch is None or not following:
                raise UnsupportedFormatError(
                    record=document.name, format="the description of a CSW service, without records"
                )
        else:
            entries, matched, position = _records(root, page)
            for entry in entries:
                yield from _read_entry(assembler, entry)
            seen += len(entries)
            if fetch is None or not position or (matched is not None and position > matched):
                if fetch is not None and matched is not None and seen < matched and not position:
                    reason = f"it announces {matched} records and gave {seen}"
                    raise IncompleteListingError(record=document.name, reason=reason)
                return
            following = _page_url(page.url, position)
        if following in visited:
            reason = "its pages go in a circle"
            raise IncompleteListingError(record=document.name, reason=reason)
        visited.add(following)
        page = fetch(following)
    raise IncompleteListingError(record=document.name, reason=f"more than {caps.pages} pages")


def _root(page: Document) -> etree._Element:
    if _FGDC.search(page.content()[:4096]):
        raise UnsupportedFormatError(record=page.name, format="an FGDC record")
    root = parse_xml(page)
    name = etree.QName(root).localname
    if name in ("ExceptionReport", "ServiceExceptionReport"):
        told = " ".join("".join(map(str, root.itertext())).split())
        raise ReadError(record=page.name, reason=f"the service answered: {told[:300]}")
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
            record=page.name, expected="a CSW answer or an ISO record", found=f"XML <{name}>"
        )
    results = iso.find(root, "SearchResults")
    if not results:
        raise ReadError(record=page.name, reason="the service's answer has no results")
    entries = [child for child in results[0] if isinstance(child.tag, str)]
    matched = _number(results[0].get("numberOfRecordsMatched"))
    position = _number(results[0].get("nextRecord")) or 0
    return entries, matched, position


def _number(value: str | None) -> int | None:
    return int(value) if value and value.strip().isdigit() else None


def _records_url(root: etree._Element, page: Document) -> str:
    """Return where GetRecords is, from the capabilities, else the address that gave them."""
    for operation in iso.find(root, "//Operation"):
        if operation.get("name") == "GetRecords":
            for get in iso.find(operation, "//Get"):
                found = get.get("{http://www.w3.org/1999/xlink}href")
                if found:
                    return first_url(found)
    return first_url(page.url) if page.url else ""


def _page_url(url: str, position: int) -> str:
    parts = urlsplit(url)
    pairs = [pair for pair in parse_qsl(parts.query) if pair[0].lower() != "startposition"]
    query = urlencode([*pairs, ("startPosition", str(position))])
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))


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
        yield assembler.finish(draft, raw, identifier, iso.title(entry))
    except (TypeError, ValueError, LookupError, AttributeError, RecursionError) as error:
        reason = str(error)[:200]
        yield assembler.problem("invalid", "unreadable", assemble.UNREADABLE, reason=reason)


def _read_rdf(assembler: assemble.Assembler, entry: etree._Element) -> Iterator[Item]:
    """A record in DCAT inside a CSW answer (GeoNetwork's ``outputSchema`` for DCAT)."""
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
