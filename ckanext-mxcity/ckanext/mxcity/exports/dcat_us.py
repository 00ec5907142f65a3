"""A dataset and the catalogue as ``data.json`` writes them (DCAT-US 1.1)."""

from __future__ import annotations

import json
from typing import Any

from ckanext.mxcity.dcat.terms import licence_uri, media_type, texts
from ckanext.mxcity.exports import fields
from ckanext.mxcity.exports.publisher import Publisher
from ckanext.mxcity.geometry import bounds, read_geometry

SCHEMA = "https://project-open-data.cio.gov/v1.1/schema"


def catalogue(publisher: Publisher, address: str) -> dict[str, Any]:
    """Return the head of the document: everything but ``dataset``."""
    return fields.without_empty(
        {
            "@context": f"{SCHEMA}/catalog.jsonld",
            "@id": address,
            "@type": "dcat:Catalog",
            "conformsTo": SCHEMA,
            "describedBy": f"{SCHEMA}/catalog.json",
            "title": publisher.catalogue_title,
            "description": publisher.description,
            "homepage": publisher.homepage,
            "language": [publisher.language],
            "publisher": fields.without_empty({"name": publisher.name, "mbox": publisher.email}),
        }
    )


def dataset(values: dict[str, Any]) -> dict[str, Any]:
    """Return one entry of ``dataset``; ``values`` is as ``package_show`` gives it."""
    name, email = fields.contact(values)
    organization = fields.organization(values)
    return fields.without_empty(
        {
            "@type": "dcat:Dataset",
            "identifier": fields.dataset_uri(values),
            "otherIdentifier": [values["identifier"]] if values.get("identifier") else [],
            "title": values.get("title") or values["name"],
            "description": values.get("notes") or values.get("title") or values["name"],
            "keyword": fields.keywords(values),
            "theme": fields.topic_titles(values),
            "issued": values.get("issued"),
            "modified": values.get("modified") or values.get("metadata_modified"),
            "publisher": {"@type": "org:Organization", "name": organization},
            "contactPoint": fields.without_empty(
                {
                    "@type": "vcard:Contact",
                    "fn": name or organization,
                    "hasEmail": f"mailto:{email}" if email else None,
                }
            ),
            "accessLevel": "public",
            "license": fields.licence(values),
            "language": texts(values.get("language")) or ["es"],
            "accrualPeriodicity": fields.repetition(values),
            "temporal": fields.period(values),
            "spatial": _extent(values),
            "landingPage": fields.address(values.get("url")) or fields.dataset_page(values),
            "provenance": fields.address(values.get("source_url")),
            "distribution": [
                entry
                for resource in values.get("resources") or []
                if (entry := _distribution(resource))
            ],
        }
    )


def _extent(values: dict[str, Any]) -> str | None:
    """Return the names of the areas, or the rectangle as ``west,south,east,north``."""
    geometry = read_geometry(_text(values.get("spatial")))
    if geometry:
        return ",".join(f"{number:g}" for number in bounds(geometry))
    return "; ".join(fields.places(values)) or None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value) if value else ""


def _distribution(resource: dict[str, Any]) -> dict[str, Any] | None:
    address = fields.address(resource.get("url"))
    if address is None:
        return None
    file = fields.is_file(resource)
    return fields.without_empty(
        {
            "@type": "dcat:Distribution",
            "identifier": resource["id"],
            "title": resource.get("name"),
            "description": resource.get("description"),
            "downloadURL" if file else "accessURL": address,
            "mediaType": media_type(resource.get("mimetype") or "") or None,
            "format": resource.get("format"),
            "byteSize": resource.get("size"),
            "license": licence_uri(str(resource.get("license") or "")),
            "issued": resource.get("issued"),
            "modified": resource.get("modified"),
        }
    )
