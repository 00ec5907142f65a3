"""Reads OpenDataSoft portals: pages of their catalogue, or its export as RDF."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from ckanext.mxcity.ground.messages import N_
from ckanext.mxcity.reading.decode import load_json
from ckanext.mxcity.reading.records import DEFAULT_CAPS, Caps, Document, Fetch, Item
from ckanext.sniegharvest.readers import dcat_rdf, json_pages
from ckanext.sniegharvest.readers.json_pages import Page, Service, base, with_query
from ckanext.sniegharvest.readers.source_type import SourceType

PAGE = 100
#: The service gives no page past this one; a larger catalogue is read from its export.
MOST = 10_000
CATALOGUE = "/api/explore/v2.1/catalog"


def first_urls(source: str) -> list[str]:
    """Return where to look, in order: the catalogue, then its export.

    Args:
        source: address of the portal, of its catalogue or of an export of it.

    """
    if "/exports/" in source or source.lower().split("?")[0].endswith((".ttl", ".rdf")):
        return [source]
    home = base(source, "/api/", "/explore")
    pages = f"{home}{CATALOGUE}/datasets"
    return [
        with_query(pages, limit=str(PAGE), offset="0", order_by="dataset_id"),
        f"{home}{CATALOGUE}/exports/dcat",
    ]


def read(
    document: Document, *, fetch: Fetch | None = None, caps: Caps = DEFAULT_CAPS
) -> Iterator[Item]:
    """Yield the datasets of a catalogue and, with ``fetch``, of its further pages.

    Raises:
        ReadError: neither an answer of the catalogue nor an export of it.
        IncompleteListingError: the pages ended before the announced number.

    """
    if _is_rdf(document):
        yield from dcat_rdf.read(document, fetch=fetch, caps=caps)
        return
    if fetch is not None and _total(document, caps) > MOST:
        export = fetch(f"{base(document.url, '/datasets')}/exports/dcat")
        yield from dcat_rdf.read(export, fetch=fetch, caps=caps)
        return
    yield from json_pages.read(SERVICE, document, fetch, caps)


def _total(document: Document, caps: Caps) -> int:
    page = _page(load_json(document, caps.depth)[0])
    return page.total or 0 if page is not None else 0


def _is_rdf(document: Document) -> bool:
    start = document.content()[:200].lstrip(b"\xef\xbb\xbf \r\n\t")
    return start.startswith((b"<?xml", b"<rdf", b"@prefix", b"@base", b"PREFIX")) or (
        document.media_type in ("text/turtle", "application/rdf+xml")
    )


def _page(loaded: Any) -> Page | None:
    if isinstance(loaded, list):  # its export as JSON
        return Page(loaded, None)
    if not isinstance(loaded, Mapping) or not isinstance(loaded.get("results"), list):
        return None
    total = loaded.get("total_count")
    return Page(loaded["results"], total if isinstance(total, int) else None)


def _next_url(url: str, seen: int, page: Page) -> str:
    return with_query(url, offset=str(seen))


def _distributions(raw: Mapping[str, Any], url: str) -> list[dict[str, Any]]:
    """Return the exports of a table, and the files that were attached to it."""
    identifier = str(raw.get("dataset_id") or raw.get("datasetid") or "")
    home = base(url, "/api/", "/explore")
    if not home or not identifier:
        return []
    path = f"{home}{CATALOGUE}/datasets/{quote(identifier)}"
    listed = raw.get("features")
    features = listed if isinstance(listed, list) else []
    labels = ["CSV", "JSON", *(["GeoJSON"] if "geo" in features else [])]
    files = [
        {"title": label, "format": label, "downloadURL": f"{path}/exports/{label.lower()}"}
        for label in (labels if raw.get("has_records", True) else [])
    ]
    attachments = raw.get("attachments")
    listed = attachments if isinstance(attachments, list) else []
    return files + [
        {
            "title": str(entry.get("title") or entry["id"]),
            "mediaType": str(entry.get("mimetype") or ""),
            "downloadURL": f"{path}/attachments/{quote(str(entry['id']))}",
        }
        for entry in listed
        if isinstance(entry, Mapping) and entry.get("id")
    ]


SERVICE = Service(
    "opendatasoft", "a catalogue of an OpenDataSoft portal", _page, _next_url, _distributions
)


TYPE = SourceType(
    N_("OpenDataSoft"),
    N_("An OpenDataSoft portal: give the address of its home page."),
    read,
    begin=lambda url, settings, portal: first_urls(url),
)
