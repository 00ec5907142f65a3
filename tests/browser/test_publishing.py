"""From a clerk's file to a published dataset, as the clerk does it and as a program does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.browser.pages import against_the_rules, english, too_wide
from tests.browser.test_accessibility import CALL, WIDTHS

#: Pages and actions that a clerk's path may take: see ``Clerk``.
MOST_PAGES, MOST_ACTIONS = 2, 12
LIGHTS = (
    "folio,recibido,atendido,estado,cvegeo,colonia,lat,lon\n"
    "AP-2024-00001,2024-01-31,2024-02-02,atendido,19039,Centro,25.67,-100.31\n"
    "AP-2024-00002,2024-02-01,,perdido,19039,Centro,25.68,-100.32\n"
)
LATIN = (
    "Folio;Fecha de recepción;Colonia;Costo\n"
    "AP-1;31/01/2024;Centro;1.250,50\n"
    "AP-2;15/02/2024;Obispado;980,00\n"
)
#: The button that goes on, and then the one that publishes.
FIRST = ".mp-actions .mx-button:first-child"
IS_BEFORE = """selectors => {
    const [first, second] = selectors.map(selector => document.querySelector(selector));
    return Boolean(first.compareDocumentPosition(second) & Node.DOCUMENT_POSITION_FOLLOWING);
}"""
#: What people wrote: the file, its cells and the choices of other languages.
WRITTEN = ".mp-facts, .mp-preview, .mp-name, .mp-small, .mp-waiting, main td, main h1, option"


class Clerk:
    """Somebody at a page, who counts what has to be done there."""

    def __init__(self, page: Any) -> None:
        self.page, self.actions, self.pages = page, 0, set()

    def act(self, what: str, *arguments: Any) -> None:
        """Fill, choose, click or send a file, and remember where."""
        self.actions += 1
        self.pages.add(self.page.url.split("?")[0].split("#")[0])
        getattr(self.page, what)(*arguments)


@pytest.fixture
def desk(open_page: Callable[..., Any], portal: Any) -> Iterator[SimpleNamespace]:
    """A ministry and a clerk of it who has signed in nowhere; both gone afterwards."""
    stamp = time.time_ns()
    admin = open_page("/about", staff=True)

    def call(action: str, **data: Any) -> Any:
        return admin.evaluate(CALL, {"action": action, "data": data})

    name, password = f"empleada-{stamp}", f"Clave-{stamp}-larga"
    user = call("user_create", name=name, email=f"{name}@example.org", password=password)
    organization = f"prueba-publicar-{stamp}"
    call(
        "organization_create", name=organization, title="Dependencia de prueba",
        government_level="municipal", users=[{"name": name, "capacity": "editor"}],
    )  # fmt: skip

    def rows() -> list[dict[str, Any]]:
        """Return the rows of the only table that the ministry has published."""
        found: list[dict[str, Any]] = []
        late = time.monotonic() + 60
        while not found and time.monotonic() < late:  # a search knows it a moment later
            found = call("package_search", fq=f"organization:{organization}")["results"]
        (dataset,) = found
        (table,) = (file for file in dataset["resources"] if file["source_table"])
        return call("datastore_search", resource_id=table["id"])["records"]

    yield SimpleNamespace(
        name=name, password=password, organization=organization, call=call, rows=rows
    )
    found = call("package_search", fq=f"organization:{organization}", include_drafts=True,
                 include_private=True, rows=100)  # fmt: skip
    for dataset in found["results"]:
        call("dataset_purge", id=dataset["id"])
    call("organization_purge", id=organization)
    call("user_delete", id=user["id"])


def sign_in(clerk: Clerk, desk: SimpleNamespace) -> None:
    """Sign in on the page that stands before the one asked for."""
    clerk.act("fill", "#field-login", desk.name)
    clerk.act("fill", "#field-password", desk.password)
    clerk.act("click", "main button[type=submit]")


def test_a_clerks_path(
    open_page: Callable[..., Any], desk: SimpleNamespace, tmp_path: Path
) -> None:
    """Sign in, drop a file, choose one field, publish: two pages and few actions."""
    file = tmp_path / "reportes_alumbrado_2024.csv"
    file.write_bytes(LATIN.encode("latin-1"))
    page = open_page("/publicar")
    clerk = Clerk(page)
    sign_in(clerk, desk)
    page.wait_for_selector("#field-file")
    clerk.pages.clear()
    clerk.act("set_input_files", "#field-file", file)
    page.wait_for_selector(".mp-preview")
    # What was understood comes before what is asked, as it will be published.
    assert page.locator("#field-title").count() == 0
    changed = page.locator(".mp-preview mark").all_inner_texts()
    assert changed == ["2024-01-31", "1250.50", "2024-02-15", "980.00"]
    clerk.act("click", FIRST)
    page.wait_for_selector("#field-title")
    assert page.evaluate(IS_BEFORE, [".mp-preview", "#field-title"])
    clerk.act("select_option", "#field-snieg_subsystem", "gobierno_seguridad_justicia")
    clerk.act("click", FIRST)
    page.wait_for_selector(".mx-dataset-page", timeout=60_000)
    assert page.locator("h1").inner_text() == "Reportes alumbrado 2024"
    assert len(clerk.pages) <= MOST_PAGES, clerk.pages
    assert clerk.actions <= MOST_ACTIONS
    assert page.errors == []
    assert page.outside == []
    assert [float(row["costo"]) for row in desk.rows()] == [1250.5, 980]


def test_pages_are_in_order(
    open_page: Callable[..., Any], desk: SimpleNamespace, tmp_path: Path
) -> None:
    """With and without errors the pages are accessible, Spanish, and fit on a phone."""
    file = tmp_path / "alumbrado.csv"
    file.write_text(LIGHTS)
    page = open_page("/publicar")
    sign_in(Clerk(page), desk)
    page.wait_for_selector("#field-file")
    problems = [("file", found) for found in complaints(page)]
    page.set_viewport_size({"width": 1280, "height": 900})
    page.set_input_files("#field-file", file)
    page.wait_for_selector(".mp-preview")
    page.click(".mp-fold summary")
    # What is wrong is seen before anybody publishes, on a phone without sliding.
    assert page.locator(".mp-section mark.mp-wrong").inner_text() == "perdido"
    problems += [("reading", found) for found in complaints(page)]
    assert page.locator(".mp-cells li").evaluate("e => e.scrollWidth <= e.clientWidth")
    with page.context.expect_page() as opened:
        page.click(".mp-more a[href*='errores']")
    rows = opened.value
    rows.wait_for_selector(".mp-tabs")
    rows.answers, rows.errors, rows.outside, rows.complaints = [], [], [], []
    problems += [("rows", found) for found in complaints(rows)]
    rows.close()
    page.click(FIRST)
    page.wait_for_selector("#field-title")
    problems += [("review", found) for found in complaints(page)]
    named = page.locator(".select2-search__field").evaluate_all("es => es.map(e => e.ariaLabel)")
    assert named
    assert set(named) == {"Buscar o escribir"}
    page.select_option("#field-snieg_subsystem", "gobierno_seguridad_justicia")
    page.click(FIRST)
    page.wait_for_selector(".mp-errors[role=alert]", timeout=60_000)
    problems += [("errors", found) for found in complaints(page)]
    assert "perdido" in page.locator(".mp-errors").inner_text()
    assert problems == []
    for file, wanted in (("errores.csv", "perdido"), ("filas-0.csv", "AP-2024-00002")):
        with page.expect_download() as told:
            page.click(f".mp-errors a[href$='{file}']")
        assert wanted in Path(told.value.path()).read_text(encoding="utf-8-sig")
    page.click(".mp-cells a")
    assert page.locator("tr:target mark").inner_text() == "perdido", "the error leads to its row"
    page.goto(f"{page.url.split('/publicar')[0]}/esquemas-de-tablas")
    assert complaints(page) == []
    page.go_back()
    page.wait_for_selector(".mp-actions")
    page.click(".mp-actions .mx-button--plain")
    page.wait_for_selector("#field-file")
    assert page.locator(".mp-waiting").count() == 0


#: 1,100 is a thousand and a hundred, or one and a bit.
DOUBTFUL = "colonia;monto\n" + "".join(f"Colonia {n};1,{n + 100}\n" for n in range(12))
ON_FIRST_SCREEN = """selector => {
    const box = document.querySelector(selector).getBoundingClientRect();
    return box.top >= 0 && box.bottom <= window.innerHeight;
}"""


def test_a_question_is_answered_with_the_keyboard(
    open_page: Callable[..., Any], desk: SimpleNamespace, tmp_path: Path
) -> None:
    """On a phone the question is on the first screen; its answer is shown, then published."""
    file = tmp_path / "montos.csv"
    file.write_text(DOUBTFUL)
    page = open_page("/publicar")
    page.set_viewport_size({"width": 360, "height": 740})
    clerk = Clerk(page)
    sign_in(clerk, desk)
    page.wait_for_selector("#field-file")
    clerk.pages.clear()
    clerk.act("set_input_files", "#field-file", file)
    page.wait_for_selector(".mp-question")
    assert page.evaluate(ON_FIRST_SCREEN, ".mp-question legend")
    problems = complaints(page)
    page.set_viewport_size({"width": 360, "height": 740})
    page.focus("#t-0-q-0-0")
    clerk.act("press", "#t-0-q-0-0", "ArrowDown")
    assert page.is_checked("#t-0-q-0-1")
    clerk.act("press", "#t-0-q-0-1", "Enter")
    page.wait_for_selector(".mp-again")
    assert page.locator(".mp-preview mark").first.inner_text() == "1100"
    clerk.act("click", FIRST)
    page.wait_for_selector("#field-title")
    clerk.act("select_option", "#field-snieg_subsystem", "economico")
    clerk.act("click", FIRST)
    page.wait_for_selector(".mx-dataset-page", timeout=60_000)
    assert problems == []
    assert len(clerk.pages) <= MOST_PAGES, clerk.pages
    assert clerk.actions <= MOST_ACTIONS + 1
    assert float(desk.rows()[0]["monto"]) == 1100


def complaints(page: Any) -> list[Any]:
    """What is wrong with a page: rules of accessibility, English, width, code of its own."""
    page.wait_for_load_state("load")  # its end may still be on the way
    page.evaluate(
        "own => document.querySelectorAll(own).forEach(e => e.classList.add('mx-code'))", WRITTEN
    )
    found: list[Any] = [("English", word) for word in english(page)]
    found += [("policy", said) for said in page.complaints if "policy" in said]
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found += [(width, *rule) for rule in against_the_rules(page)]
    return [*found, *too_wide(page), *page.outside, *page.errors]


def test_a_broken_line(
    open_page: Callable[..., Any], desk: SimpleNamespace, tmp_path: Path
) -> None:
    """A file goes on by itself where it stopped when the connection breaks in the middle."""
    file = tmp_path / "largo.csv"
    row = "AP-{:06d},2024-01-31,Centro\n"
    file.write_text("folio,dia,colonia\n" + "".join(row.format(n) for n in range(330_000)))
    page = open_page("/publicar")
    sign_in(Clerk(page), desk)
    page.wait_for_selector("#field-file")
    pieces: list[int] = []

    def cut(route: Any) -> None:
        if route.request.method != "PATCH":
            route.fallback()
            return
        pieces.append(int(route.request.headers["upload-offset"]))
        if len(pieces) == 2:
            route.abort("connectionreset")
        else:
            route.fallback()

    page.context.route("**/publicar/archivos/*", cut)
    page.set_input_files("#field-file", file)
    page.wait_for_selector(".mp-preview", timeout=90_000)
    assert pieces[1] == pieces[2] > 0, "the piece that was lost is sent again, and only that"
    assert "330" in page.locator(".mp-section .mp-facts").inner_text()


def test_a_file_chosen_before_the_script(
    open_page: Callable[..., Any], desk: SimpleNamespace, tmp_path: Path
) -> None:
    """On a slow line the file may be chosen before the page's script is there: it is sent."""
    file = tmp_path / "pronto.csv"
    file.write_bytes(LATIN.encode("latin-1"))
    page = open_page("/publicar")
    scripts: list[Any] = []
    page.route("**/mxcity_publishing/*.js*", lambda route: scripts.append(route), times=1)
    sign_in(Clerk(page), desk)
    page.wait_for_selector("#field-file")
    page.set_input_files("#field-file", file)
    while not scripts:
        page.wait_for_timeout(50)
    scripts.pop().continue_()
    page.wait_for_selector(".mp-preview")


def test_a_file_for_a_dataset_that_is_there(
    open_page: Callable[..., Any], desk: SimpleNamespace, tmp_path: Path
) -> None:
    """From a dataset's page the file is sent where it belongs; a refusal is a sentence."""
    dataset = desk.call(
        "package_create", name=f"{desk.organization}-datos", title="Reportes", notes="Reportes.",
        owner_org=desk.organization, snieg_subsystem="economico", geographic_level="municipal",
    )  # fmt: skip
    file = tmp_path / "nuevo.csv"
    file.write_bytes(LATIN.encode("latin-1"))
    page = open_page(f"/publicar?dataset={dataset['id']}")
    sign_in(Clerk(page), desk)
    page.wait_for_selector("#field-file")
    refusal = {"status": 413, "content_type": "text/html", "body": "<html><h1>413</h1></html>"}
    page.route("**/publicar/archivos", lambda route: route.fulfill(**refusal), times=1)
    page.set_input_files("#field-file", file)
    page.wait_for_selector("[data-mx-said].mp-error")
    assert "<" not in page.inner_text("[data-mx-said]")


#: A Table Schema of LATIN.
COSTS = {
    "title": "Reportes con costo",
    "fields": [
        {"name": "Folio"}, {"name": "Fecha de recepción", "type": "date"}, {"name": "Colonia"},
        {"name": "Costo", "type": "number", "constraints": {"maximum": 100000}},
    ],
}  # fmt: skip
LOST = "stdyDscr/stdyInfo/notes"
SHEET = """<codeBook><stdyDscr>
  <citation><titlStmt><titl>Otro título</titl></titlStmt></citation>
  <stdyInfo>
    <abstract>Lo que dice la ficha.</abstract>
    <sumDscr>
      <timePrd event="single" date="2024"/><geogCover>Monterrey, Nuevo León</geogCover>
      <anlyUnit>Reporte</anlyUnit><universe>Reportes recibidos</universe>
      <dataKind>Registro administrativo</dataKind>
    </sumDscr>
    <notes>Otra cosa</notes>
  </stdyInfo>
</stdyDscr></codeBook>"""


def folder_of(desk: SimpleNamespace, root: Path) -> Path:
    """Make a folder to push: a dataset without a file."""
    name = f"empuje-{time.time_ns()}"
    folder = root / name
    folder.mkdir()
    (folder / "dataset.yaml").write_text(
        f"name: {name}\ntitle: Reportes empujados\nowner_org: {desk.organization}\n"
        "snieg_subsystem: gobierno_seguridad_justicia\ngeographic_level: municipal\n"
    )
    return folder


def pushing(
    desk: SimpleNamespace, portal: Any, root: Path
) -> Callable[..., tuple[int, dict[str, Any]]]:
    """Return what pushes a folder: gives the exit code, and what is told of its one dataset."""
    token = desk.call("api_token_create", user=desk.name, name="empuje")["token"]

    def push(*options: str) -> tuple[int, dict[str, Any]]:
        done = subprocess.run(
            [sys.executable, "-m", "ckanext.mxcity.command", "push", str(root), "--json", *options],
            env={**os.environ, "MXCITY_URL": portal.url, "MXCITY_TOKEN": token},
            capture_output=True, text=True, check=False, timeout=180,
        )  # fmt: skip
        assert done.returncode in (0, 1), done.stderr
        (told,) = json.loads(done.stdout.splitlines()[-1])
        return done.returncode, told

    return push


def test_push_asks_what_the_page_asks(desk: SimpleNamespace, portal: Any, tmp_path: Path) -> None:
    """A file that tells too little waits for an answer: a recipe beside it, or an option."""
    folder = folder_of(desk, tmp_path)
    (folder / "montos.csv").write_text(DOUBTFUL)
    push = pushing(desk, portal, tmp_path)
    code, told = push()
    assert (code, told["files"]) == (1, {})
    assert "thousands-comma" in told["errors"][0], "the answers are named"
    recipe = {"columns": {"monto": {"type": "integer", "format": "thousands-comma"}}}
    (folder / "montos.recipe.json").write_text(json.dumps({"montos": recipe}))
    assert push() == (0, {"name": folder.name, "result": "created", "errors": [], "notes": [],
                          "files": {"montos.csv": "published"}})  # fmt: skip
    assert float(desk.rows()[0]["monto"]) == 1100
    assert push()[1]["result"] == "unchanged"
    recipe["columns"]["monto"] = {"type": "number", "format": "decimal-comma"}
    (folder / "montos.recipe.json").write_text(json.dumps({"montos": recipe}))
    assert push()[1]["files"] == {"montos.csv": "published"}, "the answer is another"
    assert float(desk.rows()[0]["monto"]) == 1.1
    (folder / "montos.recipe.json").unlink()
    (folder / "montos.csv").replace(folder / "otros.csv")
    assert push()[0] == 1
    code, told = push("--accept-reading")
    assert (code, told["files"]) == (0, {"otros.csv": "published"})


def test_push_is_idempotent(
    desk: SimpleNamespace, portal: Any, open_page: Callable[..., Any], tmp_path: Path
) -> None:
    """A folder is published once; again it changes nothing; a new version takes its place."""
    folder = folder_of(desk, tmp_path)
    name = folder.name
    (folder / "reportes.csv").write_bytes(LATIN.encode("latin-1"))
    (folder / "metadata.xml").write_text(SHEET)
    push = pushing(desk, portal, tmp_path)
    assert push() == (0, {"name": name, "result": "created",
                          "files": {"reportes.csv": "published"}, "errors": [],
                          "notes": [f"metadata.xml: {LOST}: Otra cosa"]})  # fmt: skip
    before = portal.api("package_show", id=name)
    assert before["title"] == "Reportes empujados", "dataset.yaml goes before the sheet"
    assert (before["notes"], before["area_codes"]) == ("Lo que dice la ficha.", ["19039"])
    assert push()[1]["result"] == "unchanged"
    assert portal.api("package_show", id=name)["metadata_modified"] == before["metadata_modified"]
    (folder / "reportes.csv").write_bytes(
        (LATIN + "AP-3;01/03/2024;Mitras;1,00\n").encode("latin-1")
    )
    (folder / "roto.csv").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    (folder / "reportes.schema.json").write_text(json.dumps(COSTS))
    code, told = push()
    assert (code, told["files"]) == (1, {"reportes.csv": "published"})
    assert "roto.csv" in told["errors"][0]
    after = portal.api("package_show", id=name)
    assert [r["id"] for r in after["resources"]] == [r["id"] for r in before["resources"]]
    found = portal.api("datastore_search", resource_id=after["resources"][0]["id"])
    assert found["total"] == 3
    assert json.loads(after["resources"][0]["table_schema"])["title"] == COSTS["title"]
    (folder / "roto.csv").unlink()
    assert push()[1]["result"] == "unchanged"
    stricter = json.dumps(COSTS).replace("100000", "1000")
    (folder / "reportes.schema.json").write_text(stricter)
    code, told = push()
    assert code == 1
    assert "1250.50" in told["errors"][0], "the same file is checked against its new schema"


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_sheet_fills_in_the_form(open_page: Callable[..., Any], scripts: bool) -> None:
    """A sheet of metadata is chosen and the form comes filled in, with scripts or without."""
    page = open_page("/fichas", staff=True, scripts=scripts)
    if scripts:
        assert against_the_rules(page) == []
        assert too_wide(page) == []
    file = {"name": "ficha.xml", "mimeType": "text/xml", "buffer": SHEET.encode()}
    page.set_input_files("#field-upload", file)
    page.click("main .mp-form button[type=submit]")
    page.wait_for_selector(".mp-sheet")
    page.click(".mp-sheet summary")
    if scripts:
        assert too_wide(page) == []
    assert (page.errors, page.outside) == ([], [])
    assert page.input_value("#field-title") == "Otro título"
    assert "Otra cosa" in page.inner_text(".mp-sheet")
