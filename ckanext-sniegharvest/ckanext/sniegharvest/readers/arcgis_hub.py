"""Reads ArcGIS Hub sites: their DCAT-US feed, and the search service of those without one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from ckanext.mxcity.ground.messages import N_
from ckanext.mxcity.reading.records import DEFAULT_CAPS, Caps, Document, Fetch, Item
from ckanext.sniegharvest.readers import json_pages
from ckanext.sniegharvest.readers.json_pages import Page, Service, site, with_query
from ckanext.sniegharvest.readers.source_type import SourceType

PAGE = 100
FEED = "/api/feed/dcat-us/1.1.json"
SEARCH = "/api/search/v1/collections/dataset/items"
_ITEM = re.compile(r"[?&]id=([0-9a-f]{32})(?:.*?[?&]sublayer=(\d+))?", re.IGNORECASE)
_FORMATS = (("csv", "CSV"), ("geojson", "GeoJSON"))


def first_urls(source: str) -> list[str]:
    """Return where to look, in order: the feed, then the search service.

    Args:
        source: address of the site, or of its feed or search service, which is then the only one.

    """
    if "/api/feed/" in source or source.lower().endswith(".json"):
        return [source]
    if "/api/search/" in source:
        return [with_query(source, limit=str(PAGE), startindex="1")]
    home = site(source)
    return [home + FEED, with_query(home + SEARCH, limit=str(PAGE), startindex="1")]


def read(
    document: Document, *, fetch: Fetch | None = None, caps: Caps = DEFAULT_CAPS
) -> Iterator[Item]:
    """Yield the datasets of a feed or, with ``fetch``, of all pages of a search.

    A dataset has the same identifier in both: that of its item and layer in ArcGIS.

    Raises:
        ReadError: neither a feed nor an answer of the search service.
        IncompleteListingError: the pages ended before the announced number.

    """
    yield from json_pages.read_either(SERVICE, document, fetch, caps, _short)


def _short(identifier: str) -> str:
    """Return the item and layer in ArcGIS that an address of a feed names."""
    found = _ITEM.search(identifier)
    return found[1] + (f"_{found[2]}" if found[2] else "") if found else identifier


def _page(loaded: Any) -> Page | None:
    if not isinstance(loaded, Mapping):
        return None
    if loaded.get("type") == "Feature" and isinstance(loaded.get("properties"), Mapping):
        return Page([loaded], None)
    features = loaded.get("features")
    if loaded.get("type") != "FeatureCollection" or not isinstance(features, list):
        return None
    total = loaded.get("numberMatched")
    return Page(features, total if isinstance(total, int) else None)


def _next_url(url: str, seen: int, page: Page) -> str:
    return with_query(url, startindex=str(seen + 1))


def _distributions(raw: Mapping[str, Any], url: str) -> list[dict[str, Any]]:
    """Return the layer's service, and the downloads that a Hub makes of it."""
    told = raw.get("properties")
    told = told if isinstance(told, Mapping) else {}
    files: list[dict[str, Any]] = []
    address = str(told.get("url") or "")
    if address:
        kind = "ArcGIS GeoServices REST API" if "/rest/services/" in address else ""
        files.append({"title": str(told.get("type") or ""), "accessURL": address, "format": kind})
    identifier, home = str(told.get("id") or raw.get("id") or ""), site(url)
    if home and identifier and "/FeatureServer" in address:
        path = f"{home}/api/download/v1/items/{quote(identifier.split('_')[0])}"
        layer = identifier.partition("_")[2] or "0"
        files += [
            {"title": label, "format": label, "downloadURL": f"{path}/{name}?layers={layer}"}
            for name, label in _FORMATS
        ]
    return files


SERVICE = Service(
    "arcgis_hub", "a catalogue of an ArcGIS Hub site", _page, _next_url, _distributions
)


TYPE = SourceType(
    N_("ArcGIS Hub"),
    N_("An ArcGIS Hub site: give the address of its home page."),
    read,
    begin=lambda url, settings, portal: first_urls(url),
)
