"""The catalogue that both sides hold: plain municipal metadata, the same in every run."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

SUBJECTS = (
    "Luminarias", "Rutas de recolección de residuos", "Baches reportados",
    "Licencias de construcción",
    "Contratos y adjudicaciones", "Paradas de transporte público", "Fugas de agua potable",
    "Incidencia delictiva", "Estaciones de calidad del aire", "Arbolado urbano",
    "Mercados municipales",
    "Padrón de beneficiarios", "Presupuesto de egresos", "Escuelas", "Unidades médicas",
)  # fmt: skip
AREAS = ("Monterrey", "León", "Guadalupe", "San Pedro Garza García", "Apodaca", "Irapuato")
TAGS = ("movilidad", "agua", "seguridad", "ambiente", "obras", "finanzas", "salud", "educación")
FORMATS = ("CSV", "XLSX", "GeoJSON", "PDF")

#: Words to which both sides answer with a full page, so that the same work is compared.
QUERIES = ("luminarias", "contratos", "escuelas", "licencias", "mercados", "fugas")
#: Everyday words and words without accents: CKAN's own schema finds little or nothing for them, and
#: an empty page is quickly made.
EVERYDAY = ("basura", "baches leon", "camiones", "patrulla", "escuelas monterrey", "clinicas")


def datasets(count: int) -> Iterator[dict[str, Any]]:
    """Yield ``count`` dataset dictionaries in CKAN's own fields."""
    draw = random.Random(19039)
    for number in range(count):
        subject, area = draw.choice(SUBJECTS), draw.choice(AREAS)
        year = 2015 + number % 11
        yield {
            "name": f"conjunto-{number:05d}",
            "title": f"{subject} de {area}, {year} ({number})",
            "notes": f"{subject} que registra el municipio de {area} durante {year}. "
            + "Cada fila es un registro administrativo con su fecha, su colonia y su estado. " * 3,
            "license_id": "cc-by",
            "tags": [{"name": name} for name in draw.sample(TAGS, 3)],
            "resources": [
                {
                    "name": f"{subject} {year} ({kind})",
                    "url": f"https://datos.example/{number}/{kind.lower()}",
                    "format": kind,
                    "description": f"Archivo {kind} con los registros de {year}.",
                }
                for kind in draw.sample(FORMATS, 2)
            ],
        }


#: What MX City's schema asks for beyond CKAN's own fields.
OUR_FIELDS: dict[str, Any] = {
    "snieg_subsystem": "gobierno_seguridad_justicia",
    "information_type": "registro_administrativo",
    "official_status": "registro_municipal",
    "geographic_level": "municipal",
    "area_codes": ["19039"],
    "topics": [],
    "frequency": "MONTHLY",
    "contact": [{"name": "Unidad de Datos", "email": "datos@ciudad.example"}],
}


def data_json(count: int, changed: int = 0) -> dict[str, Any]:
    """Return the catalogue as a DCAT-US 1.1 document; the first ``changed`` have a new title."""
    return {
        "conformsTo": "https://project-open-data.cio.gov/v1.1/schema",
        "dataset": [
            {
                "@type": "dcat:Dataset",
                "identifier": record["name"],
                "title": record["title"] + (" (corregido)" if index < changed else ""),
                "description": record["notes"],
                "keyword": [tag["name"] for tag in record["tags"]],
                "modified": "2026-01-15",
                "accessLevel": "public",
                "publisher": {"name": "Municipio de prueba"},
                "contactPoint": {"fn": "Datos", "hasEmail": "mailto:datos@ciudad.example"},
                "distribution": [
                    {
                        "@type": "dcat:Distribution",
                        "title": resource["name"],
                        "downloadURL": resource["url"],
                        "format": resource["format"],
                        "mediaType": "text/csv",
                    }
                    for resource in record["resources"]
                ],
            }
            for index, record in enumerate(datasets(count))
        ],
    }
