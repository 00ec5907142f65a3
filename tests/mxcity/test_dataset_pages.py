"""The dataset form and page with our schema."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from bs4 import BeautifulSoup
from ckan.tests import factories

pytestmark = pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index")


@pytest.fixture
def editor() -> dict[str, Any]:
    """Return an editor of one organisation, with a token."""
    user = factories.UserWithToken()
    organization = factories.Organization(
        name="mty-ssp", users=[{"name": user["name"], "capacity": "editor"}]
    )
    return {**user, "organization": organization["id"]}


def headers(user: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": user["token"]}


def test_form_groups_its_fields_and_gives_an_example_of_each(app: Any, editor: Any) -> None:
    """The form has one heading per group, and every field says by example what to write."""
    page = BeautifulSoup(app.get("/dataset/new", headers=headers(editor)).body, "html.parser")
    schema = tk.get_action("scheming_dataset_schema_show")({}, {"type": "dataset"})
    legends = [legend.get_text(strip=True) for legend in page.select("fieldset > legend.h4")]
    assert legends == [group["label"]["en"] for group in schema["field_groups"]]
    assert page.find(id="field-area_codes") is not None
    subsystems = page.find(id="field-snieg_subsystem").find_all("option")
    assert [option["value"] for option in subsystems][:2] == ["", "demografico_social"]
    assert not [option for option in subsystems if option.has_attr("selected")]
    statuses = page.find(id="field-official_status").find_all("option")
    assert {option["value"] for option in statuses} == {"", "registro_municipal", "derivado"}
    assert page.find(id="field-topics-agua")["type"] == "checkbox"
    assert page.find(id="field-source_url") is None


def test_page_of_a_full_dataset_reads_in_words(
    app: Any, editor: Any, full_dataset: dict[str, Any]
) -> None:
    """The page shows names instead of codes and keys."""
    tk.get_action("package_create")(
        {"user": editor["name"], "ignore_auth": True},
        {**full_dataset, "owner_org": editor["organization"]},
    )
    text = BeautifulSoup(app.get("/dataset/reportes-alumbrado").body, "html.parser").get_text(" ")
    for words in ("Monterrey, Nuevo León", "Monthly", "Municipal record", "Administrative record"):
        assert words in text


def test_editing_keeps_what_the_harvester_wrote(
    app: Any, editor: Any, full_dataset: dict[str, Any]
) -> None:
    """An editor's form has no provenance, and saving it loses none."""
    context = {"user": editor["name"], "ignore_auth": True}
    stored = tk.get_action("package_create")(
        context, {**full_dataset, "owner_org": editor["organization"]}
    )
    form = {
        "title": "Otro título",
        "name": stored["name"],
        "owner_org": editor["organization"],
        "snieg_subsystem": "economico",
        "geographic_level": "municipal",
        "area_codes": "19039, 11020",
        "topics": ["agua", "salud"],
        "temporal_coverage-0-start": "2020",
        "temporal_coverage-0-end": "2021",
        "save": "",
    }
    app.post(f"/dataset/edit/{stored['name']}", data=form, headers=headers(editor))
    changed = tk.get_action("package_show")({"ignore_auth": True}, {"id": stored["id"]})
    assert changed["title"] == "Otro título"
    assert changed["area_codes"] == ["19039", "11020"]
    assert changed["topics"] == ["agua", "salud"]
    assert changed["temporal_coverage"] == [{"start": "2020", "end": "2021"}]
    assert changed["official_status"] == stored["official_status"]
    for name in ("source_url", "source_name", "source_identifier", "harvested_at"):
        assert changed[name] == stored[name]
