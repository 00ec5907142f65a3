"""Which files of a dataset are one in several formats."""

from __future__ import annotations

from typing import Any

import pytest
from ckanext.mxcity.dataset.one_file import files_of
from hypothesis import given
from hypothesis import strategies as st

BASE = "https://datos.example/demo/files/parques/parques"


def file(**given: Any) -> dict[str, Any]:
    """A resource of a table of parks."""
    return {"name": "Parques", "format": "CSV", "url": f"{BASE}.csv", **given}


CSV, XLSX, GEO = (
    file(),
    file(format="XLSX", url=f"{BASE}.xlsx"),
    file(format="GeoJSON", url=f"{BASE}.geojson"),
)


def test_one_file_in_three_formats() -> None:
    """The formats of a table are one file, whose link leads to the format with a table."""
    loaded = {**CSV, "datastore_active": True}
    dictionary = file(name="Diccionario de datos: Parques", format="JSON", url=f"{BASE}_d.json")
    found = files_of([GEO, loaded, dictionary, XLSX])
    assert [len(one.resources) for one in found] == [3, 1]
    assert found[0].first == loaded
    assert [one.is_dictionary for one in found] == [False, True]


@pytest.mark.parametrize(
    "other",
    [
        file(format="XLSX", url=f"{BASE}-2025.xlsx"),
        file(format="XLSX", url=f"{BASE}.xlsx", name="Parques 2025"),
        file(format="XLSX", url=f"{BASE}.xlsx", description="Solo los del norte."),
        file(format="XLSX", url=f"{BASE}.xlsx", modified="2025-01-01"),
        file(format="XLSX", url="https://datos.example/2025/parques/parques.xlsx"),
        file(format="XLSX", url=f"{BASE}.xlsx?anio=2025"),
        file(format="CSV", url=f"{BASE}.csv"),
        file(format="XLSX", url=f"{BASE}.xlsx", name=""),
        file(format="XLSX", url=""),
        file(format="XLSX", url="http://["),
    ],
)
def test_files_that_differ_stay_apart(other: dict[str, Any]) -> None:
    """Another name, address, description, date, or the same format: another file."""
    assert [one.resources for one in files_of([CSV, other])] == [(CSV,), (other,)]


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("Parques (XLSX)", f"{BASE}.xlsx"),
        ("parques.xlsx", f"{BASE}.XLSX"),
        ("Parques", "https://datos.example/demo/files/parques/xlsx/parques.xlsx"),
    ],
)
def test_a_format_in_the_name_or_address_is_no_difference(name: str, url: str) -> None:
    """People write the format into the name, and portals into the path."""
    assert len(files_of([CSV, file(format="XLSX", name=name, url=url)])) == 1


def test_uploads_of_ckan() -> None:
    """What CKAN puts into the address of each resource tells nothing of the file."""
    one, two = (
        f"https://d.example/dataset/{'a' * 8}-1111-4222-8333-{'b' * 12}/resource/{n * 8}-1111-4222"
        f"-8333-{'c' * 12}/download/parques"
        for n in "de"
    )
    assert len(files_of([file(url=f"{one}.csv"), file(url=f"{two}.xlsx", format="XLSX")])) == 1


_RESOURCES = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "name": st.sampled_from(["Parques", "Parques CSV", "", "Otro"]) | st.text(max_size=8),
            "format": st.sampled_from(["CSV", "csv", "XLSX", "", "PDF"]),
            "url": st.sampled_from([f"{BASE}.csv", f"{BASE}.xlsx", BASE, "", "x"])
            | st.text(max_size=12),
            "description": st.sampled_from(["", "Norte", None]),
        },
    ),
    max_size=8,
)


@given(_RESOURCES)
def test_no_file_is_lost_or_shown_twice(resources: list[dict[str, Any]]) -> None:
    """Every resource is in one file; those of one file have different formats."""
    found = files_of(resources)
    assert sorted(id(one) for file in found for one in file.resources) == sorted(map(id, resources))
    for one in found:
        told = [str(each["format"]).lower() for each in one.resources if each.get("format")]
        assert len(set(told)) == len(told)
