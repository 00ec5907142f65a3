"""Tables of real figures: written in the catalogue's YAML, or taken from the INEGI codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ckanext.mxcity.demo.generators.city_map import neighbourhoods
from ckanext.mxcity.demo.model import Cell, Column, DemoSpecError, Place, Table
from ckanext.mxcity.demo.seeds import seeded
from ckanext.mxcity.ground.areas import areas


def figures(place: Place, options: Mapping[str, Any]) -> Table:
    """Return the ``data`` (rows) under the ``columns`` (name to type and description)."""
    columns = tuple(
        Column(name, entry.get("type", "string"), entry["d"])
        for name, entry in options["columns"].items()
    )
    rows = [tuple(row) for row in options["data"]]
    for number, row in enumerate(rows, 1):
        if len(row) != len(columns):
            raise DemoSpecError(
                f"{place.dataset}: row {number} has {len(row)} values for {len(columns)} columns"
            )
    return Table(columns, rows)


def states(place: Place, options: Mapping[str, Any]) -> Table:
    """Return the 32 states with their INEGI codes and how many municipalities each has."""
    columns = (
        Column("cve_ent", "string", "Clave del INEGI de la entidad: dos dígitos."),
        Column("nom_ent", "string", "Nombre de la entidad federativa."),
        Column("municipios", "integer", "Municipios o demarcaciones de la entidad."),
    )
    every = areas().values()
    rows: list[tuple[Cell, ...]] = [
        (area.code, area.name, sum(other.state_code == area.code for other in every))
        for area in every
        if area.is_state
    ]
    return Table(columns, rows)


def municipalities(place: Place, options: Mapping[str, Any]) -> Table:
    """Return the municipalities: of the city's state with population, or (``all``) of Mexico."""
    whole_country = bool(options.get("all"))
    columns = [
        Column("cvegeo", "string", "Clave del INEGI: dos dígitos del estado y tres del municipio."),
        Column("cve_ent", "string", "Clave del INEGI de la entidad."),
        Column("nom_ent", "string", "Nombre de la entidad federativa."),
        Column("nom_mun", "string", "Nombre del municipio."),
    ]
    if not whole_country:
        columns.append(
            Column("pob_total_2020", "integer", "Habitantes en el censo de 2020 del INEGI.")
        )
    rows: list[tuple[Cell, ...]] = []
    for area in areas().values():
        state = areas().get(area.state_code or "")
        if state is None or not (whole_country or state.code == place.city.state_code):
            continue
        base = (area.code, state.code, state.name, area.name)
        rows.append(base if whole_country else (*base, area.population))
    return Table(tuple(columns), rows)


def delivery_board(place: Place, options: Mapping[str, Any]) -> Table:
    """Return the 32 states and the ``systems`` with what each has delivered.

    A cell is ``default`` unless ``defaults`` (by system) or ``known`` (system, state code, state
    of delivery) say otherwise.
    """
    columns = (
        Column("cve_ent", "string", "Clave del INEGI de la entidad."),
        Column("nom_ent", "string", "Nombre de la entidad federativa."),
        Column("sistema", "integer", "Número del sistema de la PDN, de 1 a 6."),
        Column("nombre_sistema", "string", "Nombre del sistema."),
        Column("entrega", "string", options["states_text"]),
    )
    known = {(system, code): state for system, code, state in options["known"]}
    defaults: Mapping[int, str] = options.get("defaults") or {}
    rows: list[tuple[Cell, ...]] = [
        (
            area.code,
            area.name,
            number,
            name,
            known.get((number, area.code), defaults.get(number, options["default"])),
        )
        for area in areas().values()
        if area.is_state
        for number, name in enumerate(options["systems"], 1)
    ]
    return Table(columns, rows)


def shared_out(place: Place, options: Mapping[str, Any]) -> Table:
    """Share one of the city's figures (``fact``) out among the neighbourhoods; the sum is exact."""
    total = place.facts[options["fact"]]
    known = neighbourhoods(place.city.slug, place.city.bbox)
    rng = seeded(place.city.slug, place.dataset, "share")
    weights = [one.weight * rng.uniform(0.8, 1.2) for one in known]
    counts = [int(total * weight / sum(weights)) for weight in weights]
    for index in range(total - sum(counts)):
        counts[index % len(counts)] += 1
    columns = (
        Column("clave", "string", "Clave de la colonia en estos datos de demostración."),
        Column("colonia", "string", "Nombre de la colonia."),
        Column("sector", "string", "Sector de la ciudad."),
        Column(options["column"], "integer", options["d"]),
    )
    rows: list[tuple[Cell, ...]] = [
        (one.code, one.name, one.sector, count) for one, count in zip(known, counts, strict=True)
    ]
    geometry = [{"type": "Polygon", "coordinates": [one.ring]} for one in known]
    return Table(columns, rows, geometry)
