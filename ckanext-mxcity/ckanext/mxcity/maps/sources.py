"""Where a map's features come from: files and tables of this portal only. No CKAN import."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

#: Features drawn at most; more would stop a telephone.
FEATURE_LIMIT = 5_000
#: Shapes of a table: each has many points.
SHAPE_LIMIT = 1_000
#: Bytes of a file that the browser is asked to read.
SIZE_LIMIT = 20_000_000

GEOJSON_FORMATS = frozenset({"geojson", "application/geo+json", "application/vnd.geo+json"})
TABLE_FORMATS = frozenset({"csv", "text/csv", "xlsx", "xls", "tsv"})


def is_geojson(resource: Mapping[str, Any]) -> bool:
    """Return whether a resource says that it is GeoJSON."""
    return str(resource.get("format") or "").strip().lower() in GEOJSON_FORMATS


def is_loaded_table(resource: Mapping[str, Any]) -> bool:
    """Return whether the rows of a table are in the DataStore."""
    format_name = str(resource.get("format") or "").strip().lower()
    return format_name in TABLE_FORMATS and bool(resource.get("datastore_active"))


def local_path(url: str, site_url: str) -> str | None:
    """Return the path and query of an address on this portal, None for one elsewhere.

    The browser may only read from the portal itself, so a file elsewhere is not drawn.
    """
    target, site = urlsplit(url), urlsplit(site_url)
    if target.scheme not in ("http", "https") or target.netloc.lower() != site.netloc.lower():
        return None
    return target.path + (f"?{target.query}" if target.query else "")
