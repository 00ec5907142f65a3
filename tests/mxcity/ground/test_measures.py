"""What kind of figure a column holds."""

from __future__ import annotations

import pytest
from ckanext.mxcity.ground import measures
from ckanext.mxcity.ground.vocabularies import vocabulary

#: Name and description of a column, and its kind.
COLUMNS = [
    ("a_tiempo_pct", "Declaraciones a tiempo.", "percentage"),
    ("porcentaje", "Porcentaje de la población; vacío si el estudio no da el año.", "percentage"),
    ("ocupacion", "Ocupación hotelera (%)", "percentage"),
    ("cobertura", "Viviendas con drenaje, en porcentaje.", "percentage"),
    ("tasa_por_mil", "", "rate"),
    ("casos_por_mil", "", "rate"),
    ("precio_kg", "Precio por kilo, en pesos.", "rate"),
    ("tarifa_hora", "Tarifa por hora, en pesos.", "rate"),
    ("costo", "Costo, en pesos.", "rate"),
    ("velocidad_kmh", "", "rate"),
    ("consumo_promedio", "", "rate"),
    ("pm10", "Partículas, en microgramos por metro cúbico.", "level"),
    ("PM2.5", "", "level"),
    ("temp_min", "", "level"),
    ("altura_cm", "Altura que alcanzó el agua, en centímetros.", "level"),
    ("potencia_w", "Potencia, en watts.", "level"),
    ("presion", "Presión, en bares.", "level"),
    ("dias_habiles", "Días hábiles para resolver.", "duration"),
    ("minutos_llegada", "Minutos entre la llamada y la llegada.", "duration"),
    ("respuesta", "Lo que tarda, en días hábiles.", "duration"),
    ("edad", "", "duration"),
    ("lugar_2014", "Lugar en 2014.", "index"),
    ("calificacion", "De 0 a 10.", "index"),
    ("indice_delictivo", "", "index"),
    ("POBTOT", "Población total", "stock"),
    ("pob_total_2020", "Habitantes.", "stock"),
    ("viviendas", "Viviendas que atiende.", "stock"),
    ("deuda_publica", "Deuda, en pesos.", "stock"),
    ("plazas", "", "stock"),
    ("monto_pagado", "Monto pagado, en pesos.", "amount"),
    ("superficie_m2", "Superficie de construcción en metros cuadrados.", "amount"),
    ("kilometros", "Longitud en kilómetros.", "amount"),
    ("aprobado", "En pesos.", "amount"),
    ("valor", "Valor, en pesos.", "amount"),
    ("reportes", "Reportes recibidos.", "count"),
    ("lesionados", "Personas lesionadas.", "count"),
    ("sitios", "Sitios conectados.", "count"),
    ("Núm. de casos", "", "count"),
    ("numero", "Número de orden.", measures.UNKNOWN),
    ("cuentas_al_corriente", "Cuentas que están al corriente.", "count"),
    ("valor", "Valor.", measures.UNKNOWN),
    ("x", "", measures.UNKNOWN),
    ("", "", measures.UNKNOWN),
    ("mes", "", measures.UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize(("name", "notes", "kind"), COLUMNS)
def test_kind(name: str, notes: str, kind: str) -> None:
    """The name says most, then the unit, then the description."""
    assert measures.kind_of(name, "", notes) == kind


def test_a_unit_that_is_known_apart() -> None:
    """A value has the kind of its unit."""
    assert measures.kind_of("valor", unit="Porcentaje") == "percentage"
    assert measures.kind_of("valor", unit="km/h") == "rate"


def test_what_is_never_added_up() -> None:
    """Ratios, indices, durations and levels are not added up; what there is, at one moment."""
    terms = vocabulary(measures.VOCABULARY).terms
    kinds = {key: measures.measure(key) for key in terms}
    added = {key for key, kind in kinds.items() if "sum" in kind.ways}
    assert added == {"stock", "amount", "count"}
    assert {key for key, kind in kinds.items() if kind.last} == {"stock"}
    assert measures.measure("no such kind").key == measures.UNKNOWN


@pytest.mark.parametrize(
    ("info", "kind"),
    [
        ({"measure": "rate"}, "rate"),
        ({"measure": "tasa"}, ""),
        ({"measure": ["rate"]}, ""),
        ({}, ""),
    ],
)
def test_what_a_dictionary_says(info: dict[str, object], kind: str) -> None:
    """The kind that a person chose counts, if it is one."""
    assert measures.kept(info) == kind
