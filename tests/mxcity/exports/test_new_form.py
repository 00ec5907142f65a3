"""A new form of the catalogue is a function for a dataset and an entry of the registry."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import ckan.config.middleware as middleware
import ckan.plugins.toolkit as tk
import pytest
from bs4 import BeautifulSoup
from ckan.config.middleware.flask_app import make_flask_stack
from ckan.tests import helpers
from ckanext.mxcity.dataset import fields
from ckanext.mxcity.exchange.exports.forms import FORMS, Entry, Form
from ckanext.mxcity.exchange.exports.publisher import Publisher
from ckanext.mxcity.exchange.exports.rdf import FORMATS
from ckanext.mxcity.guard import heavy
from flask import g

REPOSITORY = Path(__file__).resolve().parents[3]


def head(publisher: Publisher, address: str) -> dict[str, Any]:
    """The first line: where the list is from."""
    return {"address": address}


def entry(values: dict[str, Any]) -> dict[str, Any]:
    """A dataset: its identifier and its title."""
    return {"id": values["id"], "title": values["title"]}


def lines(
    first: dict[str, Any], chunks: Iterable[list[dict[str, Any]]], entry: Entry
) -> Iterator[bytes]:
    """One JSON object a line."""
    yield (json.dumps(first) + "\n").encode()
    for chunk in chunks:
        yield "".join(json.dumps(entry(values)) + "\n" for values in chunk).encode()


LINES = Form(
    "catalogo.jsonl",
    {"en": "The catalogue, a dataset a line", "es_MX": "El catálogo, un conjunto por línea"},
    "one dataset a line",
    head,
    entry,
    "application/jsonl",
    lines,
)


@pytest.fixture(scope="module")
def web(portal: Any) -> Iterator[Any]:
    """The web application of a portal that has one more form, made for these tests alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(FORMS, LINES.file, LINES)
        application = make_flask_stack()
        inside = application._wsgi_app.test_request_context()
        patch.setattr(middleware, "_internal_test_request_context", inside)
        yield helpers.CKANTestApp(application)


def test_form_has_its_addresses(web: Any, portal: Any) -> None:
    """The form is at its address, whole, and at that of each organisation; 304 if unchanged."""
    answer = web.get("/catalogo.jsonl")
    assert answer.headers["Content-Type"] == "application/jsonl; charset=utf-8"
    first, *datasets = map(json.loads, answer.body.splitlines())
    assert first == {"address": f"{tk.config['ckan.site_url']}/catalogo.jsonl"}
    known = json.loads(web.get("/data.json").body)["dataset"]
    assert [one["title"] for one in datasets] == [one["title"] for one in known] != []
    again = web.get("/catalogo.jsonl", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    own = web.get("/organization/mty-agua/catalogo.jsonl").body.splitlines()
    assert 1 < len(own) < len(datasets)
    web.get("/organization/no-hay/catalogo.jsonl", status=404)
    web.get("/organization/mty-agua/catalogo.csv", status=404)


def test_form_is_on_the_pages(web: Any) -> None:
    """The home page, the page about the portal and the API's description lead to the form."""
    home = BeautifulSoup(web.get("/").body, "html.parser")
    (link,) = home.select('link[rel="alternate"][title="catalogo.jsonl"]')
    assert (link["type"], link["href"]) == ("application/jsonl", "/catalogo.jsonl")
    about = web.get("/about").body
    assert "The catalogue, a dataset a line" in about
    assert "/catalogo.jsonl<" in about
    docs = BeautifulSoup(web.get("/api/docs").body, "html.parser")
    assert "The catalogue, a dataset a line" in docs.find(id="catalogo_jsonl").get_text()
    assert "/catalogo.jsonl" in json.loads(web.get("/api/openapi.json").body)["paths"]


def test_form_takes_turns(web: Any) -> None:
    """The form is counted among the requests that ask for much."""
    with web.flask_app.test_request_context("/organization/mty-agua/catalogo.jsonl"):
        assert heavy.refuse_when_full() is None
        place = g.pop("mxcity_heavy_place")
        assert place.held
        place.give_back()
    with web.flask_app.test_request_context("/about"):
        assert heavy.refuse_when_full() is None
        assert "mxcity_heavy_place" not in g


def test_form_is_in_the_reference(web: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reference has the addresses of every form, and the API's description those of DCAT."""
    folder = REPOSITORY / "docs" / "reference"
    monkeypatch.syspath_prepend(str(folder))
    spec = importlib.util.spec_from_file_location("reference_build", folder / "build.py")
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    written = build.exports()
    assert "| `/catalogo.jsonl` | the whole catalogue, one dataset a line |" in written
    assert "`/organization/NAME/catalogo.jsonl`" in written


def test_fields_declare_keys_of_forms_that_there_are() -> None:
    """A field may have a key only in a form that the registry has."""
    assert set(fields.EXPORTS) <= {form.endpoint for form in FORMS.values()}


def test_formats_of_dcat_are_described(web: Any) -> None:
    """The API's description offers the formats that the DCAT catalogue has."""
    paths = json.loads(web.get("/api/openapi.json").body)["paths"]
    for path in ("/catalog.{format}", "/api/3/action/dcat_catalog_show"):
        (format_,) = [one for one in paths[path]["get"]["parameters"] if one["name"] == "format"]
        assert format_["schema"]["enum"] == list(FORMATS)
