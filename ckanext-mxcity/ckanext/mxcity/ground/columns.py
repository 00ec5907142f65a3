"""What the name of a column says of its values. No CKAN import.

Every way into the portal asks here, so that a column is text by all of them or by none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from ckanext.mxcity.ground.text import folded

#: Names of a column that holds a geometry as GeoJSON.
GEOMETRIES = ("geometry", "geometria", "geom", "geojson")
LATITUDES = ("lat", "latitud", "latitude", "y")
LONGITUDES = ("lon", "lng", "longitud", "longitude", "long", "x")

#: Words that make a column one of codes wherever they stand in its name.
_CODES = frozenset(
    (
        *("ageb", "clave", "claves", "clee", "cod", "codigo", "codigos", "cp", "curp"),
        *("expediente", "folio", "id", "placa", "rfc", "tel", "telefono", "telefonos"),
    )
)
#: Words that do so where the name begins with them: of areas, as INEGI calls its columns. At its
#: end they tell what is counted: ``poblacion_municipio``.
_AREAS = frozenset(
    ("ent", "entidad", "geo", "loc", "localidad", "manzana", "mun", "municipio", "mza")
)
#: Words of a column of years.
_YEARS = frozenset(("anio", "ano", "year", "ejercicio"))
#: Words of a column that tells of one person, or in which people write what they like.
_PEOPLE = frozenset(
    (
        *("alumno", "alumna", "apellido", "apellidos", "apoderado", "beneficiaria", "beneficiario"),
        *("celular", "ciudadana", "ciudadano", "clabe", "comentario", "comentarios", "contacto"),
        *("contribuyente", "correo", "curp", "denunciante", "descripcion", "detalle", "detalles"),
        *("direccion", "domicilio", "email", "empleada", "empleado", "encargado", "expediente"),
        *("firma", "funcionaria", "funcionario", "mail", "materno", "nacimiento", "nss"),
        *("observacion", "observaciones", "paciente", "paterno", "persona", "personas", "placa"),
        *("placas", "propietaria", "propietario", "quejoso", "representante", "responsable", "rfc"),
        *("servidor", "servidora", "solicitante", "tarjeta", "tel", "telefono", "telefonos"),
        *("titular", "trabajador", "trabajadora", "tutor", "usuario", "victima", "victimas"),
    )
)
#: Words of a column of names that do not say what has the name.
_NAMES = frozenset(("nombre", "nombres", "completo", "name", "el", "la", "de", "del", "y"))
#: Between ``codigo`` and ``Postal``, and between ``ID`` and ``Cliente``.
_HUMP = re.compile(r"(?<=[a-záéíóúñ0-9])(?=[A-ZÁÉÍÓÚÑ])|(?<=[A-Z])(?=[A-Z][a-z])")


@dataclass(frozen=True)
class PointColumns:
    """The columns of a table that hold the coordinates."""

    latitude: str
    longitude: str


@lru_cache(maxsize=4096)
def is_key(name: str) -> bool:
    """Say whether a column's name says that it holds codes: ``cve_ent``, ``CVEGEO``, ``Código``.

    Codes are text whatever their digits: they are not counted with, and may begin with a zero.
    """
    words = _words(name)
    if not words:
        return False
    return (
        any(word in _CODES or word.startswith("cve") for word in words)
        or words[0] in _AREAS
        or words[-1].endswith("geo")
    )


@lru_cache(maxsize=4096)
def is_year(name: str) -> bool:
    """Say whether a column's name says that it holds years: ``año``, ``anio_fiscal``."""
    words = _words(name)
    return bool(words) and (words[0] in _YEARS or words[-1] in {"anio", "ano"})


@lru_cache(maxsize=4096)
def tells_of_people(name: str, title: str = "") -> bool:
    """Say whether a column's name or title says that it tells of single persons.

    ``nombre`` alone does, since it does not say of what; ``nombre_parque`` does not.
    """
    words = {*_words(name), *_words(title)}
    return bool(words & _PEOPLE) or (bool(words & {"nombre", "nombres"}) and words <= _NAMES)


def point_columns(names: Iterable[str]) -> PointColumns | None:
    """Return the columns that look like coordinates, None if there are no two such."""
    by_name = {name.strip().lower(): name for name in names}
    latitude = next((by_name[name] for name in LATITUDES if name in by_name), None)
    longitude = next((by_name[name] for name in LONGITUDES if name in by_name), None)
    return PointColumns(latitude, longitude) if latitude and longitude else None


def geometry_column(names: Iterable[str]) -> str | None:
    """Return the column that holds geometries, None if there is none."""
    return next((name for name in names if name.strip().lower() in GEOMETRIES), None)


def _words(name: str) -> list[str]:
    """Return the words of a name: ``CodigoPostal`` and ``codigo_postal`` have the same."""
    return re.findall(r"[a-z]+", folded(_HUMP.sub("_", name)))
