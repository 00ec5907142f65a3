"""Datasets of every shape for the test of equivalence: plain code, the same in every run."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from ckanext.mxcity.dataset.types import TYPES
from type_examples import OWN

SPACE = uuid.UUID("19039000-0000-4000-8000-000000000000")
COUNT = 300
#: Types of dataset, by turns; more plain ones than of each other.
KINDS = ("dataset", "dataset", *TYPES)
WORDS = ("Ñandú", "Camión", "Güera", "Água", "Niño's", "Árbol €", "𝕄apa", "Peña y López")
FORMATS = ("CSV", "csv", "XLSX", "geojson", "PDF", "PNG", "", "Shapefile", "application/json")
TAGS = ("agua", "movilidad", "niñez", "obra pública", "salud", "transporte", "aire", "Árboles")
POLYGON = (
    '{"type": "Polygon", "coordinates": [[[-100.4, 25.6], [-100.2, 25.6], [-100.2, 25.8],'
    " [-100.4, 25.8], [-100.4, 25.6]]]}"
)


def identifier(number: int) -> str:
    """The id of a dataset."""
    return str(uuid.uuid5(SPACE, f"dataset {number}"))


def created(organization: str, groups: list[str]) -> Iterator[dict[str, Any]]:
    """Yield the datasets as they first arrive."""
    for number in range(COUNT):
        yield _dataset(number, organization, groups)


def updated(organization: str, groups: list[str]) -> Iterator[dict[str, Any]]:
    """Yield changes of a third of them: files, tags and groups come, go and change places."""
    for number in range(0, COUNT, 3):
        package = _dataset(number, organization, groups)
        resources = package["resources"]
        kind = number // 3 % 6
        if kind == 0:
            package["title"] += " (bis)"
            resources.reverse()
        elif kind == 1:
            package["resources"] = resources[1:]
            package["tags"] = [{"name": "nueva etiqueta"}, *package["tags"][1:]]
        elif kind == 2:
            resources.insert(0, _resource(number, 90))
            package["groups"] = [{"name": groups[1]}]
            package["extras"] = [{"key": "clave", "value": "otra"}]
        elif kind == 3:
            package["notes"] = ""
            package.pop("spatial", None)
            package["tags"] = []
            package["groups"] = []
        elif kind == 4:
            for resource in resources:
                resource["url"] += "?v=2"
                resource.pop("description", None)
        else:
            package["state"] = "active"  # nothing else: it may be the same, or deleted before
        yield package


def again(organization: str, groups: list[str]) -> Iterator[dict[str, Any]]:
    """Yield some of the changed ones as they first were: what was deleted returns, or goes."""
    for number in range(0, COUNT, 6):
        package = _dataset(number, organization, groups)
        package["resources"] = package["resources"][: number % 4]
        yield package


def _dataset(number: int, organization: str, groups: list[str]) -> dict[str, Any]:
    word = WORDS[number % len(WORDS)]
    package: dict[str, Any] = {
        "id": identifier(number),
        "name": f"conjunto-{number}",
        "type": KINDS[number % len(KINDS)],
        "state": "active",
        "title": f"{word} número {number}" + ("  " if number % 11 == 0 else ""),
        "owner_org": organization,
        "private": number % 17 == 0,
        "snieg_subsystem": "economico",
        "official_status": "derivado",
        "geographic_level": "municipal",
        "source_url": f"https://fuente.example/{number}",
        "source_name": "Fuente",
        "source_identifier": f"f-{number}",
        "harvested_at": "2026-01-01T00:00:00+00:00",
        "resources": [_resource(number, place) for place in range(_files(number))],
        "tags": [{"name": TAGS[(number + step) % len(TAGS)]} for step in range(number % 5)],
    }
    if package["type"] in OWN:
        # A harvest brings what its source has: of every second one a part of the fields.
        own = list(OWN[package["type"]].items())
        package |= dict(own if number % 2 else own[::2])
    if number % 2:
        package |= {
            "notes": f"{word}: primera línea.\n\n* segunda\n* «tercera» <b>& cuarta</b>",
            "license_id": ("cc-by", "cc-zero", "notspecified")[number % 3],
            "url": f"https://fuente.example/pagina/{number}",
        }
    if number % 3 == 0:
        package |= {"spatial": POLYGON, "area_codes": ["19", "19039"]}
    if number % 4 == 0:
        package |= {
            "topics": ["agua"] if number % 8 else [],
            "frequency": "MONTHLY",
            "temporal_coverage": [
                {"start": "2020-01-01", "end": "2020-12-31"},
                {"start": "2022-01-01"},
            ],
            "issued": "2020-02-03",
            "modified": "2024-05-06",
        }
    if number % 5 == 0:
        package |= {
            "contact": [{"name": word, "email": "datos@ciudad.example"}],
            "language": ["es", "en"],
            "information_type": "registro_administrativo",
            "identifier": f"urn:x:{number}",
            "synthetic": True,
            "version": "1.2",
            "author": "Ana",
            "author_email": "ana@ciudad.example",
        }
    if number % 6 == 0:
        package |= {"extras": [{"key": "clave", "value": word}, {"key": "a", "value": "1"}]}
    if number % 7 == 0:
        package |= {"groups": [{"name": groups[number % 2]}]}
    if number % 13 == 0:
        package |= {"snieg_subsystem": "ninguno", "snieg_subsystem_reason": "No la declara."}
    return package


def _files(number: int) -> int:
    return 60 if number == 42 else number % 5


def _resource(number: int, place: int) -> dict[str, Any]:
    kind = FORMATS[(number + place) % len(FORMATS)]
    resource: dict[str, Any] = {
        "id": str(uuid.uuid5(SPACE, f"file {number} {place}")),
        "url": f"https://datos.example/{number}/{place}.{kind.lower() or 'csv'}",
        "name": f"Archivo {place} de {WORDS[place % len(WORDS)]}",
        "format": kind,
        "description": "Con acentos: áéíóú",
    }
    if place % 2:
        resource |= {"mimetype": "text/csv", "size": 1000 + place, "hash": "ab" * 16}
    if place % 3 == 1:
        resource |= {"license": "cc-by", "issued": "2021-01-01", "modified": "2021-02-01"}
    return resource
