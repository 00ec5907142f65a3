"""Datasets and organisations through the API, on the real servers."""

from __future__ import annotations

import json
from typing import Any

import ckan.plugins.toolkit as tk
import pysolr
import pytest
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.mxcity.catalogue import figures

pytestmark = pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index")


@pytest.fixture
def editor() -> dict[str, Any]:
    """Return an editor with a token, and the organisation that the editor works in."""
    user = factories.UserWithToken()
    organization = factories.Organization(
        name="mty-ssp", users=[{"name": user["name"], "capacity": "editor"}]
    )
    return {**user, "owner_org": organization["id"]}


def dataset(editor: dict[str, Any], **values: Any) -> dict[str, Any]:
    return {
        "name": "prueba",
        "title": "Prueba",
        "owner_org": editor["owner_org"],
        "snieg_subsystem": "economico",
        "geographic_level": "municipal",
        **values,
    }


def create(app: Any, editor: dict[str, Any], values: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Create a dataset over HTTP as an editor, and return status and answer."""
    answer = app.post(
        "/api/3/action/package_create", json=values, headers={"Authorization": editor["token"]}
    )
    return answer.status_code, json.loads(answer.body)


@pytest.mark.parametrize("missing", ["snieg_subsystem", "geographic_level"])
def test_required_field_is_named(app: Any, editor: dict[str, Any], missing: str) -> None:
    """Creating a dataset without subsystem or level answers 409 and names the field."""
    values = dataset(editor)
    del values[missing]
    status, answer = create(app, editor, values)
    assert status == 409
    assert list(answer["error"]) == [missing, "__type"]


def test_every_mistake_is_named_at_once(app: Any, editor: dict[str, Any]) -> None:
    """A dataset with several mistakes answers with all of them, each under its field."""
    status, answer = create(
        app,
        editor,
        dataset(
            editor,
            snieg_subsystem="ninguno",
            official_status="interes_nacional",
            area_codes=["9010"],
            topics=["magia"],
            contact=[{"name": "Oficina", "email": "nadie"}],
            temporal_coverage=[{"start": "2021", "end": "2020"}],
            spatial="aquí",
        ),
    )
    assert status == 409
    error = answer["error"]
    del error["__type"]
    assert set(error) == {
        *("snieg_subsystem_reason", "official_status", "area_codes", "topics", "contact"),
        *("temporal_coverage", "spatial"),
    }
    assert '"09010"' in error["area_codes"][0]
    assert "nadie" in str(error["contact"])


def test_full_dataset_is_kept_whole(editor: dict[str, Any], full_dataset: dict[str, Any]) -> None:
    """Every field of the schema is stored and shown as it was given."""
    context = {"user": editor["name"], "ignore_auth": True}
    tk.get_action("package_create")(context, {**full_dataset, "owner_org": editor["owner_org"]})
    shown = call_action("package_show", id="reportes-alumbrado")
    for name in set(full_dataset) - {"tags", "resources"}:
        assert shown[name] == full_dataset[name], name
    for resource, wanted in zip(shown["resources"], full_dataset["resources"], strict=True):
        assert {name: resource[name] for name in wanted} == wanted
    assert shown["isopen"] is True
    assert shown["license_title"] == "Creative Commons Atribución 4.0 (CC BY 4.0)"


def test_patching_one_field_keeps_the_others(
    app: Any, editor: dict[str, Any], full_dataset: dict[str, Any]
) -> None:
    """An editor who changes the title loses neither lists nor periods nor provenance."""
    context = {"user": editor["name"], "ignore_auth": True}
    tk.get_action("package_create")(context, {**full_dataset, "owner_org": editor["owner_org"]})
    before = call_action("package_show", id="reportes-alumbrado")
    answer = app.post(
        "/api/3/action/package_patch",
        json={"id": "reportes-alumbrado", "title": "Otro", "source_url": "https://falso.mx"},
        headers={"Authorization": editor["token"]},
    )
    assert answer.status_code == 200, answer.body
    after = call_action("package_show", id="reportes-alumbrado")
    changed = {name for name in before if before[name] != after.get(name)}
    assert changed <= {"title", "metadata_modified", "tracking_summary", "resources"}
    assert after["title"] == "Otro"


def test_facets_count_topics_and_areas_by_name(
    editor: dict[str, Any], full_dataset: dict[str, Any]
) -> None:
    """The search counts each topic and area, wider areas included, and names them."""
    context = {"user": editor["name"], "ignore_auth": True}
    tk.get_action("package_create")(context, {**full_dataset, "owner_org": editor["owner_org"]})
    found = call_action(
        "package_search",
        fq="vocab_area_codes:19 AND vocab_topics:alumbrado-servicios AND frequency:MONTHLY",
        **{"facet.field": ["vocab_area_codes", "vocab_topics", "official_status"]},
    )
    assert found["count"] == 1
    names = {
        field: {item["name"]: item["display_name"] for item in facet["items"]}
        for field, facet in found["search_facets"].items()
    }
    assert names["vocab_area_codes"]["19039"] == "Monterrey, Nuevo León"
    assert set(names["vocab_area_codes"]) == {"01", "01001", "19", "19039"}
    assert names["official_status"] == {"registro_municipal": "Municipal record"}


def test_huge_extent_does_not_lose_the_dataset(editor: dict[str, Any]) -> None:
    """A detailed outline is stored, and the dataset is found."""
    ring = [[-100 - n / 100_000, 25 + (n % 7) / 1000] for n in range(4000)]
    outline = json.dumps({"type": "Polygon", "coordinates": [[*ring, ring[0]]]})
    context = {"user": editor["name"], "ignore_auth": True}
    tk.get_action("package_create")(context, dataset(editor, spatial=outline))
    assert call_action("package_search", q="name:prueba")["count"] == 1
    assert json.loads(call_action("package_show", id="prueba")["spatial"]) == json.loads(outline)


def test_figures_count_what_everybody_sees(editor: dict[str, Any]) -> None:
    """Home page figures leave private datasets out, and follow what is added."""
    figures.forget()
    context = {"user": editor["name"], "ignore_auth": True}
    tk.get_action("package_create")(dict(context), dataset(editor, topics=["agua"], private=True))
    assert figures.catalogue_figures().datasets == 0
    tk.get_action("package_create")(
        dict(context), dataset(editor, name="otra", topics=["agua", "salud"])
    )
    counted = figures.catalogue_figures()
    assert (counted.datasets, counted.topics) == (1, {"agua": 1, "salud": 1})
    assert counted.organizations == {"mty-ssp": 1}
    topics = {topic["key"]: topic["count"] for topic in tk.h.mxcity_topics()}
    assert (topics["agua"], topics["movilidad"]) == (1, 0)


def test_figures_that_are_counted_too_early_are_not_kept(
    app: Any, editor: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who counts after a dataset is announced, and before the index has it, spoils no count."""
    early: list[int] = []
    add = pysolr.Solr.add

    def count_and_add(solr: Any, *args: Any, **named: Any) -> Any:
        early.append(figures.catalogue_figures().datasets)
        return add(solr, *args, **named)

    monkeypatch.setattr(pysolr.Solr, "add", count_and_add)
    token = factories.SysadminWithToken()["token"]
    figures.forget()
    app.post(
        "/api/3/action/package_create",
        json=dataset(editor),
        headers={"Authorization": token},
        status=200,
    )
    assert early[0] == 0
    assert figures.catalogue_figures().datasets == 1


def test_organisation_keeps_its_snieg_fields() -> None:
    """An organisation has city, level, area and year; a wrong area is refused by name."""
    values = {
        "city": "León",
        "government_level": "municipal",
        "area_codes": ["11020"],
        "acronym": "IMPLAN",
        "founding_year": "1994",
    }
    stored = factories.Organization(**values)
    shown = call_action("organization_show", id=stored["id"])
    assert {name: shown[name] for name in values} == values
    with pytest.raises(tk.ValidationError) as caught:
        factories.Organization(area_codes=["9010"])
    assert '"09010"' in caught.value.error_dict["area_codes"][0]
