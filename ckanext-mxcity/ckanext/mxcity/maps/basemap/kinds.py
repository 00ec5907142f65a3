"""The kinds of layers that a base map is made of, and how they are recognised. No CKAN import."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ckanext.mxcity.ground.text import folded

#: Columns that hold the name of a thing, the best first.
NAMES = (
    *("nombre", "name", "nomgeo", "nom_mun", "nomvial", "nom_vial", "nom_col", "nom_asen"),
    *("colonia", "nombre_colonia", "nombre_col", "nom_colonia", "asentamiento", "calle", "parque"),
)
#: Columns that hold what sort of street, water or ground it is.
SORTS = ("fclass", "highway", "tipovial", "tipo_vial", "jerarquia", "tipo", "clase", "type")
#: Columns that hold INEGI's code of a municipality.
CODES = ("cvegeo", "cve_mun", "clave")


@dataclass(frozen=True)
class Kind:
    """A kind of layer: its name in profiles and tiles, and the words that a layer's name has."""

    name: str
    words: frozenset[str]
    #: Of its values in ``SORTS``, those that are drawn; empty for all.
    sorts: frozenset[str] = frozenset()
    #: The first zoom that shows it.
    zoom: int = 8


LIMITS = Kind(
    "limits",
    frozenset({"mun", "municipio", "municipios", "municipal", "municipales", "limite", "limites"}),
)
NEIGHBOURHOODS = Kind(
    "neighbourhoods",
    frozenset({"colonia", "colonias", "barrio", "barrios", "asentamiento", "asentamientos"}),
    zoom=13,
)
STREETS = Kind(
    "streets",
    frozenset(
        (
            *("avenida", "avenidas", "calle", "calles", "e", "eje", "ejes", "roads", "streets"),
            *("vial", "viales", "vialidad", "vialidades", "red_vial"),
        )
    ),
    zoom=10,
)
WATER = Kind(
    "water",
    frozenset(
        (
            *("agua", "arroyo", "arroyos", "cuerpos", "corrientes", "hidrografia", "presas"),
            *("rio", "rios", "water", "waterways"),
        )
    ),
    zoom=9,
)
PARKS = Kind(
    "parks",
    frozenset({"parque", "parques", "parks", "verde", "verdes", "landuse", "jardines"}),
    frozenset({"park", "forest", "grass", "nature_reserve", "recreation_ground", "meadow"}),
    zoom=11,
)
#: In the order in which they are recognised.
KINDS = (NEIGHBOURHOODS, LIMITS, STREETS, WATER, PARKS)

#: Sorts of streets, as the first word says, that are seen from afar.
_MAIN = frozenset(
    (
        *("motorway", "trunk", "primary", "secondary", "autopista", "avenida", "boulevard"),
        *("bulevar", "calzada", "carretera", "circuito", "eje", "periferico", "primaria"),
        *("primario", "viaducto", "avenidas"),
    )
)
#: Sorts of streets that no map of a city needs.
_PATHS = frozenset(
    ("bridleway", "cycleway", "footway", "path", "pedestrian", "service", "steps", "track")
)


def kind_of(layer: str, chosen: Mapping[str, Sequence[str]]) -> Kind | None:
    """Return the kind of a layer, as the profile chose it or its name says; None if it says none.

    A profile that chooses layers for a kind takes no other for it.
    """
    plain = layer.strip().lower()
    for kind in KINDS:
        names = chosen.get(kind.name)
        if names and plain in [name.strip().lower() for name in names]:
            return kind
    # "19mun" of INEGI is the layer of municipalities of a state, "gis_osm_roads_free_1" has roads.
    words = set(re.findall(r"[a-z]+", folded(layer)))
    found = next((kind for kind in KINDS if words & kind.words), None)
    return None if found and chosen.get(found.name) else found


def first_of(columns: Sequence[str], known: Iterable[str]) -> int | None:
    """Return the place of the first column that is among the known ones, None without one."""
    by_name = {folded(name).strip(): place for place, name in reversed(list(enumerate(columns)))}
    return next((by_name[name] for name in known if name in by_name), None)


def is_main(sort: str, layer: str) -> bool:
    """Say whether a street is seen from afar, by what it is or by what its layer is called."""
    return _first_word(sort) in _MAIN or "avenidas" in folded(layer)


def is_path(sort: str) -> bool:
    """Say whether a street is one that the base map leaves out."""
    return _first_word(sort) in _PATHS


def _first_word(text: str) -> str:
    found = re.match(r"[a-z]+", folded(text))
    return found[0] if found else ""
