"""Files made from the vocabularies and the schema are up to date."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

import pytest
from bs4 import BeautifulSoup
from ckanext.mxcity.dataset import fields, reference, types
from ckanext.mxcity.dataset.field_guide import NORMS
from ckanext.mxcity.dataset.types import TYPES, schema
from ckanext.mxcity.exchange.exports import adela, dcat_us


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
    assert path.read_text(encoding="utf-8") == text, "run ckanext.mxcity.dataset.reference"


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
    document = dict(types.written(name))
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


def rows_of(name: str) -> list[str]:
    """Return the lines of the tables of a page of the reference."""
    text = (reference.FIELDS_FILE.parent / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.startswith("| ")]


def test_the_mapping_to_dcat_tells_every_declared_term() -> None:
    """Each field of any dataset stands in the table with its property, each special one too."""
    rows = rows_of("dcat-mapping.md")
    called = {"tag_string": "`tags`", "owner_org": "organisation"}
    for name, field in fields.every().items():
        words = name.split("_")
        camel = f"mx:{words[0]}{''.join(word.capitalize() for word in words[1:])}"
        usual = name in OF_TYPES and field.term and field.term.property == camel
        if field.term and not usual and name != "feed_protocol":
            told = [row for row in rows if called.get(name, f"`{name}`") in row]
            assert any(f"`{field.term.property}`" in row for row in told), name
    assert fields.every()["feed_protocol"].term.property == "mx:feedProtocol"


#: Fields that only types have.
OF_TYPES = {field["field_name"] for kind in TYPES for field in types.added_fields(kind)}


def test_every_declared_key_of_an_export_is_told() -> None:
    """What a field declares for data.json is in its table; what needs a program has one."""
    told = " ".join(rows_of("exports.md"))
    for key, field in fields.exported("data_json"):
        assert f"`{key}`" in told, field.name
        assert key in dcat_us.KEYS, field.name
    for key, field in fields.exported("catalogo_json"):
        assert key in adela.KEYS, field.name


def test_every_key_fact_has_its_snippet() -> None:
    """The page has a form for each way in which a key fact is shown."""
    folder = resources.files("ckanext.mxcity") / "templates" / "mxcity" / "snippets" / "facts"
    there = {entry.name.removesuffix(".html") for entry in folder.iterdir()}
    assert {fact.way for kind in TYPES for _, fact in fields.key_facts(kind)} <= there
    assert {"text", *fields.KINDS.values()} <= there


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
