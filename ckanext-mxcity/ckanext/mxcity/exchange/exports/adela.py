"""A dataset and the catalogue in the shape of the federal agencies' ``catalogo.json``.

The keys, ``openessRating`` among them, are spelt as the programs that read the shape expect.
"""

from __future__ import annotations

from typing import Any

from ckanext.mxcity.exchange.dcat.terms import licence_uri, media_type
from ckanext.mxcity.exchange.exports import fields
from ckanext.mxcity.exchange.exports.publisher import Publisher

#: Stars by format; a dataset has those of its best file.
STARS = {
    5: {"lod"},
    4: {"rdf", "ttl", "n3", "json-ld", "jsonld", "sparql"},
    3: {
        *("csv", "tsv", "psv", "json", "geojson", "shp", "shapefile", "kml", "kmz", "xml"),
        *("gpkg", "geopackage", "ods", "parquet", "txt"),
    },
    2: {"xls", "xlsx", "mdb"},
}


def catalogue(publisher: Publisher, _address: str) -> dict[str, Any]:
    """Return the head of the document: everything but ``dataset``."""
    return {
        "title": publisher.catalogue_title,
        "description": publisher.description,
        "homepage": publisher.homepage,
        "issued": publisher.issued,
        "modified": publisher.modified,
        "language": publisher.language,
        "license": publisher.licence,
    }


def dataset(values: dict[str, Any]) -> dict[str, Any]:
    """Return one entry of ``dataset``; ``values`` is as ``package_show`` gives it."""
    return fields.entry("catalogo_json", KEYS, values)


def _published(values: dict[str, Any]) -> Any:
    return values.get("issued") or values.get("metadata_created")


def _theme(values: dict[str, Any]) -> str | None:
    return next(iter(fields.topic_titles(values)), None)


def _contact(values: dict[str, Any]) -> str:
    _, email = fields.contact(values)
    return f"mailto:{email}" if email else fields.dataset_page(values)


def _publisher(values: dict[str, Any]) -> dict[str, str]:
    office, email = fields.contact(values)
    return {"name": fields.organization(values), "position": office, "mbox": email}


def _spatial(values: dict[str, Any]) -> str:
    return "; ".join(fields.places(values))


def stars(values: dict[str, Any]) -> int:
    """Return from one to five stars of openness, by the best of the files."""
    formats = {str(r.get("format") or "").strip().casefold() for r in values.get("resources") or []}
    return next((count for count, known in STARS.items() if formats & known), 1)


def _distribution(
    resource: dict[str, Any], values: dict[str, Any], licence: str | None
) -> dict[str, Any] | None:
    address = fields.address(resource.get("url"))
    if address is None:
        return None
    title = resource.get("name") or values.get("title")
    return {
        "id": resource["id"],
        "title": title,
        "description": resource.get("description") or title,
        "issued": resource.get("issued") or resource.get("created"),
        "modified": resource.get("modified") or resource.get("metadata_modified"),
        "publishDate": resource.get("issued") or resource.get("created"),
        "license": licence_uri(str(resource.get("license") or "")) or licence,
        "downloadURL": address,
        "mediaType": media_type(resource.get("mimetype") or ""),
        "format": str(resource.get("format") or "").casefold(),
        "byteSize": resource.get("size"),
        "temporal": fields.period(values),
        "spatial": _spatial(values),
        "tools": "",
    }


def _distributions(values: dict[str, Any]) -> list[dict[str, Any]]:
    licence = fields.licence(values)
    found = (_distribution(entry, values, licence) for entry in values.get("resources") or [])
    return [entry for entry in found if entry]


#: What the agencies' programs ask for, in their order; the fields declare which key is theirs.
KEYS: dict[str, fields.Key] = {
    "id": lambda values: values["id"],
    "identifier": lambda values: values["name"],
    "title": lambda values: values.get("title") or values["name"],
    "description": lambda values: values.get("notes") or values.get("title") or values["name"],
    "issued": _published,
    "modified": lambda values: values.get("modified") or values.get("metadata_modified"),
    "publishDate": _published,
    "theme": _theme,
    "keyword": fields.keywords,
    "language": lambda values: "es",
    "public": lambda values: True,
    "contactPoint": _contact,
    "publisher": _publisher,
    "temporal": fields.period,
    "spatial": _spatial,
    "accrualPeriodicity": fields.repetition,
    "landingPage": fields.landing_page,
    "govType": lambda values: "municipal",
    "openessRating": stars,
    "comments": lambda values: None,
    "quality": lambda values: None,
    "license": fields.licence,
    "distribution": _distributions,
}
