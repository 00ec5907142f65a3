"""How a file is read is asked, corrected, shown, undone and kept for the next version."""

from __future__ import annotations

import io
import json
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
from bs4 import BeautifulSoup
from ckanext.mxcity.publishing.identifiers import own_id

from tests.mxcity.publishing.desk import (
    LIGHTS,
    METADATA,
    Page,
    reviewed,
    rows_of,
    sent_into,
    work,
    workbook,
)

pytestmark = pytest.mark.usefixtures("migrated_db", "clean_queue")

#: 1,100 is a thousand and a hundred, or one and a bit; no day is above 12.
OPEN = "colonia;monto;fecha\n" + "".join(
    f"Colonia {n};1,{100 + n};0{1 + n % 9}/0{1 + n % 7}/2024\n" for n in range(12)
)


def test_both_readings_are_shown_and_the_answer_is_followed(page: Any, act: Any) -> None:
    """A question has the clerk's own rows in both readings; what is chosen is shown at once."""
    there = page("montos.csv", OPEN.encode())
    (numbers, dates) = there.get().select(".mp-question")
    options = [option.get_text(" ", strip=True) for option in numbers.select(".mp-option")]
    assert "1.100" in options[0]
    assert "1100" in options[1]
    assert "2024-08-01" in dates.select(".mp-option")[1].get_text()
    assert there.preview()[0][1:] == ["1.100", "2024-01-01"]
    there.post(**{"t-0-q-0": "1", "t-0-q-1": "1"})
    work()
    assert there.get().select(".mp-question") == [], "what was answered is not asked again"
    assert [row[1] for row in there.preview()[:2]] == ["1100", "1101"]
    assert there.preview()[7][2] == "2024-08-01"
    there.post(undo="1")
    work()
    assert there.preview()[0][1] == "1.100"
    assert len(there.get().select(".mp-question")) == 2


def test_what_was_seen_is_what_is_published(
    page: Any, act: Any, ministry: dict[str, Any], send: Any
) -> None:
    """With columns, rows, header and foot as the clerk says; the next version is read so too."""
    text = "Obras\nzona;tipo;monto;nota\nA;x;($1.203,50);privado\nB;y;1,5;privado\nC;z;2;privado\n"
    there = page("obras.csv", text.encode())
    there.post(**{"t-0-c-2-way": "number|decimal-comma", "t-0-c-3-out": "1", "t-0-rows": "4"})
    work()
    assert [row[:3] for row in there.preview()] == [["A", "x", "-1203.50"], ["C", "z", "2"]]
    assert "privado" in there.get().select_one("td.mp-out").get_text(), "seen, and struck out"
    there.post()
    form = {**METADATA, "owner_org": ministry["id"], "geographic_level": "municipal"}
    assert "keep_original" not in there.fields(), "the original holds what was left out"
    there.post(**form)
    work()
    shown = act("mxcity_upload_show", id=there.upload)
    assert (shown["state"], shown["failure"]) == ("published", ""), shown["verdicts"]
    (resource,) = act("package_show", id=shown["dataset_id"])["resources"]
    rows = rows_of(resource["id"])
    assert [(row["zona"], float(row["monto"])) for row in rows] == [("A", -1203.5), ("C", 2)]
    assert "nota" not in rows[0]
    kept = json.loads(resource["source_recipe"])
    assert kept["columns"]["nota"] == {"left_out": True}
    assert "rows" not in kept, "a row by its number is of one file alone"
    more = text.replace("1,5", "7,25").encode()
    second = act("mxcity_upload_create", name="obras.csv", size=len(more),
                 dataset_id=shown["dataset_id"])  # fmt: skip
    act("mxcity_upload_append", id=second["id"], offset=0, upload=more)
    act("mxcity_file_read", id=second["id"])
    work()
    again = act("mxcity_upload_show", id=second["id"])
    (table,) = again["reading"]["tables"]
    assert [row[2] for row in table["published"]] == ["-1203.50", "7.25", "2"]
    assert [column["left_out"] for column in table["columns"]] == [False, False, False, True]


def test_what_cannot_be_read_so_stays_as_it_was(page: Any) -> None:
    """With a delimiter that gives too many columns it is said, and the last reading stays."""
    wide = "1," * 1_100
    there = page("montos.csv", f"zona;notas\nA;{wide}2\nB;{wide}3\nC;{wide}4\n".encode())
    before = there.preview()
    there.post(**{"t-0-delimiter": ","})
    work()
    assert "Así no se puede leer" in there.get().select_one(".mp-errors").get_text()
    assert there.preview() == before


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("t-0-rows", "cinco", "«cinco»"),
        ("t-0-foot", "-1", "«-1»"),
        ("t-0-header-first", "x", "«x»"),
        ("t-0-header-last", "99", "«99»"),
    ],
)
def test_a_correction_that_is_not_understood_is_named(
    page: Any, field: str, value: str, said: str
) -> None:
    """What was written stays in the page with a sentence; nothing is read again."""
    answer = page("montos.csv", OPEN.encode()).post(**{field: value})
    assert answer.status_code == 422
    assert said in BeautifulSoup(answer.text, "html.parser").select_one(".mp-errors").get_text()


def test_a_form_of_another_reading_is_not_followed(page: Any) -> None:
    """Two windows: the one that shows an earlier reading is told so and changes nothing."""
    there = page("montos.csv", OPEN.encode())
    there.post(**{"t-0-q-0": "1"})
    work()
    late = there.post(reading="1", **{"t-0-c-0-out": "1"})
    assert late.status_code == 409
    assert "volvió a leer" in late.text


def test_a_change_after_the_review_is_shown_before_it_is_published(
    page: Any, app: Any, clerk: dict[str, Any], ministry: dict[str, Any], act: Any
) -> None:
    """What was written of the dataset is not lost meanwhile."""
    there = page("montos.csv", OPEN.encode())
    reviewed(app, there.address, there.headers)
    there.post(title="Mis montos", **{"t-0-c-1-way": "string|"})
    work()
    assert not there.get().select("#field-title"), "it is looked at again first"
    assert there.preview()[0][1] == "1,100"
    there.post()
    assert there.fields()["title"] == "Mis montos"
    assert model.Package.get(own_id(there.upload)) is None


def test_what_the_first_form_does_not_ask_stays(page: Any, act: Any) -> None:
    """To say that a file was read right decides nothing of its schema and its original."""
    alumbrado = page("alumbrado.csv", LIGHTS)
    alumbrado.post()
    shown = act("mxcity_upload_show", id=alumbrado.upload)
    assert shown["reviewed"]
    assert shown["choices"]["tables"][0]["schema"] == "reportes-alumbrado"
    book = page("libro.xlsx", workbook({"Uno": [["a", "b"], [1, 2]]}))
    before = act("mxcity_upload_show", id=book.upload)["choices"]
    book.post()
    after = act("mxcity_upload_show", id=book.upload)["choices"]
    assert after == before


def test_discarding_leaves_nothing(page: Any, app: Any, act: Any, ministry: dict[str, Any]) -> None:
    """The draft of a dataset whose publishing stopped goes with its file."""
    there = page("montos.csv", OPEN.encode())
    taken = {**METADATA, "owner_org": ministry["id"]}
    act("mxcity_publish", id=there.upload, dataset=taken, accept_reading=True)
    assert model.Package.get(own_id(there.upload)).state == "draft"
    # Nobody is at work with it: its job is lost.
    tk.get_action("job_clear")({"ignore_auth": True}, {})
    app.post(f"{there.address}/descartar", headers=there.headers, follow_redirects=False)
    model.Session.expire_all()
    assert model.Package.get(own_id(there.upload)) is None


def test_a_sheet_is_left_out_and_another_read_otherwise(page: Any, act: Any) -> None:
    """Each table of a workbook has corrections of its own."""
    sheets = {"Uno": [["a", "b"], [1, 2], [3, 4]], "Dos": [["Título"], ["c", "d"], [5, 6]]}
    there = page("libro.xlsx", workbook(sheets))
    there.post(but=("t-1-publish",), **{"t-0-header-first": "0", "t-0-header-last": "0"})
    work()
    shown = act("mxcity_upload_show", id=there.upload)
    one, two = shown["reading"]["tables"]
    assert [column["name"] for column in one["columns"]] == ["columna_1", "columna_2"]
    assert [column["name"] for column in two["columns"]] == ["c", "d"]
    assert [table["publish"] for table in shown["choices"]["tables"]] == [True, False]


def test_a_program_is_told_what_a_recipe_may_say(
    act: Any, send: Any, ministry: dict[str, Any]
) -> None:
    """Recipes of the API are checked; an unknown part is named, and nothing is read again."""
    read = send("montos.csv", OPEN.encode())
    with pytest.raises(tk.ValidationError, match="otra"):
        act("mxcity_file_read", id=read["id"], recipes={"otra": {"foot": 1}})
    for recipe in ({"delimiter": "x"}, {"colums": {}}, {"columns": {"a": {"type": "money"}}}, 7):
        with pytest.raises(tk.ValidationError):
            act("mxcity_file_read", id=read["id"], recipes={"montos": recipe})
    assert act("mxcity_upload_show", id=read["id"])["state"] == "ready"


RECIPES = [
    {"foot": 1},
    {"header": [2, 2]},
    {"rows": [[3, 3]]},
    {"columns": {"monto": {"left_out": True}}},
    {"columns": {"fecha": {"type": "date", "format": "%m/%d/%Y"}}},
]


@pytest.mark.parametrize("recipe", RECIPES, ids=str)
def test_what_was_not_read_so_is_not_confirmed(
    recipe: dict[str, Any], act: Any, send: Any, ministry: dict[str, Any]
) -> None:
    """Only what was taken can be said to be right; anything else is read first."""
    read = send("montos.csv", OPEN.encode())
    confirm = {"id": read["id"], "reading": 1}
    with pytest.raises(tk.ValidationError):
        act("mxcity_reading_confirm", **confirm, recipes={"montos": recipe})
    assert act("mxcity_upload_show", id=read["id"])["recipes"] == {}
    taken = {"columns": {"fecha": {"type": "date", "format": "%d/%m/%Y"}}}
    assert act("mxcity_reading_confirm", **confirm, recipes={"montos": taken})["reviewed"]


def test_a_table_of_which_nothing_is_left_is_not_published(
    act: Any, send: Any, ministry: dict[str, Any]
) -> None:
    """Who leaves out every column, or every row, is told so."""
    read = send("montos.csv", b"a,b\n1,2\n3,4\n")
    columns = {name: {"left_out": True} for name in ("a", "b")}
    for recipe in ({"columns": columns}, {"rows": [[2, 3]]}):
        act("mxcity_file_read", id=read["id"], recipes={"montos": recipe})
        work()
        with pytest.raises(tk.ValidationError, match="left out|fuera"):
            act("mxcity_publish", id=read["id"], dataset={**METADATA, "owner_org": ministry["id"]})


def typed(table: str, **types: str) -> dict[str, Any]:
    """A recipe that says the types of some columns."""
    return {table: {"columns": {name: {"type": kind} for name, kind in types.items()}}}


def test_a_type_chosen_by_a_program_is_written_as_most_values_are(
    act: Any, send: Any, ministry: dict[str, Any]
) -> None:
    """Text that is published as numbers is read in the way that it is written in."""
    text = "a,monto\n" + "".join(f'x{n},"(${n},203.50)"\n' for n in range(1, 8)) + "y,varios\n"
    read = send("montos.csv", text.encode())
    act("mxcity_file_read", id=read["id"], recipes=typed("montos", monto="number"))
    work()
    told = {"dataset": {**METADATA, "owner_org": ministry["id"]}, "set_aside": True}
    act("mxcity_publish", id=read["id"], **told)
    work()
    done = act("mxcity_upload_show", id=read["id"])
    assert done["state"] == "published", done["verdicts"]
    (resource,) = act("package_show", id=done["dataset_id"])["resources"]
    assert [float(row["monto"]) for row in rows_of(resource["id"])] == [
        -1203.5 - 1000 * n for n in range(7)
    ]


def test_no_script_no_file(app: Any, clerk: dict[str, Any], ministry: dict[str, Any]) -> None:
    """The page of a file that did not arrive has no form to publish."""
    sent = {"file": (io.BytesIO(b""), "")}
    answer = app.post("/publicar", headers={"Authorization": clerk["token"]}, data=sent)
    assert answer.status_code == 422


def test_what_is_left_out_goes_with_no_original(
    page: Any, act: Any, ministry: dict[str, Any]
) -> None:
    """A sheet that is not published is not in an original either, of this version or before."""
    sheets = {"Abierta": [["a", "b"], [1, 2]], "Reservada": [["c", "d"], ["secreto", 3]]}
    there = page("libro.xlsx", workbook(sheets))
    assert there.fields()["t-1-publish"] == "1"
    there.post(but=("t-1-publish",))
    assert "keep_original" not in there.fields()
    there.post(**METADATA, owner_org=ministry["id"], geographic_level="municipal")
    work()
    shown = act("mxcity_upload_show", id=there.upload)
    assert list(shown["resources"]) == ["Abierta"]
    dataset = act("package_show", id=shown["dataset_id"])
    assert [file["format"] for file in dataset["resources"]] == ["CSV"]
    again = sent_into(act, "libro.xlsx", workbook(sheets), dataset["id"])
    tables = act("mxcity_upload_show", id=again)["choices"]["tables"]
    assert [table["publish"] for table in tables] == [True, False], "it stays left out"


def test_the_original_of_before_goes_when_a_column_is_left_out(
    act: Any, send: Any, ministry: dict[str, Any]
) -> None:
    """What a new version leaves out is not left behind in the original of the version before."""
    text = b"clave,alias\n1,Alfa\n2,Beta\n"
    first = send("claves.csv", text)
    named = {**METADATA, "owner_org": ministry["id"]}
    act("mxcity_publish", id=first["id"], dataset=named, keep_original=True)
    work()
    dataset = act("mxcity_upload_show", id=first["id"])["dataset_id"]
    assert len(act("package_show", id=dataset)["resources"]) == 2
    second = sent_into(act, "claves.csv", text, dataset)
    recipe = {"claves": {"columns": {"alias": {"left_out": True}}}}
    act("mxcity_file_read", id=second, recipes=recipe)
    work()
    with pytest.raises(tk.ValidationError):
        act("mxcity_publish", id=second, keep_original=True)
    act("mxcity_publish", id=second)
    work()
    (resource,) = act("package_show", id=dataset)["resources"]
    assert set(rows_of(resource["id"])[0]) == {"_id", "clave"}


def test_discarding_spares_what_was_published(
    page: Any, act: Any, ministry: dict[str, Any]
) -> None:
    """A dataset that is a draft again is not removed with the upload that once made it."""
    there = page("montos.csv", OPEN.encode())
    taken = {**METADATA, "owner_org": ministry["id"]}
    act("mxcity_publish", id=there.upload, dataset=taken, accept_reading=True)
    work()
    dataset = act("mxcity_upload_show", id=there.upload)["dataset_id"]
    act("package_patch", id=dataset, state="draft")
    act("mxcity_upload_delete", id=there.upload)
    assert len(act("package_show", id=dataset)["resources"]) == 1


@pytest.mark.parametrize(
    "told",
    [
        {"dataset": "x"},
        {"dataset": ["x"]},
        {"tables": "x"},
        {"tables": [1]},
        {"tables": {"a": 1}},
        {"tables": [{"name": "montos", "columns": "x"}]},
    ],
    ids=str,
)
def test_what_has_another_shape_is_refused_and_not_kept(
    told: dict[str, Any], act: Any, send: Any, ministry: dict[str, Any]
) -> None:
    """No request leaves an upload that cannot be shown any more."""
    read = send("montos.csv", OPEN.encode())
    for action in ("mxcity_file_read", "mxcity_reading_confirm", "mxcity_publish"):
        with pytest.raises(tk.ValidationError):
            act(action, id=read["id"], reading=1, recipes={}, **told)
    assert act("mxcity_upload_show", id=read["id"])["state"] == "ready"


@pytest.mark.parametrize("recipe", ["[]", "[" * 5000, "no", '{"foot": -1}', "5", '{"columns": 1}'])
def test_a_recipe_that_is_lost_is_told(
    recipe: str, act: Any, send: Any, ministry: dict[str, Any]
) -> None:
    """What stands in the place of a recipe stops no new version; it is read as any other."""
    read = send("montos.csv", OPEN.encode())
    taken = {**METADATA, "owner_org": ministry["id"]}
    act("mxcity_publish", id=read["id"], dataset=taken, accept_reading=True)
    work()
    dataset = act("mxcity_upload_show", id=read["id"])["dataset_id"]
    (resource,) = act("package_show", id=dataset)["resources"]
    act("resource_patch", id=resource["id"], source_recipe=recipe)
    again = act("mxcity_upload_show", id=sent_into(act, "montos.csv", OPEN.encode(), dataset))
    assert (again["state"], again["recipes"]) == ("ready", {})
    assert again["unread"], "the page says so"


def test_a_recipe_of_before_is_told_and_can_be_undone(
    page: Any, act: Any, app: Any, clerk: dict[str, Any], ministry: dict[str, Any]
) -> None:
    """Who sends a new version sees that it was read as the one before, and may refuse that."""
    there = page("montos.csv", OPEN.encode())
    there.post(**{"t-0-q-0": "1", "t-0-q-1": "1"})
    work()
    there.post()
    there.post(**METADATA, owner_org=ministry["id"], geographic_level="municipal")
    work()
    dataset = act("mxcity_upload_show", id=there.upload)["dataset_id"]
    second = sent_into(act, "montos.csv", OPEN.encode(), dataset)
    again = Page(app, {"id": second}, clerk["token"])
    assert "como se leyó su versión anterior" in again.get().select_one(".mp-again").get_text()
    assert again.preview()[0][1] == "1100"
    again.post(undo="1")
    work()
    assert again.preview()[0][1] == "1.100"


def test_a_wrong_correction_loses_no_other(page: Any) -> None:
    """What else was corrected stands in the form beside the field that is wrong."""
    there = page("montos.csv", OPEN.encode())
    told = {"t-0-foot": "2", "t-0-c-0-out": "1", "t-0-q-0": "1", "t-0-c-1-way": "string|"}
    found = BeautifulSoup(there.post(**told, **{"t-0-rows": "x"}).text, "html.parser")
    assert found.select_one("#t-0-foot")["value"] == "2"
    assert found.select_one("#t-0-rows")["value"] == "x"
    assert found.select_one("#t-0-c-0-out").has_attr("checked")
    assert found.select_one("#t-0-q-0-1").has_attr("checked")
    assert found.select_one("#t-0-c-1-way option[selected]")["value"] == "string|"


def test_to_read_it_again_is_not_to_say_that_it_is_right(page: Any, act: Any) -> None:
    """The button that reads again, with nothing changed, confirms nothing."""
    there = page("montos.csv", OPEN.encode())
    there.post(again="1")
    assert not act("mxcity_upload_show", id=there.upload)["reviewed"]
    assert len(there.get().select(".mp-question")) == 2
    there.post(again="1", **{"t-0-foot": "1"})
    work()
    assert len(there.get().select(".mp-question")) == 2, "what nobody answered is asked again"


def test_what_is_written_of_columns_survives_another_reading(page: Any, act: Any) -> None:
    """Names for people stay, and the period is proposed by the reading that there is."""
    there = page("montos.csv", OPEN.encode())
    there.post()
    before = there.fields()
    there.post(again="1", **{"t-0-0-title": "Colonias", "t-0-c-2-way": "date|%m/%d/%Y"})
    work()
    there.post()
    after = there.fields()
    assert after["t-0-0-title"] == "Colonias"
    end = "temporal_coverage-0-end"
    assert (before[end], after[end]) == ("2024-07-07", "2024-09-02")


def test_no_table_without_a_row_is_published(act: Any, send: Any, ministry: dict[str, Any]) -> None:
    """Where all rows would be set aside, nothing is published."""
    read = send("claves.csv", b"clave,nombre\n1,Ana\n2,Luis\n")
    act("mxcity_file_read", id=read["id"], recipes=typed("claves", nombre="integer"))
    work()
    named = {**METADATA, "owner_org": ministry["id"]}
    act("mxcity_publish", id=read["id"], set_aside=True, dataset=named)
    work()
    assert act("mxcity_upload_show", id=read["id"])["state"] == "errors"
