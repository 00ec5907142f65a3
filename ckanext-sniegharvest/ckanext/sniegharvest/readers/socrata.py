"""Reads Socrata portals: their ``data.json``, and the catalogue service of those without one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from ckanext.mxcity.ground.messages import N_
from ckanext.mxcity.reading.records import DEFAULT_CAPS, Caps, Document, Fetch, Item
from ckanext.sniegharvest.readers import json_pages
from ckanext.sniegharvest.readers.json_pages import Page, Service, site, with_query
from ckanext.sniegharvest.readers.source_type import SourceType

PAGE = 100
CATALOGUE = "/api/catalog/v1"
_VIEW = re.compile(r"/([a-z0-9]{4}-[a-z0-9]{4})/?$")


def first_urls(source: str) -> list[str]:
    """Return where to look, in order: ``/data.json``, then the catalogue service.

    Args:
        source: address of the portal, of its ``data.json`` or of its catalogue service.

    """
    if source.lower().split("?")[0].endswith(".json"):
        return [source]
    if CATALOGUE in source:
        return [_first_page(source)]
    home, host = site(source), urlsplit(source).netloc
    catalogue = with_query(home + CATALOGUE, domains=host, search_context=host, only="datasets")
    return [f"{home}/data.json", _first_page(catalogue)]


def _first_page(url: str) -> str:
    # With a place to go on from, the service gives everything in the order of identifiers.
    return with_query(url, limit=str(PAGE), scroll_id="0")


def read(
    document: Document, *, fetch: Fetch | None = None, caps: Caps = DEFAULT_CAPS
) -> Iterator[Item]:
    """Yield the datasets of a ``data.json`` or, with ``fetch``, of all pages of the service.

    A dataset has the same identifier in both: the one of two times four characters.

    Raises:
        ReadError: neither a ``data.json`` nor an answer of the catalogue service.
        IncompleteListingError: the pages ended before the announced number.

    """
    yield from json_pages.read_either(SERVICE, document, fetch, caps, _short)


def _short(identifier: str) -> str:
    """Return the key of a view that an address of a ``data.json`` ends with."""
    found = _VIEW.search(identifier)
    return found[1] if found else identifier


def _page(loaded: Any) -> Page | None:
    if not isinstance(loaded, Mapping) or not isinstance(loaded.get("results"), list):
        return None
    total = loaded.get("resultSetSize")
    return Page(loaded["results"], total if isinstance(total, int) else None)


def _next_url(url: str, seen: int, page: Page) -> str:
    last = page.entries[-1]
    resource = last.get("resource") if isinstance(last, Mapping) else None
    identifier = resource.get("id") if isinstance(resource, Mapping) else None
    return with_query(url, scroll_id=str(identifier)) if identifier else ""


def _distributions(raw: Mapping[str, Any], url: str) -> list[dict[str, Any]]:
    """Return the downloads that Socrata makes of a table."""
    metadata, resource = raw.get("metadata"), raw.get("resource")
    domain = metadata.get("domain") if isinstance(metadata, Mapping) else ""
    # Where the service answers for itself, so do the files; a domain is always https.
    home = site(url) if not domain or domain == urlsplit(url).netloc else f"https://{domain}"
    identifier = resource.get("id") if isinstance(resource, Mapping) else None
    if not home or not identifier:
        return []
    rows = f"{home}/api/views/{quote(str(identifier))}/rows"
    return [
        {"title": "CSV", "format": "CSV", "mediaType": "text/csv",
         "downloadURL": f"{rows}.csv?accessType=DOWNLOAD"},
        {"title": "JSON", "format": "JSON", "mediaType": "application/json",
         "downloadURL": f"{rows}.json?accessType=DOWNLOAD"},
    ]  # fmt: skip


SERVICE = Service("socrata", "a catalogue of a Socrata portal", _page, _next_url, _distributions)


TYPE = SourceType(
    N_("Socrata"),
    N_("A Socrata portal: give the address of its home page."),
    read,
    begin=lambda url, settings, portal: first_urls(url),
)
