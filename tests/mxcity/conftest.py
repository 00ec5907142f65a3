"""What the tests of the mxcity extension share."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

#: A dataset with every field of the schema filled in.
FULL_DATASET: dict[str, Any] = {
    "name": "reportes-alumbrado",
    "title": "Reportes de alumbrado público en Monterrey",
    "notes": "Una fila por reporte recibido; acentos: áéíóúñü.",
    "url": "https://www.example.gob.mx/alumbrado",
    "license_id": "CC-BY-4.0",
    "tags": [{"name": "alumbrado"}, {"name": "luminarias"}],
    "snieg_subsystem": "ninguno",
    "snieg_subsystem_reason": "Es un registro de ventanilla.",
    "information_type": "registro_administrativo",
    "official_status": "registro_municipal",
    "snieg_themes": ["gobierno", "agua"],
    "pnd_axes": ["pnd2025_sustentable"],
    "sdgs": ["9", "11"],
    "iin_agreement": "Acuerdo 8ª/II/2024",
    "iin_date": "2024-08-20",
    "iin_programme": "Programa de ejemplo",
    "process_metadata": [
        {"element": "antecedentes", "value": "Se cuenta desde 1990."},
        {"element": "validacion", "value": "Doble captura."},
    ],
    "geographic_level": "municipal",
    "area_codes": ["01001", "19", "19039"],
    "topics": ["alumbrado-servicios", "gobierno-tramites"],
    "frequency": "MONTHLY",
    "temporal_coverage": [{"start": "2020-01-01", "end": "2024-12-31"}],
    "issued": "2021-03-25",
    "modified": "2024-12-31T10:00:00",
    "contact": [{"name": "Dirección de Alumbrado", "email": "alumbrado@example.gob.mx"}],
    "identifier": "MTY-SSP-012",
    "language": ["es"],
    "spatial": '{"type": "Point", "coordinates": [-100.31, 25.67]}',
    "synthetic": True,
    "source_url": "https://otro.example.gob.mx/dataset/alumbrado",
    "source_name": "Otro portal",
    "source_identifier": "abc-123",
    "harvested_at": "2026-01-02T03:04:05+00:00",
    "resources": [
        {
            "url": "https://www.example.gob.mx/reportes.csv",
            "name": "Reportes 2024",
            "description": "Una fila por luminaria.",
            "format": "CSV",
            "mimetype": "text/csv",
            "size": 20480,
            "hash": "d41d8cd98f00b204e9800998ecf8427e",
            "issued": "2021",
            "modified": "2024-12",
        },
        {
            "url": "https://www.example.gob.mx/mapa",
            "name": "Mapa",
            "description": "Servicio de mapas.",
            "format": "WMS",
            "license": "https://opendatacommons.org/licenses/by/1-0/",
            "issued": "2022-01-01",
            "modified": "2022-02-01",
        },
    ],
}


@pytest.fixture
def full_dataset() -> dict[str, Any]:
    """Return a dataset with every field of the schema filled in, without an organisation."""
    return deepcopy(FULL_DATASET)
