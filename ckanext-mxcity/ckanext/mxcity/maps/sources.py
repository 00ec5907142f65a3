"""Where a map's features come from: files and tables of this portal only. No CKAN import."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
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
#: Names of a column that holds a geometry as GeoJSON.
GEOMETRIES = ("geometry", "geometria", "geom", "geojson")
LATITUDES = ("lat", "latitud", "latitude", "y")
LONGITUDES = ("lon", "lng", "longitud", "longitude", "long", "x")


@dataclass(frozen=True)
class PointColumns:
    """The columns of a table that hold the coordinates."""

    latitude: str
    longitude: str


def is_geojson(resource: Mapping[str, Any]) -> bool:
    """True for a resource that says it is GeoJSON."""
    return str(resource.get("format") or "").strip().lower() in GEOJSON_FORMATS


def is_loaded_table(resource: Mapping[str, Any]) -> bool:
    """True for a table whose rows are in the DataStore."""
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


def point_columns(names: Iterable[str]) -> PointColumns | None:
    """Return the columns that look like coordinates, None if there are no two such."""
    by_name = {name.strip().lower(): name for name in names}
    latitude = next((by_name[name] for name in LATITUDES if name in by_name), None)
    longitude = next((by_name[name] for name in LONGITUDES if name in by_name), None)
    return PointColumns(latitude, longitude) if latitude and longitude else None


def geometry_column(names: Iterable[str]) -> str | None:
    """Return the column that holds geometries, None if there is none."""
    return next((name for name in names if name.strip().lower() in GEOMETRIES), None)
