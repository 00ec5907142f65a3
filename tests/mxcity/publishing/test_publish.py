"""From a file to a published dataset: the actions, the pages and the worker, on real servers."""

from __future__ import annotations

import base64
import csv
import io
import time
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
from bs4 import BeautifulSoup
from ckan.tests import factories
from ckanext.mxcity.publishing.identifiers import own_id

from tests.mxcity.publishing.desk import (
    CLEAN,
    LIGHTS,
    METADATA,
    context,
    reviewed,
    rows_of,
    work,
)

#: Of a dataset, told apart from those of other runs.
NAME = f"reportes-{time.time_ns()}"

pytestmark = pytest.mark.usefixtures("migrated_db", "clean_queue")


@pytest.fixture
def default_views(monkeypatch: pytest.MonkeyPatch) -> None:
    """The previews that a portal adds by itself, as ``ckan.ini`` has them."""
    views = ["mxcity_map_view", "mxcity_table_view", "mxcity_chart_view"]
    monkeypatch.setitem(tk.config, "ckan.views.default_views", views)


def views_of(resource_id: str) -> set[str]:
    """The kinds of previews that a file has."""
    found = tk.get_action("resource_view_list")({"ignore_auth": True}, {"id": resource_id})
    return {view["view_type"] for view in found}


def test_file_becomes_a_dataset(
    act: Any, send: Any, ministry: dict[str, Any], default_views: None
) -> None:
    """A Latin-1 file with semicolons, decimal commas and days first is published as good CSV."""
    read = send("reportes_2024.csv", CLEAN)
    assert read["state"] == "ready", read
    assert [c["type"] for c in read["choices"]["tables"][0]["columns"]] == [
        "string",
        "date",
        "string",
        "number",
    ]
    columns = [{"name": "costo", "title": "Costo en pesos", "description": "Con IVA"}]
    act(
        "mxcity_publish",
        id=read["id"],
        dataset={**METADATA, "name": NAME, "owner_org": ministry["id"]},
        tables=[{"name": "reportes_2024", "columns": columns}],
    )
    work()
    done = act("mxcity_upload_show", id=read["id"])
    assert (done["state"], done["failure"]) == ("published", "")
    dataset = tk.get_action("package_show")({"ignore_auth": True}, {"id": NAME})
    assert dataset["state"] == "active"
    assert dataset["temporal_coverage"] == [{"start": "2024-01-31", "end": "2024-02-28"}]
    assert dataset["area_codes"] == ["19039"]
    (resource,) = dataset["resources"]
    assert resource["format"] == "CSV"
    assert views_of(resource["id"]) == {"mxcity_table_view", "mxcity_chart_view"}
    rows = rows_of(resource["id"])
    assert [row["costo"] for row in rows] == [1250.5, 980, 12.75]
    assert str(rows[0]["fecha_de_recepcion"]).startswith("2024-01-31")
    table = tk.get_action("datastore_info")({"ignore_auth": True}, {"id": resource["id"]})
    costs = next(field for field in table["fields"] if field["id"] == "costo")
    assert (costs["info"]["label"], costs["info"]["notes"]) == ("Costo en pesos", "Con IVA")
    assert done["size"] == 0, "what was published takes no room any more"


def test_wrong_cells_are_named_and_set_aside(
    act: Any,
    send: Any,
    ministry: dict[str, Any],
    app: Any,
    clerk: dict[str, Any],
    default_views: None,
) -> None:
    """A table of a known schema is checked: nothing is published until the steward says so."""
    read = send("alumbrado.csv", LIGHTS)
    assert read["choices"]["tables"][0]["schema"] == "reportes-alumbrado"
    told = {"id": read["id"], "dataset": {**METADATA, "owner_org": ministry["id"]}}
    act("mxcity_publish", **told)
    work()
    found = act("mxcity_upload_show", id=read["id"])
    assert found["state"] == "errors"
    (error,) = found["verdicts"][0]["report"]["errors"]
    assert (error["row"], error["column"], error["value"]) == (3, "estado", "perdido")
    headers = {"Authorization": clerk["token"]}
    answer = app.get(f"/publicar/{read['id']}/errores.csv", headers=headers)
    assert list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))))[1][1:4] == [
        "3",
        "estado",
        "perdido",
    ]
    page = app.get(f"/publicar/{read['id']}", headers=headers).text
    assert "apartar" in page
    assert 'href="#v0-fila-3"' in page
    row = BeautifulSoup(page, "html.parser").find(id="v0-fila-3")
    assert row.find("mark").get_text() == "perdido", "the error leads to its row"
    bad = app.get(f"/publicar/{read['id']}/filas-0.csv", headers=headers)
    assert list(csv.reader(io.StringIO(bad.text.lstrip("\ufeff")))) == [
        LIGHTS.decode().splitlines()[0].split(","),
        LIGHTS.decode().splitlines()[2].split(","),
    ]
    assert model.Package.get(own_id(read["id"])) is None, "a try that failed leaves no draft"
    act("mxcity_publish", **told, set_aside=True)
    work()
    done = act("mxcity_upload_show", id=read["id"])
    assert done["state"] == "published", done
    resource = tk.get_action("package_show")({"ignore_auth": True}, {"id": done["dataset_id"]})[
        "resources"
    ][0]
    assert [row["folio"] for row in rows_of(resource["id"])] == ["AP-2024-00001", "AP-2024-00003"]
    assert views_of(resource["id"]) == {"mxcity_table_view", "mxcity_map_view"}
    assert "AP-2024-00002" in app.get(f"/publicar/{read['id']}/filas-0.csv", headers=headers).text
    start = app.get("/publicar", headers=headers).text
    assert f"/publicar/{read['id']}/filas-0.csv" in start, "what was set aside is not lost"
    other = factories.UserWithToken()
    factories.Organization(users=[{"name": other["name"], "capacity": "editor"}])
    theirs = {"Authorization": other["token"]}
    app.get(f"/publicar/{read['id']}/filas-0.csv", headers=theirs, status=404)


def test_new_version_takes_the_place_of_the_old(
    act: Any, send: Any, ministry: dict[str, Any], app: Any, clerk: dict[str, Any]
) -> None:
    """A file of the same name keeps the address and the dictionary of the one that was there."""
    first = send("reportes.csv", CLEAN)
    columns = [{"name": "costo", "title": "Costo en pesos", "description": "Con IVA"}]
    act(
        "mxcity_publish",
        id=first["id"],
        dataset={**METADATA, "owner_org": ministry["id"]},
        tables=[{"name": "reportes", "columns": columns}],
    )
    work()
    dataset = act("package_show", id=act("mxcity_upload_show", id=first["id"])["dataset_id"])
    assert len(rows_of(dataset["resources"][0]["id"])) == 3
    more = CLEAN + "AP-4;01/03/2024;Centro;1,00\n".encode("latin-1")
    second = act(
        "mxcity_upload_create", name="reportes.csv", size=len(more), dataset_id=dataset["id"]
    )
    act("mxcity_upload_append", id=second["id"], offset=0, upload=more)
    act("mxcity_file_read", id=second["id"])
    work()
    headers = {"Authorization": clerk["token"]}
    page = reviewed(app, f"/publicar/{second['id']}", headers)
    assert "Costo en pesos" in page
    assert 'name="snieg_subsystem"' not in page, "the dataset is described already"
    sent = {"reading": "1"}
    app.post(f"/publicar/{second['id']}", headers=headers, data=sent, follow_redirects=False)
    work()
    done = act("mxcity_upload_show", id=second["id"])
    assert (done["state"], done["failure"]) == ("published", "")
    after = act("package_show", id=dataset["id"])
    assert [r["id"] for r in after["resources"]] == [r["id"] for r in dataset["resources"]]
    assert after["title"] == dataset["title"]
    assert len(rows_of(after["resources"][0]["id"])) == 4
    fields = act("datastore_info", id=after["resources"][0]["id"])["fields"]
    costs = next(field for field in fields if field["id"] == "costo")
    assert costs["info"]["notes"] == "Con IVA"
    words = more.replace(b"1.250,50", b"mucho").replace(b"980,00", b"poco")
    third = act(
        "mxcity_upload_create", name="reportes.csv", size=len(words), dataset_id=dataset["id"]
    )
    act("mxcity_upload_append", id=third["id"], offset=0, upload=words)
    act("mxcity_file_read", id=third["id"])
    work()
    columns = act("mxcity_upload_show", id=third["id"])["choices"]["tables"][0]["columns"]
    assert columns[3]["type"] == "number", "words in a column of figures are wrong cells"
    other = factories.User()
    factories.Organization(users=[{"name": other["name"], "capacity": "editor"}])
    with pytest.raises(tk.NotAuthorized):
        tk.get_action("mxcity_upload_create")(
            context(other), {"name": "a.csv", "size": 1, "dataset_id": dataset["id"]}
        )


def test_refused_file_says_why(act: Any, send: Any, ministry: dict[str, Any]) -> None:
    """A picture under another name is refused in Spanish and can be discarded."""
    read = send("datos.csv", b"\x89PNG\r\n\x1a\n" + bytes(200))
    assert read["state"] == "refused"
    assert read["refused"]
    with pytest.raises(tk.ValidationError):
        act("mxcity_publish", id=read["id"], dataset={})
    act("mxcity_upload_delete", id=read["id"])
    with pytest.raises(tk.ObjectNotFound):
        act("mxcity_upload_show", id=read["id"])


def test_wrong_metadata_are_told_at_once(act: Any, send: Any, ministry: dict[str, Any]) -> None:
    """The field is named, nothing waits for the worker, and the file can be published after."""
    read = send("reportes.csv", CLEAN)
    with pytest.raises(tk.ValidationError) as caught:
        act("mxcity_publish", id=read["id"], dataset={"title": "X", "owner_org": ministry["id"]})
    assert "snieg_subsystem" in caught.value.error_dict
    model.Session.rollback()
    assert act("mxcity_upload_show", id=read["id"])["state"] == "ready"
    for table in ({"name": "otra"}, {"name": "reportes", "schema": "x"}):
        with pytest.raises(tk.ValidationError):
            act("mxcity_publish", id=read["id"], dataset=METADATA, tables=[table])


def test_only_members_and_only_their_own(
    act: Any, send: Any, ministry: dict[str, Any], app: Any
) -> None:
    """Who may publish nowhere may send nothing; another clerk sees no upload of the first."""
    read = send("reportes.csv", CLEAN)
    outsider, other = factories.User(), factories.User()
    factories.Organization(users=[{"name": other["name"], "capacity": "editor"}])
    with pytest.raises(tk.NotAuthorized):
        tk.get_action("mxcity_upload_create")(context(outsider), {"name": "a.csv", "size": 3})
    with pytest.raises(tk.ObjectNotFound):
        tk.get_action("mxcity_upload_show")(context(other), {"id": read["id"]})
    with pytest.raises(tk.NotAuthorized):
        act(
            "mxcity_publish",
            id=read["id"],
            dataset={**METADATA, "owner_org": factories.Organization()["id"]},
        )
    answer = app.get("/publicar", follow_redirects=False)
    assert answer.status_code == 302
    assert "/user/login" in answer.headers["Location"]


def test_tus(app: Any, clerk: dict[str, Any], ministry: dict[str, Any]) -> None:
    """Any client of tus sends a file in pieces: made, asked for, added to, ended."""
    headers = {"Authorization": clerk["token"], "Tus-Resumable": "1.0.0"}
    name = base64.b64encode("año 2024.csv".encode()).decode()
    length = {"Upload-Length": "6", "Upload-Metadata": f"filename {name}"}
    made = app.post("/publicar/archivos", headers={**headers, **length})
    assert made.status_code == 201
    address = made.headers["Location"]
    kind = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
    first = app.client.patch(address, headers={**headers, **kind}, data=b"a,b\n")
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "4")
    again = app.client.patch(address, headers={**headers, **kind}, data=b"a,b\n")
    assert again.status_code == 409
    asked = app.client.head(address, headers=headers)
    assert (asked.headers["Upload-Offset"], asked.headers["Upload-Length"]) == ("4", "6")
    assert app.client.head(address, headers={**headers, "Tus-Resumable": "0.2"}).status_code == 412
    assert app.client.delete(address, headers=headers).status_code == 204
    assert app.client.head(address, headers=headers).status_code == 404
    large = {**headers, "Upload-Length": str(10**12)}
    assert app.post("/publicar/archivos", headers=large).status_code == 413
    for odd in ("²", "9" * 5_000, "-1", "1e3", ""):
        length = {**headers, "Upload-Length": odd.encode().decode("latin-1")}
        assert app.post("/publicar/archivos", headers=length).status_code == 400


def test_pages_without_javascript(
    app: Any, clerk: dict[str, Any], ministry: dict[str, Any]
) -> None:
    """The form alone sends the file, shows what was understood in Spanish, and publishes."""
    headers = {"Authorization": clerk["token"]}
    answer = app.get("/publicar", headers=headers)
    assert "Publicar un archivo" in answer.text
    sent = app.post(
        "/publicar",
        headers=headers,
        data={"file": (io.BytesIO(CLEAN), "reportes_2024.csv")},
        follow_redirects=False,
    )
    assert sent.status_code == 302, sent.text
    address = sent.headers["Location"]
    assert "espera en la cola" in app.get(address, headers=headers).text
    work()
    page = app.get(address, headers=headers).text
    assert "1.250,50" in page
    assert "Reportes 2024" in reviewed(app, address, headers)
    form = {
        "reading": "1",
        "title": "Reportes 2024",
        "name": "reportes-2024",
        "snieg_subsystem": "",
        "owner_org": ministry["id"],
        "geographic_level": "municipal",
        "area_codes": "19039",
        "temporal_coverage-0-start": "2024-01-01",
        "temporal_coverage-0-end": "2024-12-31",
        "t-0-3-title": "Costo en pesos",
    }
    wrong = app.post(address, headers=headers, data=form)
    assert wrong.status_code == 422
    assert "Subsistema del SNIEG" in wrong.text
    assert "Costo en pesos" in wrong.text, "what was written is not lost"
    assert 'value="2024-12-31"' in wrong.text
    right = {**form, "snieg_subsystem": "gobierno_seguridad_justicia"}
    app.post(address, headers=headers, data=right, follow_redirects=False)
    work()
    done = app.get(address, headers=headers, follow_redirects=False)
    assert done.status_code == 302
    dataset = tk.get_action("package_show")(
        {"ignore_auth": True}, {"id": done.headers["Location"].split("/")[-1]}
    )
    assert dataset["temporal_coverage"] == [{"start": "2024-01-01", "end": "2024-12-31"}]
    assert len(dataset["resources"]) == 1


def test_a_type_is_chosen_on_the_review_page(
    app: Any, clerk: dict[str, Any], ministry: dict[str, Any], send: Any
) -> None:
    """The kind's own fields are asked for; what belongs to another kind is not taken."""
    headers = {"Authorization": clerk["token"]}
    address = f"/publicar/{send('avance.csv', CLEAN)['id']}"
    page = reviewed(app, address, headers)
    assert "Solo para: Indicador" in page
    assert 'name="reference_system"' in page, "without JavaScript every kind has its fold"
    form = {
        **METADATA, "type": "indicator", "owner_org": ministry["id"], "unit": "Porcentaje",
        "geographic_level": "municipal", "reference_system": "no es de un indicador",
        "frequency": "MONTHLY", "calculation_method": "a / b", "reading": "1",
    }  # fmt: skip
    wrong = app.post(address, headers=headers, data=form)
    assert wrong.status_code == 422
    assert '<a href="#field-definition">Definición</a>' in wrong.text
    assert 'value="indicator" selected' in wrong.text
    plain = {**form, "type": "dataset", "t-0-schema": "reportes-alumbrado"}
    app.post(address, headers=headers, data=plain)
    work()
    assert "Hay algo que corregir" in app.get(address, headers=headers).text
    right = {**form, "definition": "Cuánto se avanzó.", "t-0-schema": ""}
    app.post(address, headers=headers, data=right, follow_redirects=False)
    work()
    done = app.get(address, headers=headers, follow_redirects=False).headers["Location"]
    made = tk.get_action("package_show")({"ignore_auth": True}, {"id": done.split("/")[-1]})
    assert (made["type"], made["state"], made["definition"]) == (
        "indicator", "active", "Cuánto se avanzó.",
    )  # fmt: skip
    assert "/indicator/" in done
    assert "reference_system" not in made
    assert len(made["resources"]) == 1
