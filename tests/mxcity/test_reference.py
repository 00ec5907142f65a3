"""Files made from the vocabularies and the schema are up to date."""

from __future__ import annotations

import json
from typing import Any

import pytest
from bs4 import BeautifulSoup
from ckanext.mxcity import dataset_types, reference
from ckanext.mxcity.dataset_types import TYPES, schema
from ckanext.mxcity.field_guide import NORMS


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (reference.LICENCES_FILE, reference.licences_json()),
        (reference.FIELDS_FILE, reference.fields_markdown()),
    ],
    ids=["licences", "fields"],
)
def test_file_is_current(path: Any, text: str) -> None:
    """What is in the repository is what the YAML says today."""
    assert path.read_text(encoding="utf-8") == text, "run python -m ckanext.mxcity.reference"


def test_licences_are_open_or_not() -> None:
    """CKAN is told which licences are open."""
    licences = {
        entry["id"]: entry["od_conformance"] for entry in json.loads(reference.licences_json())
    }
    assert licences["CC-BY-4.0"] == "approved"
    assert licences["CC-BY-NC-4.0"] == "rejected"


@pytest.mark.parametrize("name", [*(f"{kind}.yaml" for kind in TYPES), "organization.yaml"])
def test_every_field_speaks_to_people(name: str) -> None:
    """Each field has a label in both languages, a norm, and help where people write."""
    document = dict(dataset_types.written(name))
    if "extends" in document:
        document = dict(schema(name.removesuffix(".yaml")))
    fields = [*document.get("dataset_fields", []), *document.get("resource_fields", [])]
    fields += document.get("fields", [])
    fields += [sub for field in fields for sub in field.get("repeating_subfields", [])]
    inner = {id(sub) for field in fields for sub in field.get("repeating_subfields", [])}
    for field in fields:
        assert {"en", "es_MX"} <= set(field["label"]), field["field_name"]
        named = field.get("standard", {})
        assert id(field) in inner or named, field["field_name"]
        assert set(named) <= set(NORMS), field["field_name"]
        written = field.get("form_snippet", "") is not None and field.get("preset") not in (
            "mxcity_provenance",
            "organization_url_upload",
        )
        if written and not field.get("repeating_subfields") and "vocabulary" not in field:
            spoken = str(field.get("help_text", field.get("form_placeholder")))
            assert {"en", "es_MX"} <= set(field.get("help_text", field.get("form_placeholder")))
            assert spoken


@pytest.mark.usefixtures("with_plugins")
def test_page_shows_every_field_and_value(app: Any) -> None:
    """The page of the portal says of each field what it is, its norm and its values."""
    page = BeautifulSoup(app.get("/campos", headers={"Accept-Language": "es"}).body, "html.parser")
    rows = {row.find("code").text: row.text for row in reversed(page.select("tbody tr"))}
    for kind in TYPES:
        assert {field["field_name"] for field in schema(kind)["dataset_fields"]} <= set(rows)
    assert "dct:title" in rows["title"]
    assert "pnd2019_social" in page.select_one("#list-pnd_axes").text
    linked = {link["href"] for link in page.select("tbody a")}
    assert linked
    assert all(page.select_one(target) for target in linked)
