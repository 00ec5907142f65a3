"""What each field of a dataset, file and organisation means, and which norm it comes from.

Read from ``schemas/``, for the page of the portal and for ``docs/reference``. No CKAN import.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ckanext.mxcity.dataset import types
from ckanext.mxcity.ground import schema_files
from ckanext.mxcity.ground.vocabularies import localised, vocabulary

#: How an element of each norm is written.
NORMS = {
    "dcat": "DCAT-AP 3 {}",
    "snieg": "SNIEG 2025 “{}”",
    "iso": "ISO 19115 {}",
    "other": "{}",
}
TITLES = {
    "resource": {"es": "Cada archivo o enlace", "en": "Each file or link"},
    "organization": {"es": "Una organización", "en": "An organization"},
}
BY_HARVEST = {
    "es": "Lo escribe la recolección; no se puede cambiar a mano.",
    "en": "Written by the harvest; it cannot be changed by hand.",
}


@dataclass(frozen=True)
class Row:
    """One field; a field inside another is named ``outer[].inner``."""

    name: str
    label: str
    help: str
    #: Elements of the norms that it comes from, each with the norm's name.
    standards: tuple[str, ...]
    required: bool
    #: The vocabulary that its values come from, or "".
    vocabulary: str


@dataclass(frozen=True)
class Section:
    """Fields that belong together, as a form shows them."""

    id: str
    title: str
    rows: tuple[Row, ...]
    #: Of a type of dataset: which it is. The fields of all datasets are its fields too.
    about: str = ""


@schema_files.kept
def sections(language: str) -> tuple[Section, ...]:
    """Return all fields in a language: of all datasets by group, of each type what it adds."""
    dataset = types.schema(types.PLAIN)
    found = [
        Section(
            group["name"],
            localised(group["label"], language),
            _rows(
                (f for f in dataset["dataset_fields"] if f.get("field_group") == group["name"]),
                language,
            ),
        )
        for group in dataset["field_groups"]
    ]
    found += [
        Section(
            kind,
            vocabulary(types.VOCABULARY).terms[kind].label(language),
            _rows(types.own_fields(kind), language),
            localised(vocabulary(types.VOCABULARY).terms[kind].notes, language),
        )
        for kind in types.TYPES
        if kind != types.PLAIN
    ]
    rest = {
        "resource": dataset["resource_fields"],
        "organization": types.written("organization.yaml")["fields"],
    }
    found += [
        Section(name, localised(TITLES[name], language), _rows(fields, language))
        for name, fields in rest.items()
    ]
    return tuple(found)


def _rows(fields: Any, language: str) -> tuple[Row, ...]:
    return tuple(row for field in fields for row in _of_field(field, "", language))


def _of_field(field: Mapping[str, Any], prefix: str, language: str) -> Iterator[Row]:
    name = f"{prefix}{field['field_name']}"
    harvested = field.get("preset") == "mxcity_provenance"
    listed = field.get("vocabulary", "")
    given = field.get("standard", {})
    yield Row(
        name,
        localised(field["label"], language),
        localised(BY_HARVEST if harvested else field.get("help_text", {}), language),
        tuple(NORMS[norm].format(given[norm]) for norm in NORMS if norm in given),
        bool(field.get("required")),
        "" if listed == "yes_no" else listed,
    )
    for subfield in field.get("repeating_subfields", []):
        yield from _of_field(subfield, f"{name}[].", language)
