"""The demonstration of a city in CKAN: its datasets, and their tables in the DataStore."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckanext.mxcity.city import City
from ckanext.mxcity.demo.generators import GENERATORS
from ckanext.mxcity.demo.model import DatasetSpec, Place, Table
from ckanext.mxcity.demo.spec import dataset_specs, facts_of
from ckanext.mxcity.demo.writers import write_csv
from ckanext.mxcity.tables.copying import DataStore
from ckanext.mxcity.tables.downloads.columns import columns_of
from ckanext.mxcity.tables.words import find, keep

ROWS = 1_000


def fill(city: City, folder: Path, user: str) -> None:
    """Make the datasets of a city's demonstration, load their tables, and read their words.

    Nothing is committed to the index: that is for the caller, once for all.
    """
    owners = {
        organization.id: tk.get_action("organization_create")(
            {"user": user, "ignore_auth": True},
            {"name": organization.id, "title": organization.name},
        )["id"]
        for organization in city.organizations
    }
    facts = facts_of(city)
    made: dict[str, Table] = {}
    for spec in dataset_specs(city):
        tables = {
            table.id: GENERATORS[table.make](Place(city, facts, table.id), fewer(table.options))
            for table in spec.tables
        }
        dataset = as_dataset(spec, owners, tables)
        tk.get_action("package_create")(
            {"user": user, "ignore_auth": True, "defer_commit": True, "return_id_only": True},
            dataset,
        )
        ids = [resource["id"] for resource in dataset["resources"]]
        made |= dict(zip(ids, tables.values(), strict=True))
    model.Session.commit()
    for resource_id, table in made.items():
        load(resource_id, table, folder)


def fewer(options: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same table with a part of its rows, in which all its kinds of values are."""
    rows = options.get("rows")
    return {**options, "rows": min(rows, ROWS)} if isinstance(rows, int) else options


def as_dataset(spec: DatasetSpec, owners: dict[str, str], tables: dict[str, Table]) -> dict:
    """A dataset as the harvest makes it: the texts of the demonstration, and its files."""
    return {
        "name": spec.id,
        "title": spec.title,
        "notes": spec.notes,
        "owner_org": owners[spec.organization],
        "tags": [{"name": tag} for tag in spec.tags],
        "topics": list(spec.topics),
        "area_codes": list(spec.area_codes),
        "geographic_level": spec.level,
        "snieg_subsystem": "ninguno",
        "snieg_subsystem_reason": "Registro de prueba",
        "resources": [
            {
                "id": str(uuid.uuid4()),
                "url": f"http://example.com/{spec.id}/{table.id}.csv",
                "name": table.title,
                "format": "CSV",
                "description": "\n".join(told(tables[table.id])),
            }
            for table in spec.tables
        ],
    }


def told(table: Table) -> Iterator[str]:
    """What the description of a file says of its columns."""
    for column in table.columns:
        yield f"- `{column.name}`: {column.description}"


def load(resource_id: str, table: Table, folder: Path) -> None:
    """Put a table into the DataStore, and read what it says."""
    path = folder / f"{resource_id}.csv"
    path.write_bytes(write_csv(table))
    fields = [
        {"id": column.name, "type": column.type, "info": {"notes": column.description}}
        for column in table.columns
    ]
    DataStore().load(resource_id, path, fields)
    found = find.find(resource_id, columns_of(resource_id, ignore_auth=True), shut=False)
    keep.remember(resource_id, found)
