"""A steward brings a Table Schema: the table, and its next versions, are checked against it."""

from __future__ import annotations

import io
import json
import time
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
from bs4 import BeautifulSoup

from tests.mxcity.publishing.desk import CLEAN, METADATA, reviewed, rows_of, work

SCHEMA = {
    "title": "Reportes con costo",
    "fields": [
        {"name": "Folio", "constraints": {"pattern": "AP-[0-9]+"}},
        {"name": "Fecha de recepción", "type": "date", "format": "%d/%m/%Y"},
        {"name": "Colonia", "constraints": {"enum": ["Centro", "Obispado"]}},
        {"name": "Costo", "type": "number", "decimalChar": ",", "constraints": {"minimum": 0}},
    ],
}

pytestmark = pytest.mark.usefixtures("migrated_db", "clean_queue")


def made(act: Any, ministry: dict[str, Any], private: bool = False) -> dict[str, Any]:
    """A dataset of the ministry without files."""
    told = {"owner_org": ministry["id"], "geographic_level": "municipal", "private": private}
    return act("package_create", name=f"prueba-{time.time_ns()}", **METADATA, **told)


def test_page_takes_a_schema_and_keeps_it(
    app: Any, act: Any, send: Any, clerk: dict[str, Any], ministry: dict[str, Any]
) -> None:
    """The schema that comes as a file is followed, survives an error, and stays with the file."""
    headers = {"Authorization": clerk["token"]}
    address = f"/publicar/{send('reportes.csv', CLEAN)['id']}"
    reviewed(app, address, headers)
    form = {
        **METADATA, "owner_org": ministry["id"], "geographic_level": "municipal", "reading": "1",
    }  # fmt: skip

    def post(**told: Any) -> Any:
        return app.post(address, headers=headers, data=told, follow_redirects=False)

    def sent(schema: Any) -> Any:
        return io.BytesIO(json.dumps(schema).encode()), "reportes.json"

    wrong = post(**form, **{"t-0-own": sent({"fields": [{"name": "x", "type": "duration"}]})})
    assert wrong.status_code == 422
    assert 'href="#t-0-own"' in wrong.text
    assert "«duration»" in BeautifulSoup(wrong.text, "html.parser").find(id="error-t-0-own").text
    unsaid = post(**{**form, "snieg_subsystem": ""}, **{"t-0-own": sent(SCHEMA)})
    assert unsaid.status_code == 422
    page = BeautifulSoup(unsaid.text, "html.parser")
    chosen = page.select_one("#t-0-schema option[selected]")
    assert (chosen["value"], chosen.text) == ("own", "Reportes con costo")
    known = page.find("input", {"name": "t-0-known"})["value"]
    assert post(**form, **{"t-0-schema": "own", "t-0-known": known}).status_code == 302
    work()
    found = act("mxcity_upload_show", id=address.split("/")[-1])
    (error,) = found["verdicts"][0]["report"]["errors"]
    assert (error["row"], error["column"], error["value"]) == (4, "colonia", "Mitras")
    again = BeautifulSoup(app.get(address, headers=headers).text, "html.parser")
    assert again.find("input", {"name": "t-0-known"}), "what was decided stays with the file"
    named = {**METADATA, "owner_org": ministry["id"]}
    act("mxcity_publish", id=found["id"], dataset=named, set_aside=True, tables=[
        {"name": "reportes", "schema": found["choices"]["tables"][0]["schema"]}])  # fmt: skip
    work()
    done = act("mxcity_upload_show", id=found["id"])
    assert (done["state"], done["failure"]) == ("published", "")
    (resource,) = act("package_show", id=done["dataset_id"])["resources"]
    rows = rows_of(resource["id"])
    assert [row["costo"] for row in rows] == [1250.5, 980]
    assert str(rows[0]["fecha_de_recepcion"]).startswith("2024-01-31")
    shown = app.get(f"/dataset/{done['dataset_id']}/resource/{resource['id']}").text
    assert "Reportes con costo" in shown
    schema = app.get(f"/esquemas-de-tablas/{resource['id']}.json").json
    assert [field["title"] for field in schema["fields"]] == [f["name"] for f in SCHEMA["fields"]]
    template = app.get(f"/esquemas-de-tablas/{resource['id']}.csv").text
    assert template.lstrip("\ufeff").startswith("folio,fecha_de_recepcion,colonia,costo")
    version = act("mxcity_upload_create", name="reportes.csv", size=len(CLEAN),
                  dataset_id=done["dataset_id"])  # fmt: skip
    act("mxcity_upload_append", id=version["id"], offset=0, upload=CLEAN)
    act("mxcity_file_read", id=version["id"])
    work()
    act("mxcity_publish", id=version["id"])
    work()
    second = act("mxcity_upload_show", id=version["id"])
    assert second["state"] == "errors", "the next version is checked against the same"


def test_schema_of_a_file_is_seen_with_the_file(
    app: Any, act: Any, clerk: dict[str, Any], ministry: dict[str, Any]
) -> None:
    """Of a private dataset nobody else learns the columns."""
    dataset = made(act, ministry, private=True)
    resource = act("resource_create", package_id=dataset["id"], name="x", format="CSV",
                   url="https://example.org/x.csv", table_schema=json.dumps(SCHEMA))  # fmt: skip
    address = f"/esquemas-de-tablas/{resource['id']}.json"
    app.get(address, status=404)
    app.get("/esquemas-de-tablas/no-existe.json", status=404)
    assert app.get(address, headers={"Authorization": clerk["token"]}).json["title"]


@pytest.mark.parametrize(
    ("told", "said"),
    [("{", "Table Schema"), ("no-existe", "reportes-alumbrado"),
     (json.dumps({"fields": [{"name": "x", "type": "duration"}]}), "duration")],
)  # fmt: skip
def test_form_refuses_what_is_no_schema(
    act: Any, ministry: dict[str, Any], spanish: None, told: str, said: str
) -> None:
    """The field of CKAN's own form says what is wrong."""
    dataset = made(act, ministry)
    with pytest.raises(tk.ValidationError) as caught:
        act("resource_create", package_id=dataset["id"], url="https://example.org/x.csv",
            table_schema=told)  # fmt: skip
    assert said in str(caught.value.error_dict["table_schema"])
    model.Session.rollback()
