"""What a file does not tell is answered before it is published, by whatever door it comes."""

from __future__ import annotations

import json
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckanext.mxcity.publishing import answers

from tests.mxcity.publishing.desk import CLEAN, METADATA, rows_of, work, workbook

pytestmark = pytest.mark.usefixtures("migrated_db", "clean_queue")

#: 1,100 is a thousand and a hundred, or one and a bit; no day is above 12.
OPEN = "colonia;monto;fecha\n" + "".join(
    f"Colonia {n};1,{100 + n};0{1 + n % 9}/0{1 + n % 7}/2024\n" for n in range(12)
)


@pytest.fixture
def told(ministry: dict[str, Any]) -> dict[str, Any]:
    return {"dataset": {**METADATA, "owner_org": ministry["id"]}}


def questions_of(act: Any, upload: str) -> list[dict[str, Any]]:
    (table,) = act("mxcity_upload_show", id=upload)["reading"]["tables"]
    return list(table["questions"])


def test_a_program_is_asked_too(act: Any, send: Any, told: dict[str, Any]) -> None:
    """The refusal names each question of the file, with its answers as recipes."""
    read = send("montos.csv", OPEN.encode())
    with pytest.raises(tk.ValidationError) as caught:
        act("mxcity_publish", id=read["id"], **told)
    asked = questions_of(act, read["id"])
    said = caught.value.error_dict["questions"]
    assert len(said) == len(asked) == 2
    for sentence, question in zip(said, asked, strict=True):
        assert "montos" in sentence
        for option in question["options"]:
            assert answers.as_json(option["recipe"]) in sentence
    assert act("mxcity_upload_show", id=read["id"])["state"] == "ready"


def test_an_answer_of_some_questions_leaves_the_others(
    act: Any, send: Any, told: dict[str, Any]
) -> None:
    """A recipe answers its own question; when all are answered the file is published."""
    read = send("montos.csv", OPEN.encode())
    taken = [question["options"][0]["recipe"] for question in questions_of(act, read["id"])]
    with pytest.raises(tk.ValidationError) as caught:
        act("mxcity_publish", id=read["id"], recipes={"montos": taken[0]}, **told)
    (left,) = caught.value.error_dict["questions"]
    assert answers.as_json(taken[1]) in left
    columns = {**taken[0]["columns"], **taken[1]["columns"]}
    act("mxcity_publish", id=read["id"], recipes={"montos": {"columns": columns}}, **told)
    work()
    done = act("mxcity_upload_show", id=read["id"])
    assert (done["state"], done["failure"]) == ("published", "")
    (resource,) = act("package_show", id=done["dataset_id"])["resources"]
    assert float(rows_of(resource["id"])[0]["monto"]) == 1.1


def test_what_was_not_read_is_no_answer(act: Any, send: Any, told: dict[str, Any]) -> None:
    """The other reading is looked at before it is published: it has to be read first."""
    read = send("montos.csv", OPEN.encode())
    other = [question["options"][1]["recipe"] for question in questions_of(act, read["id"])]
    columns = {**other[0]["columns"], **other[1]["columns"]}
    with pytest.raises(tk.ValidationError, match="not read by these recipes"):
        act("mxcity_publish", id=read["id"], recipes={"montos": {"columns": columns}}, **told)
    act("mxcity_file_read", id=read["id"], recipes={"montos": {"columns": columns}})
    work()
    assert questions_of(act, read["id"]) == []
    act("mxcity_publish", id=read["id"], **told)
    work()
    done = act("mxcity_upload_show", id=read["id"])
    (resource,) = act("package_show", id=done["dataset_id"])["resources"]
    assert float(rows_of(resource["id"])[0]["monto"]) == 1100


def test_who_accepts_is_asked_no_more(act: Any, send: Any, told: dict[str, Any]) -> None:
    """What was accepted is kept with the file, and its next version is read so."""
    read = send("montos.csv", OPEN.encode())
    taken = [question["options"][0]["recipe"] for question in questions_of(act, read["id"])]
    act("mxcity_publish", id=read["id"], accept_reading=True, **told)
    work()
    done = act("mxcity_upload_show", id=read["id"])
    (resource,) = act("package_show", id=done["dataset_id"])["resources"]
    kept = json.loads(resource["source_recipe"])
    assert all(answers.holds(kept, recipe) for recipe in taken)


def test_a_table_that_is_not_published_is_not_asked_about(
    act: Any, send: Any, told: dict[str, Any]
) -> None:
    """A sheet with a question is left out: the other one has none."""
    doubtful = [["nombre", "lugar"], ["Ana", "Centro"], ["Luis", "Mitras"], ["Eva", "Obispado"]]
    sheets = {"Clara": [["colonia", "n"], ["Centro", 3], ["Mitras", 4]], "Dudosa": doubtful}
    read = send("libro.xlsx", workbook(sheets))
    asked = {t["name"]: len(t["questions"]) for t in read["reading"]["tables"]}
    assert asked["Clara"] == 0 < asked["Dudosa"]
    with pytest.raises(tk.ValidationError, match="Dudosa"):
        act("mxcity_publish", id=read["id"], **told)
    act("mxcity_publish", id=read["id"], tables=[{"name": "Dudosa", "publish": False}], **told)
    work()
    assert act("mxcity_upload_show", id=read["id"])["state"] == "published"


@pytest.mark.parametrize("reviewed", [False, True])
def test_no_type_is_put_over_the_one_that_was_read(
    reviewed: bool, act: Any, send: Any, told: dict[str, Any]
) -> None:
    """A program names another type in vain: it has the file read so, and looks at it."""
    read = send("reportes.csv", CLEAN)
    if reviewed:
        act("mxcity_reading_confirm", id=read["id"], reading=1)
    for kind in ("string", "integer"):
        columns = [{"name": "costo", "type": kind}]
        tables = [{"name": "reportes", "columns": columns}]
        with pytest.raises(tk.ValidationError) as caught:
            act("mxcity_publish", id=read["id"], tables=tables, **told)
        assert list(caught.value.error_dict) == ["columns/costo/type"]
    tables = [{"name": "reportes", "columns": [{"name": "costo", "type": "number"}]}]
    act("mxcity_publish", id=read["id"], tables=tables, **told)
    work()
    assert act("mxcity_upload_show", id=read["id"])["state"] == "published"


#: One row is not of the type that most are.
WRONG = {"Hoja": [["clave", "monto"], *[[f"c{n}", n] for n in range(9)], ["c9", "mucho"]]}


def test_what_is_set_aside_does_not_leave_with_the_original(
    act: Any, send: Any, told: dict[str, Any], page: Any, ministry: dict[str, Any]
) -> None:
    """The rows are in the workbook: it stays private, by program and page, and that is said."""
    read = send("montos.xlsx", workbook(WRONG))
    recipes = {"Hoja": {"columns": {"monto": {"type": "integer"}}}}
    act("mxcity_file_read", id=read["id"], recipes=recipes)
    work()
    act("mxcity_publish", id=read["id"], set_aside=True, keep_original=True, **told)
    work()
    done = act("mxcity_upload_show", id=read["id"])
    assert (done["state"], done["left_out"], done["withheld"]) == ("published", {"0": 1}, True)
    (resource,) = act("package_show", id=done["dataset_id"])["resources"]
    assert resource["format"] == "CSV"
    assert len(rows_of(resource["id"])) == 9


def test_the_page_says_that_the_original_stays_private(
    act: Any, page: Any, app: Any, ministry: dict[str, Any]
) -> None:
    """Before, beside the choice, and after; where nothing is set aside it is published."""
    there = page("montos.xlsx", workbook(WRONG))
    there.post(**{"t-0-c-1-way": "integer|*"})
    work()
    there.post()
    assert "queda privado si se apartan filas" in there.get().get_text()
    described = {**METADATA, "owner_org": ministry["id"], "geographic_level": "municipal"}
    there.post(**described, set_aside="1", keep_original="1")
    work()
    answer = app.get(there.address, headers=there.headers)
    assert "El archivo original queda privado" in answer.text
    good = page("buenos.xlsx", workbook({"Hoja": WRONG["Hoja"][:-1]}))
    good.post()
    good.post(**{**described, "title": "Otros"}, set_aside="1", keep_original="1")
    work()
    done = act("mxcity_upload_show", id=good.upload)
    assert (done["state"], done["withheld"], len(done["resources"])) == ("published", False, 2)


def test_what_others_sent_is_not_there(
    act: Any, send: Any, app: Any, ministry: dict[str, Any]
) -> None:
    """Who removes an upload of another, or one that nobody sent, gets the same answer."""
    from ckan.tests import factories

    read = send("reportes.csv", CLEAN)
    other = factories.UserWithToken()
    factories.Organization(users=[{"name": other["name"], "capacity": "editor"}])
    headers = {"Authorization": other["token"]}
    seen = []
    for upload in (read["id"], "0" * 32, "otra"):
        api = app.post("/api/3/action/mxcity_upload_delete", json={"id": upload}, headers=headers)
        page = app.post(f"/publicar/{upload}/descartar", headers=headers)
        tus = app.client.delete(
            f"/publicar/archivos/{upload}", headers={**headers, "Tus-Resumable": "1.0.0"}
        )
        rows = app.get(f"/publicar/{upload}/tabla-0", headers=headers)
        seen.append([answer.status_code for answer in (api, page, tus, rows)])
        seen[-1].append(api.json["error"]["message"])
    assert seen[0] == seen[1] == seen[2]
    assert seen[0][:4] == [404] * 4
    assert act("mxcity_upload_show", id=read["id"])["state"] == "ready"
