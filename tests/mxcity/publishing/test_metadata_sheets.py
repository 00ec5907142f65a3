"""A sheet of metadata fills in a form, and nothing is saved until a person saves it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
from bs4 import BeautifulSoup
from ckan.tests import factories

from tests.mxcity.publishing.desk import reviewed, work

pytestmark = pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index")

SHEETS = Path(__file__).parents[1] / "norms" / "sheets"
HOSTILE = (
    "<codeBook><stdyDscr><citation><titlStmt><titl>Encuesta &lt;script&gt;x()&lt;/script&gt;</titl>"
    '</titlStmt></citation><stdyInfo><notes>&lt;img src="x" onerror="y()"&gt;</notes></stdyInfo>'
    '</stdyDscr><otherMat URI="javascript:z()"><labl>&lt;b&gt;Archivo&lt;/b&gt;</labl></otherMat>'
    "</codeBook>"
)


def of(user: dict[str, Any]) -> Any:
    return {"user": user["name"], "auth_user_obj": model.User.get(user["name"])}


def sheet(name: str) -> dict[str, Any]:
    return {"upload": (io.BytesIO((SHEETS / name).read_bytes()), name)}


def fields_of(form: Any) -> dict[str, Any]:
    """What a browser would send of a form."""
    sent: dict[str, Any] = {}
    for field in form.select("input[name], textarea[name], select[name]"):
        kind = field.get("type")
        if kind in ("checkbox", "radio") and not field.has_attr("checked"):
            continue
        if field.name == "select":
            value = next((o["value"] for o in field.select("option[selected]")), "")
        else:
            value = field.text if field.name == "textarea" else field.get("value", "")
        sent.setdefault(field["name"], []).append(value)
    return sent


def test_action_reads_without_saving(clerk: dict[str, Any], ministry: dict[str, Any]) -> None:
    """The action tells dataset, files, losses and notes, and the catalogue stays as it was."""
    text = (SHEETS / "ddi-1.2.2.xml").read_text(encoding="utf-8")
    found = tk.get_action("mxcity_metadata_read")(of(clerk), {"text": text, "type": "dataset"})
    assert found["norm"] == "ddi"
    assert found["dataset"]["type"] == "dataset"
    assert found["dataset"]["area_codes"] == ["19039"]
    assert found["files"][0]["schema"]["fields"][0]["name"] == "FOLIO"
    losses = {loss["path"]: loss["value"] for loss in found["losses"]}
    assert losses["sample_design"].startswith("Probabilístico"), "the type has no such field"
    assert "sample_design" not in found["dataset"]
    assert model.Session.query(model.Package).count() == 0
    text = (SHEETS / "ntm-2010.xml").read_text(encoding="utf-8")
    found = tk.get_action("mxcity_metadata_read")(of(clerk), {"text": text})
    known = tk.h.scheming_get_dataset_schema("geographic-information")
    assert found["dataset"]["type"] == ("geographic-information" if known else "dataset")
    told = {**found["dataset"], **{loss["path"]: loss["value"] for loss in found["losses"]}}
    assert told["reference_system"] == "EPSG:6369"


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"text": "<!DOCTYPE a [<!ENTITY b 'c'>]><codeBook>&b;</codeBook>"}, "no se abrió"),
    ({"text": "<codeBook>"}, "línea 1"),
    ({"text": "<rss/>"}, "«rss»"),
    ({"text": ""}, "vacío"),
    ({}, "Falta elegir un archivo"),
    ({"upload": "no es un archivo"}, "Falta elegir un archivo"),
]


def test_refusals_say_why(app: Any, clerk: dict[str, Any], ministry: dict[str, Any]) -> None:
    """What cannot be read is answered with the reason in Spanish."""
    headers = {"Authorization": clerk["token"], "Accept-Language": "es"}
    for sent, said in REFUSED:
        answer = app.post(
            "/api/3/action/mxcity_metadata_read", json=sent, headers=headers, status=409
        )
        assert said in answer.json["error"]["upload"][0]


def test_only_who_may_add_datasets(app: Any) -> None:
    """Who may create no dataset has no sheet read, and the page asks who one is."""
    with pytest.raises(tk.NotAuthorized):
        tk.get_action("mxcity_metadata_read")(of(factories.User()), {"text": "<codeBook/>"})
    answer = app.get("/fichas", follow_redirects=False)
    assert answer.status_code == 302
    assert "/user/login" in answer.headers["Location"]


def test_new_dataset_from_a_sheet(
    app: Any, clerk: dict[str, Any], ministry: dict[str, Any]
) -> None:
    """The form of a new dataset comes filled in, tells the losses, and saves what it shows."""
    headers = {"Authorization": clerk["token"]}
    new = app.get("/dataset/new", headers=headers).text
    assert 'href="/fichas"' in new
    assert 'type="file"' in app.get("/fichas", headers=headers).text
    answer = app.post("/fichas", headers=headers, data=sheet("ddi-1.2.2.xml"))
    assert model.Session.query(model.Package).count() == 0
    page = BeautifulSoup(answer.text, "html.parser")
    told = page.select_one(".mp-sheet").get_text(" ", strip=True)
    assert "todavía no se ha guardado nada" in told
    assert "Se tradujo al náhuatl." in told
    assert "hogares , 4 columnas" in told
    form = page.select_one("#dataset-edit")
    sent = fields_of(form)
    assert sent["title"] == [
        "Encuesta de Hogares del Municipio de Monterrey 2023. Movilidad y servicios"
    ]
    assert sent["frequency"] == ["ANNUAL"]
    assert set(sent["topics"]) == {"movilidad", "agua"}
    assert sent["owner_org"] == [ministry["id"]]
    name = sent["name"][0]
    assert name.startswith("encuesta-de-hogares")
    wanted = {"snieg_subsystem": "demografico_social", "save": "go-resource"}
    app.post(form["action"], headers=headers, data={**sent, **wanted}, follow_redirects=False)
    saved = tk.get_action("package_show")({"ignore_auth": True}, {"id": name})
    assert saved["area_codes"] == ["19039"]
    assert saved["temporal_coverage"] == [{"start": "2023-01-01", "end": "2023-12-31"}]
    assert saved["contact"][0]["email"] == "estadistica@example.mx"
    assert {tag["name"] for tag in saved["tags"]} >= {"transporte público", "EHMM 2023"}
    assert saved["official_status"] == "registro_municipal"


@pytest.fixture
def dataset(clerk: dict[str, Any], ministry: dict[str, Any]) -> dict[str, Any]:
    """A dataset of the ministry with some fields filled in."""
    return factories.Dataset(
        name="encuesta",
        title="Encuesta",
        notes="",
        owner_org=ministry["id"],
        snieg_subsystem="demografico_social",
        geographic_level="municipal",
        tags=[{"name": "hogares"}],
    )


def test_dataset_that_exists(app: Any, clerk: dict[str, Any], dataset: dict[str, Any]) -> None:
    """Only empty fields are filled in, unless the clerk says so; nothing changes before saving."""
    headers = {"Authorization": clerk["token"]}
    assert (
        f'href="/fichas?dataset={dataset["id"]}"'
        in app.get("/dataset/edit/encuesta", headers=headers).text
    )
    for told in ({}, {"replace": "1"}):
        data = {**sheet("ddi-1.2.2.xml"), "dataset": dataset["id"], **told}
        page = BeautifulSoup(app.post("/fichas", headers=headers, data=data).text, "html.parser")
        sent = fields_of(page.select_one("#dataset-edit"))
        text = page.select_one(".mp-sheet").get_text(" ", strip=True)
        assert sent["notes"][0].startswith("Mide cómo se mueven")
        assert (sent["title"] == ["Encuesta"]) is not bool(told)
        assert (sent["tag_string"] == ["hogares"]) is not bool(told)
        assert ("Ya tenían un valor y se quedan como estaban: Título" in text) is not bool(told)
    stored = tk.get_action("package_show")({"ignore_auth": True}, {"id": "encuesta"})
    assert (stored["title"], stored["notes"]) == ("Encuesta", "")


def test_other_people_s_datasets(app: Any, dataset: dict[str, Any]) -> None:
    """A dataset of another organisation is not filled in."""
    other = factories.UserWithToken()
    factories.Organization(users=[{"name": other["name"], "capacity": "editor"}])
    headers = {"Authorization": other["token"]}
    app.get(f"/fichas?dataset={dataset['id']}", headers=headers, status=403)
    app.get("/fichas?dataset=no-hay", headers=headers, status=404)


def test_hostile_and_missing_sheets(
    app: Any, clerk: dict[str, Any], ministry: dict[str, Any]
) -> None:
    """Texts of a sheet are shown as texts; without a sheet, or with none, the page says why."""
    headers = {"Authorization": clerk["token"]}
    assert (
        "Falta elegir un archivo." in app.post("/fichas", headers=headers, data={}, status=422).text
    )
    other = {"upload": (io.BytesIO(b"<rss/>"), "a.xml")}
    page = app.post("/fichas", headers=headers, data=other, status=422).text
    assert "Esta no es una ficha de metadatos conocida" in page
    data = {"upload": (io.BytesIO(HOSTILE.encode()), "ficha.xml")}
    answer = app.post("/fichas", headers=headers, data=data).text
    assert "&lt;img src=" in answer
    for tag in ("<script>x()", '<img src="x"', "<b>Archivo", 'href="javascript:'):
        assert tag not in answer


ROWS = b"AGUA,FACTOR\n1,10.5\n2,8.25\n"


def test_sheet_on_the_page_of_a_file(
    app: Any, clerk: dict[str, Any], ministry: dict[str, Any]
) -> None:
    """The review of a file takes a sheet: what a person wrote stays, not what was guessed."""
    headers = {"Authorization": clerk["token"]}
    sent = {"file": (io.BytesIO(ROWS), "hogares.csv")}
    address = app.post("/publicar", headers=headers, data=sent, follow_redirects=False).headers[
        "Location"
    ]
    upload = tk.get_action("mxcity_upload_list")(of(clerk), {})[0]["id"]
    work()
    page = reviewed(app, address, headers)
    form = BeautifulSoup(page, "html.parser").select_one(".mp-form")
    filled = {**fields_of(form), "notes": "Escrito a mano", "snieg_subsystem": "demografico_social"}
    asked = {**filled, "read_sheet": "1", "sheet": sheet("ddi-1.2.2.xml")["upload"]}
    page = BeautifulSoup(app.post(address, headers=headers, data=asked).text, "html.parser")
    assert "todavía no se ha publicado nada" in page.select_one(".mp-sheet").get_text()
    assert model.Session.query(model.Package).count() == 0
    again = fields_of(page.select_one(".mp-form"))
    assert again["title"][0].startswith("Encuesta de Hogares"), "the name of the file was a guess"
    assert again["notes"] == ["Escrito a mano"]
    assert "Recibe agua a diario" in again["t-0-0-title"]
    assert "¿Recibe agua todos los días?" in again["t-0-0-description"]
    app.post(address, headers=headers, data=again, follow_redirects=False)
    work()
    done = tk.get_action("mxcity_upload_show")(of(clerk), {"id": upload})
    assert done["state"] == "published", done
    dataset = tk.get_action("package_show")(of(clerk), {"id": done["dataset_id"]})
    assert dataset["identifier"] == "MEX-EJEMPLO.ESD9.01-EHMM-2023", "not shown, and kept"


def test_wrong_sheet_on_the_page_of_a_file(
    app: Any, clerk: dict[str, Any], ministry: dict[str, Any]
) -> None:
    """The page says what is the matter with a sheet and keeps what was written."""
    headers = {"Authorization": clerk["token"]}
    sent = {"file": (io.BytesIO(ROWS), "hogares.csv")}
    app.post("/publicar", headers=headers, data=sent, follow_redirects=False)
    upload = tk.get_action("mxcity_upload_list")(of(clerk), {})[0]["id"]
    work()
    reviewed(app, f"/publicar/{upload}", headers)
    data = {"title": "Mío", "read_sheet": "1", "sheet_more": "[[[", "t-0-publish": "1"}
    data["sheet"] = (io.BytesIO(b"<rss/>"), "a.xml")
    page = app.post(f"/publicar/{upload}", headers=headers, data=data, status=422).text
    assert "Esta no es una ficha de metadatos conocida" in page
    assert 'value="Mío"' in page
