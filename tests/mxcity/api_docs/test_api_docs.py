"""The description of the API is valid, complete, and each of its examples works."""

from __future__ import annotations

import json
from contextlib import suppress
from io import BytesIO
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
from bs4 import BeautifulSoup
from ckan.tests import factories, helpers
from ckanext.mxcity.catalogue.api_docs.operations import Operation, load, operation_of
from ckanext.mxcity.exchange.exports import forms
from ckanext.mxcity.publishing import config
from ckanext.mxcity.publishing.upload_files import UploadError
from openapi_spec_validator import validate

from tests.mxcity.publishing.desk import context, work

OPERATIONS = (*map(operation_of, forms.operations()), *load()[1])
TABLE = "5f0c1a52-8c0e-4f0a-9b7e-0c4b6f1a2d3e"


@pytest.fixture(scope="module")
def portal(load_plugins, empty_db, reset_index) -> dict[str, Any]:
    """A portal with what the examples name: an organisation, a dataset, a table, an editor."""
    load_plugins()
    empty_db()
    reset_index()
    editor = factories.UserWithToken()
    organization = factories.Organization(
        name="mty-servicios", users=[{"name": editor["name"], "capacity": "admin"}]
    )
    dataset = factories.Dataset(
        name="reportes-de-alumbrado",
        owner_org=organization["id"],
        snieg_subsystem="geografico_ambiental",
        geographic_level="municipal",
    )
    factories.Resource(
        id=TABLE, package_id=dataset["id"], url="https://datos.example/a.csv", format="CSV"
    )
    fields = [{"id": "municipio", "type": "text"}, {"id": "reportes", "type": "int4"}]
    rows = [{"municipio": "039", "reportes": 7}, {"municipio": "048", "reportes": 3}]
    tk.get_action("datastore_create")(
        {"ignore_auth": True, "model": model},
        {"resource_id": TABLE, "force": True, "fields": fields, "records": rows},
    )
    _send("0123456789abcdef0123456789abcdef", editor)
    _send("fedcba9876543210fedcba9876543210", editor)
    tk.get_action("mxcity_file_read")(context(editor), {"id": "fedcba9876543210fedcba9876543210"})
    work()
    return {"app": helpers._get_test_app(), "token": editor["token"], "editor": editor}


def _send(upload_id: str, user: dict[str, Any]) -> None:
    """Send a file whose upload has the identifier that the examples name."""
    store, content = config.store(), b"dia,reportes\n2024-01-31,7\n"
    with suppress(UploadError):
        store.get(user["id"], upload_id).delete()
    made = store.create(user["id"], "reportes.csv", len(content))
    made.append(0, BytesIO(content))
    home = made.path.parent
    facts = json.loads((home / f"{made.id}.json").read_text())
    (home / f"{upload_id}.json").write_text(json.dumps({**facts, "id": upload_id}))
    (home / made.id).rename(home / upload_id)
    (home / f"{made.id}.json").unlink()


def test_document_is_valid(portal: dict[str, Any]) -> None:
    """The document is OpenAPI 3.1, and holds every operation."""
    document = json.loads(portal["app"].get("/api/openapi.json").body)
    validate(document)
    assert document["openapi"].startswith("3.1")
    assert set(document["paths"]) == {operation.path for operation in OPERATIONS}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_example_works(portal: dict[str, Any], operation: Operation) -> None:
    """What the page says to send is answered as the page says."""
    headers = {"Authorization": portal["token"]} if operation.who == "staff" else {}
    if operation.name == "mxcity_upload_delete":
        _send(operation.examples("body")["id"], portal["editor"])
    if operation.method == "post":
        answer = portal["app"].post(
            operation.example_path(), json=operation.examples("body"), headers=headers, status=200
        )
    else:
        answer = portal["app"].get(
            operation.example_path(),
            query_string=operation.examples("query"),
            headers=headers,
            status=200,
        )
    if operation.answer == "action":
        assert json.loads(answer.body)["success"] is True
    else:
        assert answer.get_data()


@pytest.mark.parametrize(
    "operation",
    [found for found in OPERATIONS if found.who == "staff"],
    ids=lambda found: found.name,
)
def test_staff_operations_need_a_token(portal: dict[str, Any], operation: Operation) -> None:
    """What says that it needs a token is refused without one."""
    if operation.method == "post":
        body = operation.examples("body")
        portal["app"].post(operation.example_path(), json=body, status=403)
    else:
        query = operation.examples("query")
        portal["app"].get(operation.example_path(), query_string=query, status=403)


def test_examples_are_complete() -> None:
    """Every required parameter has an example, and every name is another."""
    missing = [
        (operation.name, parameter.name)
        for operation in OPERATIONS
        for parameter in operation.parameters
        if parameter.required and parameter.example is None
    ]
    assert missing == []
    assert len({operation.name for operation in OPERATIONS}) == len(OPERATIONS)


def test_page_shows_each(portal: dict[str, Any]) -> None:
    """The page has each operation with its example."""
    page = BeautifulSoup(portal["app"].get("/api/docs").body, "html.parser")
    for operation in OPERATIONS:
        shown = page.find(id=operation.name).get_text(" ", strip=True)
        assert operation.summary["en"] in shown
        assert operation.example_path() in shown
