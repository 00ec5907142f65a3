"""A city adds a field by declaring it: no code, and it is everywhere."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from bs4 import BeautifulSoup
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.mxcity.dataset import fields, reference, types
from ckanext.mxcity.dataset.fields import DeclarationError
from ckanext.mxcity.exchange.dcat.fields import declared
from ckanext.mxcity.ground import schema_files
from ckanext.mxcity.publishing.form import dataset_of
from ckanext.mxcity.reading.records import Document, Record
from ckanext.sniegharvest.readers import room_client
from ckanext.sniegharvest.sources.types import SOURCE_TYPES
from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, RDF
from type_examples import BASE
from werkzeug.datastructures import MultiDict

MX = Namespace("urn:mxcity:terms:")
PACKAGE = "merida_fields"
SCHEMA = """\
scheming_version: 2
dataset_type: dataset
extends: ckanext.mxcity.schemas:dataset.yaml
about: The dataset of a city that adds two fields
about_url: https://merida.example
dataset_fields:
- field_name: risk_level
  field_group: what
  label: {en: Risk, es_MX: Riesgo}
  standard: {snieg: "Evaluaciones implementadas"}
  preset: mxcity_choice
  vocabulary: risk_levels
  form_include_blank_choice: true
  help_text: {en: "e.g. High.", es_MX: "Por ejemplo: Alto."}
  facet: true
  key_fact: true
  publish_form: {part: folded}
  export: {data_json: riskLevel, catalogo_json: riesgo}
- field_name: hazards
  field_group: what
  label: {en: Hazards, es_MX: Peligros}
  standard: {other: "Mérida"}
  preset: mxcity_text_list
  facet: {label: {en: Hazard, es_MX: Peligro}}
  key_fact: true
  dcat: {property: "dct:coverage"}
  export: {data_json: hazards}
"""
VOCABULARY = """\
version: "1.0.0"
source: Mérida
title: {es: Niveles de riesgo, en: Levels of risk}
terms:
- {key: high, es: Alto, en: High}
- {key: low, es: Bajo, en: Low}
"""


@pytest.fixture
def city_fields(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ckan_config: Any
) -> Iterator[None]:
    """A city's own package of schemas: a file for the fields, one for a vocabulary, an option."""
    folder = tmp_path / PACKAGE
    (folder / "vocabularies").mkdir(parents=True)
    (folder / "__init__.py").touch()
    (folder / "dataset.yaml").write_text(SCHEMA, encoding="utf-8")
    (folder / "vocabularies" / "risk_levels.yaml").write_text(VOCABULARY, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    known = ckan_config["scheming.dataset_schemas"]
    own = known.replace("ckanext.mxcity.schemas:dataset.yaml", f"{PACKAGE}:dataset.yaml")
    monkeypatch.setitem(ckan_config, "scheming.dataset_schemas", own)
    yield
    schema_files.use(())
    sys.modules.pop(PACKAGE, None)


def soup(app: Any, path: str, token: str = "") -> BeautifulSoup:
    headers = {"Authorization": token} if token else {}
    return BeautifulSoup(app.get(path, headers=headers).body, "html.parser")


def facts(page: BeautifulSoup) -> dict[str, str]:
    """The key facts that a page shows, by their label."""
    lines = page.select("dl.mx-facts > div")
    return {line.dt.text: " ".join(line.dd.text.split()) for line in lines}


@pytest.mark.usefixtures("city_fields", "with_plugins", "clean_db", "clean_index", "spanish")
def test_a_declared_field_is_everywhere(app: Any) -> None:
    """Form, API, page, facet, data.json, catalogo.json, Turtle, reference, and back again."""
    user = factories.SysadminWithToken()
    owner = factories.Organization()
    own = {"risk_level": "high", "hazards": ["Inundación", "Huracán"]}

    for kind in types.TYPES:
        form = soup(app, f"/{kind}/new", user["token"])
        choices = form.select("#field-risk_level option")
        assert [choice.text.strip() for choice in choices if choice["value"]] == ["Alto", "Bajo"]
        assert form.select("[name=hazards]")
    sent = MultiDict({"type": "dataset", "title": "Mapa", "risk_level": "low", "hazards": "x"})
    assert dataset_of(sent) == {"type": "dataset", "title": "Mapa", "risk_level": "low"}
    for number, values in enumerate((own, {"risk_level": "Bajo"}, {})):
        tk.get_action("package_create")(
            {"user": user["name"], "ignore_auth": True},
            {**BASE, **values, "name": f"n-{number}", "owner_org": owner["id"]},
        )
    with pytest.raises(tk.ValidationError, match="risk_level"):
        call_action("package_patch", {"user": user["name"]}, id="n-0", risk_level="mucho")

    shown = call_action("package_show", id="n-0")
    assert {name: shown[name] for name in own} == own
    assert call_action("package_show", id="n-1")["risk_level"] == "low"

    report = call_action("mxcity_conformance_show", {"user": user["name"]}, id="n-0")
    states = {element["id"]: element["state"] for element in report["elements"]}
    assert states["evaluaciones"] == "present"

    told = facts(soup(app, "/dataset/n-0"))
    assert (told["Riesgo"], told["Peligros"]) == ("Alto", "Inundación; Huracán")
    assert "Riesgo" not in facts(soup(app, "/dataset/n-2"))

    search = soup(app, "/dataset/")
    titles = [title.text for title in search.select(".mx-facet__title")]
    place = titles.index("Riesgo")
    assert titles[place : place + 2] == ["Riesgo", "Peligro"]
    found = soup(app, "/dataset/?risk_level=high&vocab_hazards=Inundación")
    assert len(found.select(".mx-card__title")) == 1
    counted = call_action("package_search", **{"facet.field": ["risk_level", "vocab_hazards"]})
    assert counted["facets"]["risk_level"] == {"high": 1, "low": 1}
    assert counted["facets"]["vocab_hazards"] == {"Inundación": 1, "Huracán": 1}
    names = {item["display_name"] for item in counted["search_facets"]["risk_level"]["items"]}
    assert names == {"Alto", "Bajo"}

    document = app.get("/data.json").body
    entries = {entry["landingPage"][-3:]: entry for entry in json.loads(document)["dataset"]}
    assert (entries["n-0"]["riskLevel"], entries["n-0"]["hazards"]) == ("Alto", own["hazards"])
    assert not {"riskLevel", "hazards"} & set(entries["n-2"])
    agencies = app.get("/catalogo.json").json["dataset"]
    assert sorted(entry.get("riesgo", "") for entry in agencies) == ["", "Alto", "Bajo"]

    turtle = app.get("/dataset/n-0.ttl").body
    graph = Graph().parse(data=turtle, format="turtle")
    (node,) = graph.subjects(RDF.type, DCAT.Dataset)
    assert graph.value(node, MX.riskLevel) == URIRef("urn:mxcity:risk_levels:high")
    hazards = set(graph.objects(node, URIRef("http://purl.org/dc/terms/coverage")))
    assert hazards == {Literal(text) for text in own["hazards"]}

    listed = soup(app, "/campos")
    assert listed.find("code", string="risk_level")
    assert "`risk_level`" in reference.fields_markdown()

    answer = json.dumps({"success": True, "result": shown}).encode()
    for source, body in (
        ("dcat_rdf", turtle.encode()),
        ("ckan", answer),
        ("dcat_json", document.encode()),
    ):
        for record in again(source, body):
            assert record.dataset["risk_level"] == "high", source
            assert sorted(record.dataset["hazards"]) == sorted(own["hazards"]), source
            assert not {"risk_level", "mx:riskLevel", "riskLevel"} & set(record.unmapped), source


def again(source: str, body: bytes) -> list[Record]:
    """The first dataset as our engine harvests it: here, and behind the walls of the room."""
    reader = SOURCE_TYPES[source].read
    document = Document(body, "https://otra.example/c")
    found = [*reader(document), *room_client.read(reader, document)]
    kept = [record for record in found if "hazards" in record.dataset]
    assert len(kept) == 2
    return kept


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("facet: {orden: 3}", "risk_level: facet has orden; it may have index, label, order"),
        ("export: {rss: x}", "risk_level: export has rss; it may have catalogo_json, data_json"),
        ("facet: [risk]", "risk_level: facet is .'risk'.; it may have index, label, order"),
        ("facet: {order: first}", "risk_level: facet: order is 'first', and not a whole number"),
        ("key_fact: {hide: bajo}", "risk_level: key_fact: hide is 'bajo', and not a list"),
        ("mapping: {ckan: risk}", "risk_level: mapping: ckan is 'risk', and not a rule"),
        ("dcat: {as: magic}", "risk_level: there is no way magic in DCAT"),
        ('dcat: {property: "ex:risk"}', "risk_level: ex:risk has no prefix of adms"),
    ],
)
@pytest.mark.usefixtures("city_fields")
def test_a_declaration_that_nothing_reads_is_named(tmp_path: Path, wrong: str, told: str) -> None:
    """A slip in a schema is said with its file, field and key, and what may stand there."""
    place = tmp_path / PACKAGE / "dataset.yaml"
    start, _, rest = SCHEMA.partition("  facet: true\n")
    place.write_text(f"{start}  {wrong}\n- field_name: hazards" + rest.split("hazards", 1)[1])
    schema_files.use([PACKAGE])
    with pytest.raises(DeclarationError, match=told):
        declared("dataset")


def test_without_a_package_of_a_city_nothing_is_added() -> None:
    """The portal's own schemas have the fields of the portal, and each is declared well."""
    for kind in types.TYPES:
        assert declared(kind)
        assert not {"risk_level", "hazards"} & {field.name for field in fields.fields(kind)}
