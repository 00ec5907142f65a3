"""Makers of the demonstration's tables, by the name that the catalogue's YAML gives them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ckanext.mxcity.demo.generators import figures, records, sensors, series, shapes
from ckanext.mxcity.demo.model import Place, Table

Generator = Callable[[Place, Mapping[str, Any]], Table]

GENERATORS: Mapping[str, Generator] = {
    "records": records.records,
    "series": series.series,
    "readings": sensors.readings,
    "areas_map": shapes.areas_map,
    "municipal_tiles": shapes.municipal_tiles,
    "routes_map": shapes.routes_map,
    "figures": figures.figures,
    "states": figures.states,
    "municipalities": figures.municipalities,
    "delivery_board": figures.delivery_board,
    "shared_out": figures.shared_out,
}
