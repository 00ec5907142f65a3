"""A dataset of each type with every field of its own filled in, as a person would write it."""

from __future__ import annotations

from typing import Any

OWN: dict[str, dict[str, Any]] = {
    "statistical-operation": {
        "information_type": "encuesta",
        "production_process": "Encuesta Municipal de Movilidad",
        "background": "Cada dos años desde 2016.",
        "study_population": "Viviendas particulares habitadas.",
        "observation_unit": "Vivienda",
        "study_domains": "El municipio y sus cuatro sectores.",
        "classifications": ["SCIAN 2023", "SINCO 2019, versión corta"],
        "contributors": "Facultad de Estadística",
        "funding": "Recursos propios",
        "execution_start": "2025-03-01",
        "execution_end": "2025-06-30",
        "collection_mode": "Entrevista en persona",
        "collector": "Dirección de Estadística",
        "instrument": "Cuestionario de 42 preguntas.",
        "sampling_unit": "Vivienda",
        "sample_design": "Probabilístico, en dos etapas.",
        "sample_size": "1,200 viviendas",
        "compilation": "Se reúnen cada viernes.",
        "processing": "Dos personas codifican.",
        "data_validation": "Se vuelve a preguntar por teléfono.",
        "imputation": "No se imputa.",
        "data_analysis": "Se comparan con el año anterior.",
        "accuracy": "Margen de error de 3 puntos.",
        "comparability": "Con 2018 y después.",
        "evaluations": "Comité estatal, 2024.",
        "microdata_access": "Se publican sin nombres.",
        "confidentiality": "No se dan cifras de menos de tres viviendas.",
        "next_release": "2027-03-31",
    },
    "geographic-information": {
        "information_type": "geografica",
        "purpose": "Planear las rutas de recolección.",
        "iso_topics": ["transportation", "utilitiesCommunication"],
        "presentation_form": "Mapa digital",
        "spatial_representation": "vector",
        "geometry_type": "point",
        "reference_system": "EPSG:6372",
        "scale_denominator": 10000,
        "spatial_resolution": 0.5,
        "positional_accuracy": 2.5,
        "lineage": "Digitalizada sobre fotografías aéreas de 2023.",
        "process_steps": ["Digitalización", "Verificación en campo, una de cada diez"],
        "input_sources": ["Ortofoto del INEGI 2023"],
        "input_date": "2023-11",
    },
    "indicator": {
        "information_type": "indicador",
        "frequency": "MONTHLY",
        "definition": "Porcentaje de luminarias reparadas en 72 horas.",
        "unit": "Porcentaje",
        "calculation_method": "Reparadas / reportadas × 100",
        "variables": ["Luminarias reparadas", "Luminarias reportadas"],
        "dimension": "eficacia",
        "desired_direction": "up",
        "source_data": ["Reportes de la línea 072"],
        "timeliness": "15 días después de terminar el mes",
        "indicator_standards": ["ISO 37120:2018, indicador 8.3"],
        "observations": "Los reportes repetidos se cuentan una vez.",
        "baseline_value": 0,
        "baseline_year": "2021",
        "target_value": 92.5,
        "target_year": "2030",
    },
    "live-feed": {
        "information_type": "sensor",
        "service": "movilidad",
        "feed_url": "https://sensores.example.gob.mx/movilidad",
        "feed_protocol": "sensorthings",
        "update_interval": 5,
        "stale_after": 20,
        "observed_property": ["Vehículos por hora"],
        "feed_unit": "vehículos/h",
        "sensor_count": 15,
        "quality_flags": "B: buena; D: dudosa.",
    },
}

#: What every dataset needs.
BASE: dict[str, Any] = {
    "title": "Un conjunto",
    "snieg_subsystem": "economico",
    "geographic_level": "municipal",
}


def required(kind: str) -> dict[str, Any]:
    """Return a dataset of a type with no more than what is asked of people."""
    from ckanext.mxcity.dataset.types import own_fields

    needed = {field["field_name"] for field in own_fields(kind) if field.get("required")}
    own = OWN.get(kind, {})
    return {**BASE, "type": kind, **{name: own[name] for name in own if name in needed}}
