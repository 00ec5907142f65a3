"""National tables of a source that asks for it keep the rows of the city."""

from __future__ import annotations

import json
from typing import Any

import ckan.model as model
import ckan.plugins as p
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan.tests import factories
from ckanext.harvest.model import HarvestObject, HarvestSource
from ckanext.xloader.interfaces import IXloader

pytestmark = pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index")

WHOLE = [("19039", 5), ("19048", 6), ("11020", 7), ("01001", 8)]


def loaded(settings: dict[str, Any], columns: list[str], rows: list[tuple[Any, ...]]) -> list[Any]:
    """Load a table of a harvested dataset, tell the plugins, and return the rows that stay."""
    dataset = factories.Dataset(
        owner_org=factories.Organization()["id"],
        snieg_subsystem="economico",
        geographic_level="nacional",
    )
    resource = factories.Resource(package_id=dataset["id"], url="https://e.mx/a.csv", format="CSV")
    source = HarvestSource(
        url="https://e.mx", type="ckan", config=json.dumps(settings), title="Fuente"
    )
    model.Session.add(source)
    model.Session.flush()
    harvested = HarvestObject(guid="a", current=True, package_id=dataset["id"], source=source)
    model.Session.add(harvested)
    model.Session.commit()
    tk.get_action("datastore_create")(
        {"ignore_auth": True},
        {
            "resource_id": resource["id"],
            "force": True,
            "fields": [
                {"id": name, "type": "text" if isinstance(value, str) else "int4"}
                for name, value in zip(columns, rows[0], strict=True)
            ],
            "records": [dict(zip(columns, row, strict=True)) for row in rows],
        },
    )
    # Somebody has looked at the table already: the DataStore keeps the count of its rows.
    tk.get_action("datastore_search")({"ignore_auth": True}, {"resource_id": resource["id"]})
    for plugin in p.PluginImplementations(IXloader):
        plugin.after_upload({"ignore_auth": True}, resource, dataset)
    found = tk.get_action("datastore_search")(
        {"ignore_auth": True}, {"resource_id": resource["id"], "sort": "_id"}
    )
    assert found["total"] == len(found["records"])
    return [tuple(row[name] for name in columns) for row in found["records"]]


def test_rows_of_elsewhere_leave() -> None:
    """By a whole code of the area, whatever it is the code of, and by name."""
    assert loaded({"city_rows": ["19039"]}, ["cvegeo", "n"], WHOLE) == [("19039", 5)]
    assert loaded({"city_rows": ["León, Guanajuato"]}, ["cvegeo", "n"], WHOLE) == [("11020", 7)]
    assert loaded({"city_rows": ["19"]}, ["cvegeo", "n"], WHOLE) == WHOLE[:2]
    finer = [("190390001", 1), ("010010001", 2), ("010010002", 3)]
    assert loaded({"city_rows": ["01001"]}, ["cve_loc", "n"], finer) == finer[1:]


def test_state_and_municipality_apart() -> None:
    """INEGI's own tables have the two in columns of their own; totals of the state leave too."""
    rows = [("19", "039", 5), ("19", "048", 6), ("11", "039", 7), ("19", "000", 8)]
    found = loaded({"city_rows": ["19039"]}, ["cve_ent", "cve_mun", "n"], rows)
    assert found == [("19", "039", 5)]


def test_lost_zeros_and_totals_are_understood() -> None:
    """Codes of the first nine states as spreadsheets leave them, texts or numbers; totals go."""
    short = [("1001", 1), ("1002", 2), ("9005", 3), ("19039", 4), ("19000", 5), ("00000", 6)]
    assert loaded({"city_rows": ["01001"]}, ["CVEGEO", "n"], short) == short[:1]
    assert loaded({"city_rows": ["09"]}, ["CVEGEO", "n"], short) == short[2:3]
    numbers = [(int(code), n) for code, n in short[:4]]
    assert loaded({"city_rows": ["01"]}, ["cve_mun", "n"], numbers) == numbers[:2]
    apart = [(1, 1, 5), (1, 2, 6), (9, 1, 7), (19, 39, 8), (0, 0, 9), (1, 0, 10)]
    assert loaded({"city_rows": ["01001"]}, ["ENTIDAD", "MUN", "n"], apart) == apart[:1]
    assert loaded({"city_rows": ["19039"]}, ["ENTIDAD", "MUN", "n"], apart) == apart[3:4]
    finer = [("10010001", 1), ("10020001", 2), ("190390001", 3)]
    assert loaded({"city_rows": ["01002"]}, ["cve_loc", "n"], finer) == finer[1:2]


@pytest.mark.parametrize(
    ("settings", "columns", "rows"),
    [
        ({"city_rows": ["01001"]}, ["id", "n"], [(1001, 1), (1002, 2), (11020, 3)]),
        ({"city_rows": ["01001"]}, ["id", "mun", "n"], [(1, 1, 1), (2, 1, 2), (3, 5, 3)]),
        ({"city_rows": ["01001"]}, ["cp", "n"], [("01000", 1), ("64000", 2)]),
        ({}, ["cvegeo", "n"], WHOLE),
        ({"areas": ["19039"]}, ["cvegeo", "n"], WHOLE),
        ({"city_rows": ["00"]}, ["cvegeo", "n"], WHOLE),
        ({"city_rows": ["09002"]}, ["cvegeo", "n"], WHOLE),
        ({"city_rows": ["19039"]}, ["folio", "n"], [("A-1", 1), ("A-2", 2)]),
        ({"city_rows": ["19039"]}, ["cve_ent", "n"], [("19", 1), ("11", 2)]),
    ],
    ids=[
        "numbers",
        "numbers and places",
        "postal codes",
        "not asked",
        "areas only",
        "nation",
        "nothing of it",
        "no key",
        "states only",
    ],
)
def test_tables_that_stay_whole(
    settings: dict[str, Any], columns: list[str], rows: list[tuple[Any, ...]]
) -> None:
    """Nothing is cut that was not asked for, and no table is emptied."""
    assert loaded(settings, columns, rows) == rows


def test_joins_know_the_rows_that_stay() -> None:
    """What was remembered of the table's keys is of the rows that stay."""
    from ckanext.mxcity.tables.joins.model import TableKeyValue

    loaded({"city_rows": ["19039"]}, ["cvegeo", "n"], WHOLE)
    assert model.Session.scalars(sa.select(TableKeyValue.value)).all() == ["19039"]
