"""A dataset and the catalogue in the shape of the federal agencies' ``catalogo.json``.

The keys, ``openessRating`` among them, are spelt as the programs that read the shape expect.
"""

from __future__ import annotations

from typing import Any

from ckanext.mxcity.dcat.terms import licence_uri, media_type
from ckanext.mxcity.exports import fields
from ckanext.mxcity.exports.publisher import Publisher

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


def catalogue(publisher: Publisher, address: str) -> dict[str, Any]:
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
    office, email = fields.contact(values)
    published = values.get("issued") or values.get("metadata_created")
    spatial = "; ".join(fields.places(values))
    topics = fields.topic_titles(values)
    licence = fields.licence(values)
    return {
        "id": values["id"],
        "identifier": values["name"],
        "title": values.get("title") or values["name"],
        "description": values.get("notes") or values.get("title") or values["name"],
        "issued": published,
        "modified": values.get("modified") or values.get("metadata_modified"),
        "publishDate": published,
        "theme": topics[0] if topics else None,
        "keyword": fields.keywords(values),
        "language": "es",
        "public": True,
        "contactPoint": f"mailto:{email}" if email else fields.dataset_page(values),
        "publisher": {
            "name": fields.organization(values),
            "position": office,
            "mbox": email,
        },
        "temporal": fields.period(values),
        "spatial": spatial,
        "accrualPeriodicity": fields.repetition(values),
        "landingPage": fields.address(values.get("url")) or fields.dataset_page(values),
        "govType": "municipal",
        "openessRating": stars(values),
        "comments": None,
        "quality": None,
        "license": licence,
        "distribution": [
            entry
            for resource in values.get("resources") or []
            if (entry := _distribution(resource, values, licence))
        ],
    }


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
        "spatial": "; ".join(fields.places(values)),
        "tools": "",
    }
