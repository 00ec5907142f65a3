"""The report on SNIEG's metadata norm says what is there, and nothing more."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import factories
from ckan.tests.helpers import call_action

pytestmark = pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index")


@pytest.fixture
def organization() -> dict[str, Any]:
    """A ministry."""
    return dict(factories.Organization(name="mty-ssp"))


def make(organization: dict[str, Any], **values: Any) -> dict[str, Any]:
    """Make a dataset of the ministry."""
    return dict(
        factories.Dataset(
            owner_org=organization["id"],
            snieg_subsystem="economico",
            geographic_level="municipal",
            **values,
        )
    )


def states(id_: str) -> dict[str, str]:
    """The state of each element in a dataset."""
    report = call_action("mxcity_conformance_show", id=id_)
    assert report["verdict"] is None
    found = {element["id"]: element["state"] for element in report["elements"]}
    for state, count in report["counts"].items():
        assert list(found.values()).count(state) == count
    return found


def test_elements_of_a_dataset(organization: dict[str, Any]) -> None:
    """An element is there by its field or by an entry of its own, or need not be."""
    survey = make(
        organization,
        notes="Para saber cuántas luminarias fallan.",
        information_type="encuesta",
        tags=[{"name": "agua"}],
        process_metadata=[
            {"element": "tamano_muestra", "value": "1,200 viviendas"},
            {"element": "diseno_muestra", "value": ""},
        ],
    )
    found = states(survey["id"])
    assert len(found) == 53
    assert found["objetivo"] == found["palabras_clave"] == found["tamano_muestra"] == "present"
    assert found["representacion_espacial"] == found["unidad_administrativa"] == "present"
    assert found["diseno_muestra"] == found["periodicidad"] == "absent"
    assert found["condicion_iin"] == "not_applicable"
    register = make(organization, information_type="registro_administrativo")
    assert states(register["name"])["tamano_muestra"] == "not_applicable"
    assert states(make(organization)["id"])["tamano_muestra"] == "absent"


def test_report_of_a_ministry_is_that_of_its_datasets(organization: dict[str, Any]) -> None:
    """The counts of the statement are those of the datasets, one by one; private ones are left."""
    ids = [
        make(organization, information_type="encuesta", notes="Texto", url="https://e.example")[
            "id"
        ],
        make(organization, information_type="geografica", frequency="mensual")["id"],
        make(
            organization,
            notes="",
            area_codes=["19039"],
            process_metadata=[{"element": "antecedentes", "value": "Se mide desde 1990."}],
            contact=[{"name": "Alumbrado"}],
        )["id"],
    ]
    factories.Resource(package_id=ids[0], url="https://e.example/a.csv")
    make(organization, private=True, notes="Privado")
    report = call_action("mxcity_organization_conformance_show", id="mty-ssp")
    assert report["datasets"] == 3
    assert report["verdict"] is None
    each = [states(id_) for id_ in ids]
    for element in report["elements"]:
        for state in ("present", "absent", "not_applicable"):
            expected = sum(found[element["id"]] == state for found in each)
            assert element[state] == expected, (element["id"], state)


def test_who_may_see_it(organization: dict[str, Any], app: Any) -> None:
    """A private dataset is not found by a visitor; an unknown ministry is not found by anybody."""
    private = make(organization, private=True)
    answer = app.get(f"/api/3/action/mxcity_conformance_show?id={private['id']}", status=404)
    assert "error" in answer.json
    with pytest.raises(tk.ObjectNotFound):
        call_action("mxcity_organization_conformance_show", id="nadie")
