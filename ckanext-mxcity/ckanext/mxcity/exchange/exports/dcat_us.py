"""A dataset and the catalogue as ``data.json`` writes them (DCAT-US 1.1)."""

from __future__ import annotations

import json
from typing import Any

from ckanext.mxcity.exchange.dcat.terms import licence_uri, media_type, texts
from ckanext.mxcity.exchange.exports import fields
from ckanext.mxcity.exchange.exports.publisher import Publisher
from ckanext.mxcity.ground.geometry import bounds, read_geometry

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
    return fields.without_empty(fields.entry("data_json", KEYS, values))


def _publisher(values: dict[str, Any]) -> dict[str, str]:
    return {"@type": "org:Organization", "name": fields.organization(values)}


def _contact(values: dict[str, Any]) -> dict[str, Any]:
    name, email = fields.contact(values)
    return fields.without_empty(
        {
            "@type": "vcard:Contact",
            "fn": name or fields.organization(values),
            "hasEmail": f"mailto:{email}" if email else None,
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


def _distributions(values: dict[str, Any]) -> list[dict[str, Any]]:
    found = map(_distribution, values.get("resources") or [])
    return [entry for entry in found if entry]


#: What DCAT-US asks for, in its order; the fields of schemas/*.yaml declare which key is theirs.
KEYS: dict[str, fields.Key] = {
    "@type": lambda values: "dcat:Dataset",
    "identifier": fields.dataset_uri,
    "otherIdentifier": lambda values: [values["identifier"]] if values.get("identifier") else [],
    "title": lambda values: values.get("title") or values["name"],
    "description": lambda values: values.get("notes") or values.get("title") or values["name"],
    "keyword": fields.keywords,
    "theme": fields.topic_titles,
    "issued": lambda values: values.get("issued"),
    "modified": lambda values: values.get("modified") or values.get("metadata_modified"),
    "publisher": _publisher,
    "contactPoint": _contact,
    "accessLevel": lambda values: "public",
    "license": fields.licence,
    "language": lambda values: texts(values.get("language")) or ["es"],
    "accrualPeriodicity": fields.repetition,
    "temporal": fields.period,
    "spatial": _extent,
    "landingPage": fields.landing_page,
    "provenance": lambda values: fields.address(values.get("source_url")),
    "distribution": _distributions,
}
