"""The preview is what will be published: its cells, what changed in them, and what is wrong."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from bs4 import BeautifulSoup
from ckanext.mxcity.publishing import previews
from ckanext.mxcity.publishing import work as work_of_uploads

from tests.mxcity.publishing.desk import METADATA, rows_of, work

pytestmark = pytest.mark.usefixtures("migrated_db", "clean_queue")

#: Three hundred rows; days are changed, a state is wrong far below the first rows.
HEADER = "folio,recibido,atendido,estado,cvegeo,colonia,lat,lon"
LINES = [
    f"AP-2024-{n:05},{1 + n % 28:02}/01/2024,,{'perdido' if n in (3, 280) else 'recibido'},"
    "19039,Centro,25.67,-100.31"
    for n in range(1, 301)
]
LIGHTS = "\n".join([HEADER, *LINES, ""]).encode()


@pytest.fixture
def rows(app: Any, page: Any) -> Any:
    """Open a page of rows of a table, by its list and its number."""
    there = page("alumbrado.csv", LIGHTS)

    def opened(kind: str, number: int = 1) -> BeautifulSoup:
        address = f"{there.address}/tabla-0?ver={kind}&pagina={number}"
        answer = app.get(address, headers=there.headers)
        return BeautifulSoup(answer.text, "html.parser")

    opened.page = there
    return opened


def numbers(page: BeautifulSoup) -> list[int]:
    return [int(row.select_one("th").text) for row in page.select(".mp-preview tbody tr")]


def test_wrong_cells_are_marked_before_anybody_publishes(rows: Any) -> None:
    """In the first rows and in a list, with what would be right."""
    page = rows.page.get()
    (wrong,) = page.select(".mp-section .mp-preview mark.mp-wrong")
    assert wrong.text == "perdido"
    assert "recibido" in wrong.find_parent("td").select_one(".mp-written").text
    assert [item.select_one("strong").text for item in page.select(".mp-cells li")] == [
        "estado", "estado",
    ]  # fmt: skip
    assert [row["id"] for row in page.select(".mp-errors tbody tr")] == ["v0-fila-4", "v0-fila-281"]
    assert not page.select("#set-aside"), "first it is said that it is read right"
    rows.page.post()
    assert rows.page.get().select_one("#set-aside"), "and nobody has to try to publish it first"


def test_more_rows_by_address(rows: Any) -> None:
    """Without a script: first rows, those that change and those with errors, a page each."""
    seen: list[int] = []
    for number in range(1, 5):
        seen += numbers(rows("primeras", number))
    assert seen == list(range(2, 2 + previews.KEPT))
    assert numbers(rows("cambios"))[0] == 2
    assert numbers(rows("errores")) == [4, 281]
    assert [mark.text for mark in rows("errores").select("mark.mp-wrong")] == ["perdido"] * 2
    for odd in (("primeras", 0), ("primeras", 99), ("otra", 1)):
        assert numbers(rows(*odd))
    links = [link["href"] for link in rows.page.get().select(".mp-more a")]
    assert [link.split("ver=")[1] for link in links] == ["primeras", "cambios", "errores"]


def test_there_is_no_such_table(rows: Any, app: Any) -> None:
    """A number that the file has not is not found."""
    app.get(f"{rows.page.address}/tabla-1", headers=rows.page.headers, status=404)


def test_the_preview_is_what_comes_out(
    rows: Any, act: Any, app: Any, ministry: dict[str, Any]
) -> None:
    """The rows that are shown are the rows of the file that is published."""
    seen = []
    for number in range(1, 5):
        for row in rows("primeras", number).select(".mp-preview tbody tr"):
            cells = [(cell.find("mark") or cell).text.strip() for cell in row.select("td")]
            seen.append(["" if cell == "(vacía)" else cell for cell in cells])
    rows.page.post()
    described = {**METADATA, "owner_org": ministry["id"], "geographic_level": "municipal"}
    rows.page.post(**described, set_aside="1")
    work()
    done = act("mxcity_upload_show", id=rows.page.upload)
    assert (done["state"], done["left_out"]) == ("published", {"0": 2})
    (resource,) = act("package_show", id=done["dataset_id"])["resources"]
    made = list(csv.reader(io.StringIO(app.get(resource["url"]).text)))
    del seen[2]  # the row that is set aside
    assert made[1 : 1 + len(seen)] == seen


def test_columns_that_are_left_out_move_no_mark(page: Any) -> None:
    """What is wrong is marked in its own column, whatever is left out before it."""
    there = page("alumbrado.csv", LIGHTS)
    there.post(**{"t-0-schema": "", "t-0-c-0-out": "1", "t-0-c-3-way": "integer|*"})
    work()
    found = there.get()
    header = [cell.contents[0].strip() for cell in found.select(".mp-section thead th")][1:]
    for row in found.select(".mp-section .mp-preview tbody tr"):
        cells = row.select("td")
        marked = [header[place] for place, cell in enumerate(cells) if cell.select("mark.mp-wrong")]
        assert set(marked) <= {"estado"}
    listed = found.select(".mp-errors .mp-preview tbody tr")
    assert listed
    for row in listed:
        cells = row.select("td")
        assert [header[n] for n, cell in enumerate(cells) if cell.select("mark")] == ["estado"]


def test_another_schema_is_shown_before_it_is_published(
    page: Any, act: Any, ministry: dict[str, Any]
) -> None:
    """A schema that has a column written otherwise leads back to the first rows, once."""
    there = page("cobros.csv", b'folio,monto\nA,"1,50"\nB,"2,25"\n')
    there.post()
    assert [row[-1] for row in there.preview()] == ["1.50", "2.25"]
    described = {**METADATA, "owner_org": ministry["id"], "geographic_level": "municipal"}
    schema = json.dumps({"fields": [{"name": "folio"}, {"name": "monto", "type": "string"}]})
    chosen = {"t-0-schema": "own", "t-0-known": schema}
    there.post(**described, **chosen)
    work()
    assert act("mxcity_upload_show", id=there.upload)["state"] == "ready", "nothing is published"
    assert "de otra forma: monto" in there.get().get_text()
    assert [row[-1] for row in there.preview()] == ["1,50", "2,25"]
    there.post()
    there.post(**described)
    work()
    done = act("mxcity_upload_show", id=there.upload)
    (resource,) = act("package_show", id=done["dataset_id"])["resources"]
    assert [row["monto"] for row in rows_of(resource["id"])] == ["1,50", "2,25"]


def test_a_large_file_says_what_is_not_looked_at_yet(
    page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who sends it learns that its values are looked at on publishing, and not that all is well."""
    said = "se revisa al publicar"
    assert said not in page("alumbrado.csv", LIGHTS).get().get_text()
    monkeypatch.setattr(work_of_uploads, "CHECKED_EARLY", len(LIGHTS) - 1)
    found = page("alumbrado.csv", LIGHTS).get()
    assert said in found.get_text()
    assert not found.select(".mp-errors")
    plain = page("lisa.csv", b"nombre,nota\nuno,a\ndos,b\n" * 2000)
    assert said not in plain.get().get_text(), "a table that cannot be wrong hides nothing"
