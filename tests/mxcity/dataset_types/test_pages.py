"""The pages of each type of dataset, in Spanish: choosing, writing, reading, changes."""

from __future__ import annotations

import re
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from bs4 import BeautifulSoup
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.mxcity.dataset.types import TYPES, added_fields, schema
from rdflib import RDF, Graph
from rdflib.namespace import DCAT, DCTERMS
from type_examples import BASE, OWN, required

pytestmark = pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index", "spanish")

#: English that CKAN would show for a type that has no words of its own.
ENGLISH = re.compile(
    r"\b(Create|Edit|Update|Add|Save|Search|New|Statistical|Geographic|Indicator|Live)\b[^<]{0,12}"
    r"(feed|operation|information|indicator|dataset)s?\b",
    re.IGNORECASE,
)


def soup(app: Any, path: str, token: str = "", **wanted: Any) -> BeautifulSoup:
    headers = {"Authorization": token} if token else {}
    return BeautifulSoup(app.get(path, headers=headers, **wanted).body, "html.parser")


def words(page: BeautifulSoup) -> str:
    """What a person reads of a page, without the names of fields and types in the API."""
    for hidden in page.select("script, style, code"):
        hidden.decompose()
    text = page.get_text(" ", strip=True)
    for kind in TYPES:  # in addresses
        text = text.replace(kind, "")
    return text


def test_pages_of_every_type(app: Any) -> None:
    """Choose a type, see its form, what is missing, the dataset, its changes: all in Spanish."""
    user = factories.SysadminWithToken()
    owner = factories.Organization()
    choice = soup(app, "/conjuntos/nuevo?title=Un+mapa&next=x", user["token"])
    links = [link["href"] for link in choice.select(".mx-kind a")]
    assert links == [f"/{kind}/new?title=Un+mapa" for kind in TYPES]
    app.get("/conjuntos/nuevo", status=403)
    for kind in TYPES:
        form = soup(app, f"/{kind}/new", user["token"])
        for field in added_fields(kind):
            assert form.select_one(f"#field-{field['field_name']}, [name^={field['field_name']}]")
        legends = [legend.text.strip() for legend in form.select("form fieldset > legend.h4")]
        assert legends == [group["label"]["es_MX"] for group in schema(kind)["field_groups"]]
        sent = app.post(
            f"/{kind}/new",
            headers={"Authorization": user["token"]},
            data={"title": f"Título {kind}", "name": f"n-{kind}", "save": "", "pkg_name": ""},
        )
        assert "Missing value" not in sent.body
        assert "error-block" in sent.body
        values = {**BASE, **required(kind), **OWN.get(kind, {})}
        made = tk.get_action("package_create")(
            {"user": user["name"], "ignore_auth": True},
            {**values, "type": kind, "name": f"n-{kind}", "owner_org": owner["id"],
             "resources": [{"url": "https://e.example/a.csv", "name": "Archivo", "format": "CSV"}]},
        )  # fmt: skip
        file = made["resources"][0]["id"]
        for path in (
            f"/{kind}/n-{kind}",
            f"/dataset/n-{kind}",
            f"/{kind}/edit/n-{kind}",
            f"/{kind}/n-{kind}/resource/{file}",
            f"/{kind}/n-{kind}/resource/{file}/edit",
            f"/{kind}/resources/n-{kind}",
            f"/{kind}/activity/n-{kind}",
            f"/{kind}/new",
            f"/{kind}/",
        ):
            page = soup(app, path, user["token"])
            assert not ENGLISH.search(words(page)), (path, ENGLISH.search(words(page)))
        read = soup(app, f"/dataset/n-{kind}")
        badge = read.select_one(".mx-badge--type")
        assert (badge is None) == (kind == "dataset")
        shown = {term.text.strip() for term in read.select(".mx-sheet dt")}
        assert shown == {field["label"]["es_MX"] for field in added_fields(kind)}
        assert all(told.text.strip() for told in read.select(".mx-sheet dd"))
    facets = soup(app, "/dataset/").select("a[href*='dataset_type=']")
    assert len(facets) == len(TYPES)
    assert call_action("package_search", rows=0)["count"] == len(TYPES)


def test_exports_and_figures_hold_every_type_once(app: Any) -> None:
    """data.json, the catalogue in RDF, the home page and the ministry's page count all types."""
    owner = factories.Organization(name="mty-ssp")
    user = factories.Sysadmin()["name"]
    for kind in TYPES:
        tk.get_action("package_create")(
            {"user": user, "ignore_auth": True},
            {**required(kind), "name": f"n-{kind}", "title": f"T {kind}", "owner_org": owner["id"]},
        )
    titles = sorted(f"T {kind}" for kind in TYPES)
    entries = app.get("/data.json").json["dataset"]
    assert sorted(entry["title"] for entry in entries) == titles
    catalogue = app.get("/catalog.ttl").body
    graph = Graph().parse(data=catalogue, format="turtle")
    datasets = graph.subjects(RDF.type, DCAT.Dataset)
    assert sorted(str(graph.value(node, DCTERMS.title)) for node in datasets) == titles
    report = call_action("mxcity_organization_conformance_show", id="mty-ssp")
    assert report["datasets"] == len(TYPES)
    home = soup(app, "/")
    assert f"{len(TYPES)}" in home.select_one("dl dd").text


def test_fields_of_a_type_are_elements_of_the_norm() -> None:
    """What has a field of its own is not asked for again, per dataset and per ministry."""
    owner = factories.Organization(name="mty-ssp")
    survey = tk.get_action("package_create")(
        {"user": factories.Sysadmin()["name"], "ignore_auth": True},
        {**BASE, **OWN["statistical-operation"], "type": "statistical-operation",
         "name": "encuesta", "owner_org": owner["id"]},
    )  # fmt: skip
    report = call_action("mxcity_conformance_show", id=survey["id"])
    states = {element["id"]: element["state"] for element in report["elements"]}
    named = {
        element["id"]: set(element["fields"]) & set(OWN["statistical-operation"])
        for element in report["elements"]
    }
    filled = {id_ for id_, fields in named.items() if fields}
    assert len(filled) >= 25
    assert {states[id_] for id_ in filled} == {"present"}
    whole = call_action("mxcity_organization_conformance_show", id="mty-ssp")
    counted = {element["id"] for element in whole["elements"] if element["present"] == 1}
    assert counted == {id_ for id_, state in states.items() if state == "present"}
