"""Readings of fixed sensors, as an urban intelligence centre receives them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from ckanext.mxcity.demo.generators.city_map import neighbourhoods
from ckanext.mxcity.demo.generators.records import row_count
from ckanext.mxcity.demo.model import Cell, Column, Place, Table
from ckanext.mxcity.demo.seeds import seeded

#: Shares of readings that a sensor marks as doubtful and that never arrive.
DOUBTFUL, LOST = 0.012, 0.006

COLUMNS = (
    Column("fecha_hora", "datetime", "Hora local de la lectura."),
    Column("sensor", "string", "Clave del sensor."),
    Column("colonia", "string", "Colonia donde está el sensor."),
    Column("lat", "number", "Latitud en grados (WGS 84)."),
    Column("lon", "number", "Longitud en grados (WGS 84)."),
    Column("valor", "number", "Valor medido; vacío si la lectura no llegó."),
    Column("unidad", "string", "Unidad de medida."),
    Column("calidad", "string", "buena, dudosa o sin_dato."),
)


def readings(place: Place, options: Mapping[str, Any]) -> Table:
    """Make one reading an hour and sensor.

    Args:
        place: the city and the dataset.
        options: ``sensors`` (how many), ``prefix``, ``from`` (first day), ``days``, ``unit``,
            ``level`` (mean), ``wave`` (height of the daily wave, 0 to 1), ``noise``.

    Returns:
        The table, in order of time.

    """
    rng = seeded(place.city.slug, place.dataset, "sensors")
    known = neighbourhoods(place.city.slug, place.city.bbox)
    fixed = []
    for number in range(1, row_count(place, options["sensors"]) + 1):
        one = rng.choice(known)
        longitude, latitude = one.point(rng)
        level = options["level"] * rng.uniform(0.7, 1.3)
        fixed.append((f"{options['prefix']}-{number:03d}", one.name, latitude, longitude, level))
    first = options["from"]
    start = datetime(first.year, first.month, first.day)  # noqa: DTZ001 - local time
    rows: list[tuple[Cell, ...]] = []
    for hour in range(options["days"] * 24):
        moment = start + timedelta(hours=hour)
        wave = 1 + options["wave"] * math.sin(2 * math.pi * (hour % 24) / 24 - 2)
        for key, name, latitude, longitude, level in fixed:
            draw = rng.random()
            value = round(max(0.0, level * wave * rng.gauss(1, options["noise"])), 2)
            quality = "dudosa" if draw < DOUBTFUL + LOST else "buena"
            spot = (moment, key, name, latitude, longitude)
            if draw < LOST:
                rows.append((*spot, None, options["unit"], "sin_dato"))
            else:
                rows.append((*spot, value, options["unit"], quality))
    return Table(COLUMNS, rows)
