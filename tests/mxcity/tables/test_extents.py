"""The search by map finds datasets by where their rows are."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import factories
from ckanext.mxcity.catalogue.bulk.reindex import index_each
from ckanext.mxcity.tables.words import jobs

pytestmark = pytest.mark.usefixtures("with_plugins", "migrated_db", "clean_index")

CITY = "-100.50,25.50,-100.10,25.90"
NORTH_WEST, SOUTH_EAST = "-100.50,25.70,-100.30,25.90", "-100.30,25.50,-100.10,25.70"
#: The record says that its data cover the whole city.
OUTLINE = (
    '{"type": "Polygon", "coordinates": [[[-100.5, 25.5], [-100.1, 25.5], [-100.1, 25.9],'
    " [-100.5, 25.9], [-100.5, 25.5]]]}"
)


def dataset(fields: dict[str, str], rows: list[tuple[Any, ...]]) -> tuple[str, str]:
    """Make a dataset with a table, have the table read; its id and the resource's."""
    made = factories.Dataset(
        owner_org=factories.Organization()["id"],
        snieg_subsystem="economico",
        geographic_level="municipal",
        spatial=OUTLINE,
    )
    resource = factories.Resource(package_id=made["id"], url="https://datos.example/a.csv")
    tk.get_action("datastore_create")(
        {"ignore_auth": True},
        {
            "resource_id": resource["id"],
            "force": True,
            "fields": [{"id": name, "type": kind} for name, kind in fields.items()],
            "records": [dict(zip(fields, row, strict=True)) for row in rows],
        },
    )
    jobs.note(resource["id"])
    jobs.read(resource["id"])
    return made["id"], resource["id"]


def found(box: str) -> set[str]:
    answer = tk.get_action("package_search")({"user": ""}, {"extras": {"ext_bbox": box}})
    return {package["id"] for package in answer["results"]}


def test_where_the_rows_are_counts() -> None:
    """Coordinates and geometries tell more than the record; what has neither is as it was."""
    points = {"parque": "text", "lat": "numeric", "lon": "numeric"}
    west, table = dataset(points, [("Uno", 25.8, -100.4), ("Dos", 25.81, -100.41), ("0", 0, 0)])
    east, _ = dataset(
        {"zona": "text", "geometry": "text"},
        [("Sur", '{"type": "Point", "coordinates": [-100.2, 25.6]}'), ("Rota", "{")],
    )
    words, _ = dataset({"zona": "text"}, [("Sur",)])
    assert found(CITY) == {west, east, words}
    assert found(NORTH_WEST) == {west, words}
    assert found(SOUTH_EAST) == {east, words}
    # An index that is made anew asks once for many, and says the same.
    index_each([west, east, words])
    assert found(NORTH_WEST) == {west, words}
    # A table that is deleted tells nothing: the record counts again.
    tk.get_action("datastore_delete")({"ignore_auth": True}, {"resource_id": table, "force": True})
    jobs.forget(table)
    assert found(SOUTH_EAST) == {west, east, words}
