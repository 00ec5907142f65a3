"""The table of the benchmark ``load``: the same rows in every run, as a city's records are."""

from __future__ import annotations

from pathlib import Path

from ckanext.mxcity.files.source import engine
from ckanext.mxcity.files.sql import literal
from ckanext.mxcity.ground.areas import areas

_STATES = ("recibido", "en proceso", "atendido", "cancelado", "no procede")
_KINDS = (
    "Alumbrado", "Bache", "Fuga de agua", "Basura", "Poda", "Ruido", "Animales", "Drenaje",
    "Semáforo", "Otro",
)  # fmt: skip
_PLACES = ("Centro", "Obispado", "Mitras Norte", "Independencia", "Cumbres", "Contry", "Del Valle")
_TURNS, _RANKS = ("matutino", "vespertino", "nocturno"), ("alta", "media", "baja")


def write(path: Path, rows: int) -> list[str]:
    """Write a CSV of 20 columns, some 150 bytes a row; return the names of its columns."""
    municipalities = [code for code in areas() if len(code) == 5]
    day = "CAST(DATE '2015-01-01' + CAST({} AS INTEGER) AS VARCHAR)"
    columns = {
        "folio": "'AP-' || lpad(CAST(n AS VARCHAR), 7, '0')",
        "cvegeo": _one_of(municipalities, 1),
        "recibido": day.format(f"{_draw(2)} % 3650"),
        "atendido": f"CASE WHEN {_draw(3)} % 5 > 0 THEN {day.format(f'{_draw(2)} % 3650 + 9')} END",
        "minutos": f"{_draw(4)} % 1440",
        "estado": _one_of(_STATES, 5),
        "tipo": _one_of(_KINDS, 6),
        "colonia": _one_of(_PLACES, 7),
        "turno": _one_of(_TURNS, 8),
        "prioridad": _one_of(_RANKS, 9),
        "latitud": f"printf('%.5f', 25 + {_draw(10)} % 90000 / 100000)",
        "longitud": f"printf('%.5f', -100 - {_draw(11)} % 90000 / 100000)",
        "costo": f"printf('%.2f', {_draw(12)} % 9000000 / 100)",
        "impuesto": f"printf('%.2f', {_draw(13)} % 900000 / 100)",
        "indice": f"printf('%.4f', {_draw(14)} % 10000 / 10000)",
        "habitantes": f"{_draw(15)} % 90000",
        "viviendas": f"{_draw(16)} % 9000",
        "piezas": f"{_draw(17)} % 12",
        "anio": f"2015 + {_draw(18)} % 11",
        "observaciones": f"'Cuadrilla ' || {_draw(19)} % 90 || ', sur'",
    }
    chosen = ", ".join(f"{value} AS {name}" for name, value in columns.items())
    with engine() as connection:
        connection.execute(
            f"COPY (SELECT {chosen} FROM range({int(rows)}) AS row(n)) "
            f"TO {literal(str(path))} (FORMAT csv, HEADER)"
        )
    return list(columns)


def _draw(column: int) -> str:
    """Return the SQL of a number that looks drawn, the same in each run."""
    mixed = f"(n * 2654435761 + {column} * 40503) % 4294967296"
    return f"CAST({mixed} * {2 * column + 1} % 999983 AS BIGINT)"


def _one_of(values: list[str] | tuple[str, ...], column: int) -> str:
    listed = ", ".join(map(literal, values))
    return f"([{listed}])[1 + {_draw(column)} % {len(values)}]"
