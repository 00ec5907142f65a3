"""Read the catalogue's description and write its texts for a city."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from importlib import resources
from typing import Any

from ckanext.mxcity.city import City, Organization
from ckanext.mxcity.dataset.types import PLAIN
from ckanext.mxcity.demo.model import DatasetSpec, DemoSpecError, TableSpec
from ckanext.mxcity.demo.offices import Offices, ministries
from ckanext.mxcity.ground.areas import area_name
from ckanext.mxcity.ground.yaml import load_yaml

FOLDER = "catalog"
#: Said in the description of a dataset whose figures were made up.
SYNTHETIC_NOTE = (
    "**Datos de demostración.** Las cifras se generaron por computadora para mostrar cómo "
    "funciona el portal; no describen lo que ocurre en {city}."
)


def facts_of(city: City) -> Mapping[str, int]:
    """Return the figures that size the demonstration of a city (lamps, crossings…)."""
    document = _document("cities.yaml")
    return {**document["default"], **document.get("cities", {}).get(city.slug, {})}


def dataset_specs(city: City) -> Iterator[DatasetSpec]:
    """Yield every dataset of a city's demonstration, with the office that publishes it.

    Raises:
        DemoSpecError: an entry is incomplete or wrong; names it.

    """
    offices = Offices(city)
    for document in _catalog():
        for entry in document["datasets"]:
            if entry.get("each_ministry"):
                for office in ministries(city):
                    yield _dataset(city, office, {**entry, "id": f"{entry['id']}-{office.id}"})
            else:
                yield _dataset(city, offices.of(entry["role"]), entry)


@lru_cache(maxsize=1)
def _catalog() -> tuple[Mapping[str, Any], ...]:
    folder = resources.files("ckanext.mxcity.demo") / FOLDER
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.startswith("datasets-"))
    return tuple(_document(name) for name in names)


def _document(name: str) -> Mapping[str, Any]:
    source = resources.files("ckanext.mxcity.demo") / FOLDER / name
    document: Mapping[str, Any] = load_yaml(source.read_text(encoding="utf-8"))
    return document


def _dataset(city: City, office: Organization, entry: Mapping[str, Any]) -> DatasetSpec:
    words = _words(city, office)
    synthetic = bool(entry.get("synthetic", True))
    notes = entry["notes"].strip()
    if synthetic:
        notes = f"{notes}\n\n{SYNTHETIC_NOTE}"
    first, last = (_day(value) for value in entry["period"])
    try:
        return DatasetSpec(
            id=entry["id"],
            organization=office.id,
            contact=office.contact.name or office.name,
            title=entry["title"].format(**words),
            notes=notes.format(**words),
            topics=tuple(entry["topics"]),
            tags=tuple(entry["tags"]),
            subsystem=entry["subsystem"],
            subsystem_reason=entry.get("reason", ""),
            information_type=entry["type"],
            official_status=entry.get("status", "registro_municipal"),
            level=entry.get("level", "municipal"),
            area_codes=tuple(code.format(**words) for code in entry.get("areas", ["{code}"])),
            frequency=entry["frequency"],
            period=(first, last),
            modified=_day(entry.get("modified", last)),
            synthetic=synthetic,
            in_city=bool(entry.get("in_city", True)),
            tables=tuple(_tables(entry, words)),
            kind=entry.get("kind", PLAIN),
            own=_own(entry.get("own", {}), words),
        )
    except KeyError as error:
        raise DemoSpecError(f"{entry['id']}: {error.args[0]} is missing") from error


def _own(given: Mapping[str, Any], words: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields of a type, the texts among them written for the city."""
    return {
        name: value.format(**words) if isinstance(value, str) else value
        for name, value in given.items()
    }


def _tables(entry: Mapping[str, Any], words: Mapping[str, str]) -> Iterator[TableSpec]:
    for table in entry.get("tables", [entry.get("table")]):
        yield TableSpec(
            id=table.get("id", entry["id"]),
            title=table.get("title", entry["title"]).format(**words),
            make=table["make"],
            options=table,
            formats=tuple(table.get("formats", ["csv"])),
        )


def _words(city: City, office: Organization) -> dict[str, str]:
    """Return what stands for the ``{words}`` in the texts."""
    return {
        "city": city.name,
        "municipality": city.official_name,
        "state": city.state_name,
        "code": city.municipality_code,
        "state_code": city.state_code,
        "place": area_name(city.municipality_code),
        "office": office.name,
        "acronym": office.acronym or office.name,
        # A title that ends in "… de la Secretaría" reads wrong for an institute or a centre.
        "of_office": _of(office.name),
    }


def _of(name: str) -> str:
    masculine = ("Instituto", "Núcleo", "Centro", "Sistema", "Consejo", "Organismo", "Departamento")
    return f"del {name}" if name.startswith(masculine) else f"de la {name}"


def _day(value: date | str) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
