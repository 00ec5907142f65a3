"""A new version of a file: what it takes the place of, and whether it is read as the one before."""

from __future__ import annotations

import io
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from bs4 import BeautifulSoup

from tests.mxcity.publishing.desk import (
    CLEAN,
    METADATA,
    Page,
    rows_of,
    sent_into,
    work,
    workbook,
)

pytestmark = pytest.mark.usefixtures("migrated_db", "clean_queue")

ROWS = "".join(f"Colonia {letter};{n};{n + 5}\n" for n, letter in enumerate("ABCDEFGH"))
HEAD = "colonia;reportes;atendidos\n"
BEFORE = f"{HEAD}{ROWS}Total;99;99\nPromedio;77;77\n"


FOOT = {"foot": 2}


def published(act: Any, read: dict[str, Any], ministry: dict[str, Any], **told: Any) -> Any:
    """Publish an upload as a dataset; return that."""
    act("mxcity_publish", id=read["id"], dataset={**METADATA, "owner_org": ministry["id"]}, **told)
    work()
    done = act("mxcity_upload_show", id=read["id"])
    assert (done["state"], done["failure"]) == ("published", ""), done["verdicts"]
    return act("package_show", id=done["dataset_id"])


def test_a_foot_is_asked_about_on_the_page(
    act: Any, send: Any, app: Any, clerk: dict[str, Any], ministry: dict[str, Any]
) -> None:
    """Rows of data are not left out in silence: page and program ask, and the answer stays."""
    read = send("obras.csv", BEFORE.encode())
    act("mxcity_file_read", id=read["id"], recipes={"obras": FOOT})
    work()
    dataset = published(act, read, ministry, accept_reading=True)
    (resource,) = dataset["resources"]
    assert len(rows_of(resource["id"])) == 8
    second = sent_into(act, "obras.csv", f"{HEAD}{ROWS}".encode(), dataset["id"])
    with pytest.raises(tk.ValidationError) as caught:
        act("mxcity_publish", id=second)
    assert list(caught.value.error_dict) == ["questions"]
    there = Page(app, {"id": second}, clerk["token"])
    (question,) = there.get().select(".mp-question")
    assert "Colonia H" in question.get_text()
    there.post(again="1", **{"t-0-c-1-way": "string|"})
    work()
    assert there.get().select(".mp-question"), "another correction is no answer"
    there.post(**{"t-0-q-0": "1"})
    work()
    assert not there.get().select(".mp-question")
    there.post()
    there.post()
    work()
    assert act("mxcity_upload_show", id=second)["state"] == "published"
    model_rows = rows_of(resource["id"])
    assert len(model_rows) == 8
    third = act("mxcity_upload_show", id=sent_into(act, "obras.csv", ROWS_AGAIN, dataset["id"]))
    assert third["reading"]["tables"][0]["questions"] == [], "the answer is kept"


ROWS_AGAIN = f"{HEAD}{ROWS}".encode()


def test_a_file_of_another_name_takes_the_place_that_is_chosen(
    act: Any, send: Any, app: Any, clerk: dict[str, Any], ministry: dict[str, Any]
) -> None:
    """Its address, its dictionary and how it is read stay; it is called as the new file."""
    first = send("obras_2023.csv", BEFORE.encode())
    act("mxcity_file_read", id=first["id"], recipes={"obras_2023": FOOT})
    work()
    columns = [{"name": "reportes", "title": "Reportes recibidos", "description": "Al mes"}]
    dataset = published(act, first, ministry, accept_reading=True,
                        tables=[{"name": "obras_2023", "columns": columns}])  # fmt: skip
    (before,) = dataset["resources"]
    headers = {"Authorization": clerk["token"]}
    start = BeautifulSoup(app.get(f"/publicar?dataset={dataset['id']}", headers=headers).text,
                          "html.parser")  # fmt: skip
    (chosen,) = start.select("#field-replaces option[selected]")
    assert (chosen["value"], "obras_2023" in chosen.text) == (before["id"], True)
    content = BEFORE.replace("Colonia A", "Colonia Z").encode()
    sent = app.post(
        "/publicar", headers=headers, follow_redirects=False,
        data={"dataset": dataset["id"], "replaces": before["id"],
              "file": (io.BytesIO(content), "obras_2024.csv")},
    )  # fmt: skip
    work()
    there = Page(app, {"id": sent.headers["Location"].split("/")[-1]}, clerk["token"])
    page = there.get()
    assert "Toma el lugar de: obras_2023" in " ".join(page.select_one(".mp-form").text.split())
    assert len(there.preview()) == 8, "it is read as the one before"
    there.post()
    assert there.fields()["t-0-1-title"] == "Reportes recibidos"
    there.post()
    work()
    done = act("mxcity_upload_show", id=there.upload)
    assert (done["state"], done["failure"]) == ("published", "")
    (after,) = act("package_show", id=dataset["id"])["resources"]
    assert (after["id"], after["name"]) == (before["id"], "obras_2024")
    assert after["source_file"] == "obras_2024.csv"
    assert "Colonia Z" in {row["colonia"] for row in rows_of(after["id"])}


def test_a_file_of_other_columns_is_told_apart(
    act: Any, send: Any, app: Any, clerk: dict[str, Any], ministry: dict[str, Any]
) -> None:
    """Who chose the wrong file sees it before the one that is there gives way."""
    dataset = published(act, send("uno.csv", CLEAN), ministry)
    (before,) = dataset["resources"]
    for content, said in ((b"clave,nombre\n1,Ana\n2,Luis\n", True), (CLEAN, False)):
        upload = sent_into(act, "dos.csv", content, dataset["id"], replaces=before["id"])
        page = Page(app, {"id": upload}, clerk["token"]).get()
        assert bool(page.select(".mp-unlike")) is said
        assert "Toma el lugar de: uno" in " ".join(page.select_one(".mp-form").text.split())


def test_a_file_may_be_added_instead(
    act: Any, send: Any, ministry: dict[str, Any], app: Any, clerk: dict[str, Any]
) -> None:
    """Who says so adds a file of another name; with two files there is no default."""
    dataset = published(act, send("uno.csv", CLEAN), ministry)
    second = sent_into(act, "dos.csv", CLEAN, dataset["id"])
    act("mxcity_publish", id=second)
    work()
    after = act("package_show", id=dataset["id"])
    assert [file["name"] for file in after["resources"]] == ["uno", "dos"]
    page = app.get(
        f"/publicar?dataset={dataset['id']}", headers={"Authorization": clerk["token"]}
    ).text
    options = BeautifulSoup(page, "html.parser").select("#field-replaces option")
    assert [option["value"] for option in options] == [r["id"] for r in after["resources"]] + [""]
    assert options[-1].has_attr("selected")
    other = published(
        act,
        send("tres.csv", CLEAN),
        ministry,
    )["resources"][0]["id"]
    with pytest.raises(tk.ValidationError) as caught:
        act("mxcity_upload_create", name="x.csv", size=3, dataset_id=dataset["id"], replaces=other)
    assert list(caught.value.error_dict) == ["replaces"]


def test_a_workbook_replaces_all_that_came_with_it(
    act: Any, send: Any, ministry: dict[str, Any]
) -> None:
    """Each sheet takes the place of the one of its name, the original that of the original."""
    sheets = {"Enero": [["a", "b"], [1, 2]], "Febrero": [["a", "b"], [3, 4]]}
    dataset = published(act, send("2023.xlsx", workbook(sheets)), ministry)
    ids = {file["source_table"]: file["id"] for file in dataset["resources"]}
    assert sorted(ids) == ["", "Enero", "Febrero"]
    more = {"Febrero": [["a", "b"], [5, 6]], "Enero": [["a", "b"], [7, 8]]}
    second = sent_into(act, "2024.xlsx", workbook(more), dataset["id"], replaces=ids["Febrero"])
    act("mxcity_publish", id=second)
    work()
    assert act("mxcity_upload_show", id=second)["state"] == "published"
    after = act("package_show", id=dataset["id"])["resources"]
    assert {file["source_table"]: file["id"] for file in after} == ids
    assert {file["source_file"] for file in after} == {"2024.xlsx"}
    assert {file["name"] for file in after} >= {"2024: Enero", "2024: Febrero"}
    assert [row["a"] for row in rows_of(ids["Enero"])] == [7]
