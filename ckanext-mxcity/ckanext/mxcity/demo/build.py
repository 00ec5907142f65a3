"""Write the demonstration catalogue of a city to a folder."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ckanext.mxcity.city import City
from ckanext.mxcity.demo.generators import GENERATORS
from ckanext.mxcity.demo.generators.base_layers import base_layers
from ckanext.mxcity.demo.model import DatasetSpec, DemoSpecError, Place, Table, TableSpec
from ckanext.mxcity.demo.spec import dataset_specs, facts_of
from ckanext.mxcity.demo.turtle import BuiltDataset, BuiltFile, write_turtle
from ckanext.mxcity.demo.writers import FORMATS, table_schema

CATALOG = "catalog.ttl"
FILES = "files"
#: Layers that ``mxcity basemap build`` makes the ground of the demonstration's maps of.
BASE_MAP = "base-map"


@dataclass(frozen=True)
class BuildReport:
    """What was written."""

    datasets: int
    files: int
    #: Rows of the tables, each counted once however many formats it has.
    rows: int
    bytes: int


def build(city: City, folder: Path, base_url: str) -> BuildReport:
    """Write ``catalog.ttl``, ``files/`` and ``base-map/`` for a city.

    Files of an earlier build are removed first, so that the folder holds this build alone; a
    folder that is not one of ours is refused.

    Args:
        city: whose demonstration it is.
        folder: where to write; made if missing.
        base_url: the address that serves the folder, e.g. ``https://datos.example/demo``.

    Returns:
        How much was written.

    Raises:
        DemoSpecError: the description of the catalogue is wrong; names dataset and entry.
        FileExistsError: the folder holds something else.

    """
    _empty(folder)
    facts = facts_of(city)
    built, rows = [], 0
    for spec in dataset_specs(city):
        files = []
        for table_spec in spec.tables:
            table = _make(city, facts, spec, table_spec)
            rows += len(table.rows)
            files += list(_write(table, table_spec, folder / FILES / spec.id))
        built.append(BuiltDataset(spec, tuple(files)))
    _write_base_layers(city, folder / BASE_MAP)
    catalog = write_turtle(city, built, base_url.rstrip("/"))
    (folder / CATALOG).write_bytes(catalog)
    every = [file for dataset in built for file in dataset.files]
    size = len(catalog) + sum(file.size for file in every)
    return BuildReport(len(built), len(every), rows, size)


def _empty(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    strangers = sorted({entry.name for entry in folder.iterdir()} - {CATALOG, FILES, BASE_MAP})
    if strangers:
        raise FileExistsError(
            f"{folder} already holds {', '.join(strangers[:3])}: choose an empty folder"
        )
    (folder / CATALOG).unlink(missing_ok=True)
    for name in (FILES, BASE_MAP):
        if (folder / name).exists():
            shutil.rmtree(folder / name)


def _write_base_layers(city: City, folder: Path) -> None:
    folder.mkdir()
    for name, features in base_layers(city):
        document = {"type": "FeatureCollection", "features": features}
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
        (folder / f"{name}.geojson").write_text(f"{text}\n", encoding="utf-8")


def _make(city: City, facts: Mapping[str, int], spec: DatasetSpec, table: TableSpec) -> Table:
    if table.make not in GENERATORS:
        raise DemoSpecError(f"{spec.id}: there is no generator called {table.make}")
    try:
        return GENERATORS[table.make](Place(city, facts, table.id), table.options)
    except KeyError as error:
        raise DemoSpecError(f"{spec.id}: {error.args[0]} is missing in table {table.id}") from error


def _write(table: Table, spec: TableSpec, folder: Path) -> Iterator[BuiltFile]:
    """Write a table in its formats, and its data dictionary."""
    folder.mkdir(parents=True, exist_ok=True)
    columns = "\n".join(f"- `{column.name}`: {column.description}" for column in table.columns)
    for key in spec.formats:
        form = FORMATS[key]
        yield _save(
            folder / f"{spec.id}.{form.extension}",
            form.write(table),
            title=spec.title,
            description=f"{len(table.rows):,} filas.\n\n{columns}",
            format_name=form.name,
            media_type=form.media_type,
        )
    yield _save(
        folder / f"{spec.id}_diccionario.json",
        table_schema(table, spec.title),
        title=f"Diccionario de datos: {spec.title}",
        description="Nombre, tipo y descripción de cada columna (Table Schema).",
        format_name="JSON",
        media_type="application/json",
    )


def _save(
    path: Path, content: bytes, *, title: str, description: str, format_name: str, media_type: str
) -> BuiltFile:
    path.write_bytes(content)
    return BuiltFile(
        path=f"{FILES}/{path.parent.name}/{path.name}",
        title=title,
        description=description,
        format=format_name,
        media_type=media_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )
