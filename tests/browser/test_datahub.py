"""The DataHub as people meet it: clerks at their forms, residents and deciders at its pages."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.browser.pages import against_the_rules, english, inline_code, too_wide
from tests.browser.test_accessibility import CALL, WIDTHS

#: An asset that residents must never read of.
SECRET = "Padrón reservado de lámparas"
WRITTEN_BY_PEOPLE = "main dd, main td, main th, main li strong"


@pytest.fixture
def staff(open_page: Callable[..., Any]) -> Any:
    """A page of the administrator; ``call`` asks the API as the administrator."""
    page = open_page("/about", staff=True)
    home = page.url.removesuffix("/about")
    page.visit = lambda path: page.goto(home + path)
    api = open_page("/about", staff=True)
    page.call = lambda action, **data: api.evaluate(CALL, {"action": action, "data": data})
    return page


@pytest.fixture
def hub(staff: Any) -> Iterator[SimpleNamespace]:
    """A ministry with an asset, a class, a late step, an ally and a decision; gone afterwards."""
    name = f"prueba-datahub-{time.time_ns()}"
    staff.call("organization_create", name=name, title="Dependencia de prueba",
               government_level="municipal")  # fmt: skip
    where = {"organization_id": name}
    asset = staff.call(
        "datahub_asset_create", **where, inv_id="PRB-1", title=SECRET, description="Un registro.",
        area="Dirección", source_system="Excel", update_frequency="MONTHLY",
        classification="publico",
    )  # fmt: skip
    part = {**where, "asset_id": asset["id"]}
    staff.call("datahub_diagnosis_create", **part, kind="registro", collected_how="ventanilla",
               usable="si")  # fmt: skip
    staff.call("datahub_sharing_create", **part, proposed_class="publico", sharing_class="publico")
    yesterday = dt.datetime.now(ZoneInfo("America/Monterrey")).date() - dt.timedelta(days=1)
    step = staff.call("datahub_milestone_create", **part, title="Completar la cobertura",
                      owner_role="Jefatura", due=yesterday.isoformat())  # fmt: skip
    staff.call("datahub_stakeholder_create", **where, name="Facultad", type="universidad",
               consent=True)  # fmt: skip
    staff.call("datahub_decision_create", **where, date="2026-11-03",
               decision="Se cambian lámparas", assets=["PRB-1"], approved=True)  # fmt: skip
    made = SimpleNamespace(name=name, asset=asset["id"], step=step["id"], day=yesterday)
    yield made
    for found in staff.call("datahub_asset_list", organization_id=made.name):
        staff.call("datahub_asset_delete", id=found["id"])
    staff.call("organization_purge", id=made.name)


def complaints(page: Any) -> list[Any]:
    """What is wrong with a page: rules of accessibility, English, width, code of its own."""
    page.settle()
    page.evaluate(
        "own => document.querySelectorAll(own).forEach(e => e.classList.add('mx-code'))",
        WRITTEN_BY_PEOPLE,
    )
    found: list[Any] = [("English", word) for word in english(page)]
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found += [(width, *rule) for rule in against_the_rules(page)]
    return [*found, *too_wide(page), *page.outside, *page.errors]


def test_pages_and_forms_are_accessible(
    staff: Any, hub: SimpleNamespace, open_page: Callable[..., Any]
) -> None:
    """Every page and form, empty and refused, keeps WCAG 2.2 AA, is in Spanish and fits a phone."""
    home = f"/datahub/{hub.name}"
    problems: list[Any] = []
    for path in ("/datahub", "/datahub/prioridades", "/datahub/ciudades", home):
        page = open_page(path)
        problems += [(path, "resident", *inline_code(page)[:1])] if inline_code(page) else []
        problems += [(path, "resident", found) for found in complaints(page)]
    kinds = ("asset", "diagnosis", "sharing", "stakeholder", "decision", "milestone")
    forms = [f"{home}/nuevo/{kind}" for kind in kinds] + [f"{home}/cambio", f"{home}/importar"]
    plain = [home, f"{home}/asset/{hub.asset}", f"{home}/editar/milestone/{hub.step}",
             f"{home}/borrar/milestone/{hub.step}", f"{home}/bitacora"]  # fmt: skip
    for path in (*plain, *forms):
        staff.visit(path)
        problems += [(path, found) for found in complaints(staff)]
        if path.endswith(("asset", "cambio", "importar")):
            staff.locator("main form.dh-form button[type=submit]").first.click()
            staff.wait_for_selector(".dh-errors")
            problems += [(path, "refused", found) for found in complaints(staff)]
    assert not problems


def test_clerk_with_the_keyboard_alone(staff: Any, hub: SimpleNamespace) -> None:
    """An asset and its diagnosis go in by keyboard; what is missing is named at its field."""
    staff.visit(f"/datahub/{hub.name}/nuevo/asset")

    def fill(values: dict[str, str]) -> None:
        for _ in range(200):
            staff.keyboard.press("Tab")
            field = staff.evaluate("document.activeElement.name || document.activeElement.type")
            if field in values:
                if staff.evaluate("document.activeElement.tagName") != "SELECT":
                    staff.keyboard.press("Control+A")
                staff.keyboard.type(values[field])
            if staff.evaluate(
                "document.activeElement.matches('main .form-actions button[type=submit]')"
            ):
                with staff.expect_navigation():
                    staff.keyboard.press("Enter")
                return
        pytest.fail("the keyboard never reached the button")

    told = {"title": "Reportes", "description": "Un reporte.", "area": "Alumbrado",
            "source_system": "Excel", "update_frequency": "Mensual"}  # fmt: skip
    fill(told)
    assert staff.locator("#error-classification").is_visible()
    assert staff.input_value("#field-title") == "Reportes"
    staff.locator(".dh-errors a").first.press("Enter")
    assert staff.evaluate("document.activeElement.id") == "field-classification"
    staff.keyboard.type("Público")
    fill({})
    staff.wait_for_url("**/asset/*")
    address = staff.url.split("/asset/")[0].rsplit("/", 2)[0]
    asset = staff.url.rsplit("/", 1)[1]
    staff.goto(f"{address}/datahub/{hub.name}/nuevo/diagnosis?asset_id={asset}")
    fill({"kind": "Registro", "collected_how": "ventanilla", "usable": "No"})
    assert staff.locator("#error-obstacle").is_visible()
    staff.locator(".dh-errors a").first.press("Enter")
    staff.keyboard.type("Desactualizado")
    fill({})
    staff.wait_for_url("**/asset/*")
    staff.visit(f"/datahub/{hub.name}")
    assert "1 de 2 (50.0%)" in staff.inner_text(".dh-figures")


def test_resident_reads_the_ministry(
    open_page: Callable[..., Any], hub: SimpleNamespace, portal: Any
) -> None:
    """Sections, dates and figures are for everybody; names of assets are not, nor in the API."""
    page = open_page(f"/datahub/{hub.name}")
    assert page.locator(".dh-section .dh-letter").all_inner_texts() == list("ABCDEFGHIJK")
    text = page.inner_text("main")
    assert "1 día de retraso" in text
    assert f"{hub.day:%d/%m/%Y}" in text
    assert "03/11/2026" in text
    assert "1 de 1 (100.0%)" in text
    assert SECRET not in page.content()
    assert SECRET not in str(portal.api("datahub_milestone_list", organization_id=hub.name))
    assert SECRET not in str(portal.api("datahub_summary_show", organization_id=hub.name))
    page.goto(page.url.rsplit("/", 1)[0])
    table = page.locator(".dh-city")
    cells = table.locator("tbody tr td:nth-child(2)").all_inner_texts()
    total = table.locator("tfoot td").first.inner_text()
    assert sum(int(n.replace(",", "")) for n in cells) == int(total.replace(",", ""))
    assert len(cells) > 1
    # A ministry without records says a dash, never a share of nothing.
    empty = page.request.get(f"{portal.url}/api/3/action/datahub_city_show").json()["result"]
    for row in empty["ministries"]:
        if not row["counts"]["assets"]:
            assert row["ratios"]["usable"]["text"] == "—"


def test_two_editors_lose_nothing(
    staff: Any, open_page: Callable[..., Any], hub: SimpleNamespace
) -> None:
    """Who saves second sees the other's value beside the own one, chooses, and saves."""
    path = f"/datahub/{hub.name}/editar/milestone/{hub.step}"
    other = open_page(path, staff=True)
    staff.visit(path)
    other.fill("#field-owner_role", "Dirección de Datos")
    other.click("main .form-actions button")
    other.wait_for_url("**/asset/*")
    staff.fill("#field-owner_role", "Coordinación")
    staff.fill("#field-title", "Completar y revisar")
    staff.click("main .form-actions button")
    staff.wait_for_selector(".dh-errors")
    assert staff.input_value("#field-owner_role") == "Coordinación"
    shown = staff.locator(".dh-other").all_inner_texts()
    assert any("Dirección de Datos" in text for text in shown)
    stored = staff.call("datahub_milestone_show", id=hub.step)
    assert (stored["owner_role"], stored["title"]) == (
        "Dirección de Datos",
        "Completar la cobertura",
    )
    staff.fill("#field-owner_role", "Dirección de Datos")
    staff.click("main .form-actions button")
    staff.wait_for_url("**/asset/*")
    stored = staff.call("datahub_milestone_show", id=hub.step)
    assert (stored["owner_role"], stored["title"]) == ("Dirección de Datos", "Completar y revisar")


def test_plan_out_and_in_again(staff: Any, hub: SimpleNamespace, tmp_path: Any) -> None:
    """The plan that is downloaded goes in again, and the preview says that nothing changes."""
    staff.visit(f"/datahub/{hub.name}")
    with staff.expect_download() as coming:
        staff.locator("a[href$='/plan.csv']").click()
    path = tmp_path / "plan.csv"
    coming.value.save_as(path)
    staff.visit(f"/datahub/{hub.name}/importar")
    staff.select_option("#field-table", "plan")
    staff.set_input_files("#field-upload", path)
    staff.click("main form.dh-form button[type=submit]")
    staff.wait_for_selector("main caption")
    assert staff.locator(".dh-figure dd").all_inner_texts() == ["0", "0", "1", "0"]
    assert "No hay nada que guardar" in staff.inner_text("main")
    assert staff.call("datahub_milestone_show", id=hub.step)["version"] == 1


def test_brief_is_one_sheet(open_page: Callable[..., Any], hub: SimpleNamespace) -> None:
    """Printed, a ministry is one A4 page."""
    page = open_page(f"/datahub/{hub.name}")
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1


def test_renamed_ministry_is_found_by_both_names(
    staff: Any, open_page: Callable[..., Any], hub: SimpleNamespace, portal: Any
) -> None:
    """After a change by the form, the old address leads on and the page says both names."""
    new = f"{hub.name}-b"
    staff.visit(f"/datahub/{hub.name}/cambio")
    staff.select_option("#field-kind", "renombrada")
    staff.fill("#field-new_title", "Dependencia nueva")
    staff.fill("#field-new_name", new)
    staff.fill("#field-date", "01/05/2025")
    staff.click("main form.dh-form button[type=submit]")
    staff.wait_for_url(f"**/datahub/{new}")
    for path in ("/datahub/", "/organization/"):
        page = open_page(path + hub.name)
        assert page.url.endswith(path + new)
    found = portal.api("organization_autocomplete", q=hub.name)
    hub.name = new
    assert new in [row["name"] for row in found]
    page = open_page(f"/datahub/{new}")
    text = page.inner_text("main")
    assert "Dependencia de prueba" in text
    assert "Dependencia nueva" in text


@pytest.fixture
def clerk_of(
    staff: Any, browser: Any, portal: Any, request: pytest.FixtureRequest
) -> Iterator[Callable[[str], Any]]:
    """Signs an editor of a new ministry in; returns the page, whose ``ministry`` is its name."""
    contexts, made = [], []

    def sign_in(name: str) -> Any:
        name = f"{name}-{time.time_ns()}"
        made.append(name)
        staff.call("user_create", name=name, email=f"{name}@example.mx", password=name)
        staff.call(
            "organization_create", name=name, title=f"Secretaría {name}",
            government_level="municipal", users=[{"name": name, "capacity": "editor"}],
        )  # fmt: skip
        context = browser.new_context(locale="es-MX")
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{portal.url}/user/login")
        page.fill("#field-login", name)
        page.fill("#field-password", name)
        page.click("main button[type=submit]")
        page.wait_for_selector(".mx-menu")
        page.ministry = name
        return page

    yield sign_in
    for context in contexts:
        context.close()
    for name in made:
        staff.call("organization_purge", id=name)
        staff.call("user_delete", id=name)


def test_another_ministry_reads_what_it_was_granted(
    staff: Any, hub: SimpleNamespace, clerk_of: Callable[[str], Any], portal: Any
) -> None:
    """Asked and granted, the data open to that ministry alone; revoked, they close at once."""
    asker, third = clerk_of("pide"), clerk_of("tercera")
    asset = staff.call(
        "datahub_asset_create", organization_id=hub.name, inv_id="PRB-2", title="Choques",
        description="Un choque.", area="Vialidad", source_system="Excel",
        update_frequency="MONTHLY", classification="publico",
    )  # fmt: skip
    staff.call(
        "datahub_sharing_create", organization_id=hub.name, asset_id=asset["id"],
        proposed_class="entre_dependencias", sharing_class="entre_dependencias",
        legal_ground="art. 1",
    )  # fmt: skip
    dataset = staff.call(
        "package_create", name=f"choques-{time.time_ns()}", title="Choques", private=True,
        owner_org=hub.name, identifier="PRB-2", snieg_subsystem="economico",
        geographic_level="municipal",
        resources=[{"url": "https://datos.example.mx/choques.csv", "format": "CSV"}],
    )  # fmt: skip
    address = f"{portal.url}/dataset/{dataset['name']}"
    try:
        assert asker.goto(address).status == 404
        asker.goto(f"{portal.url}/datahub/{hub.name}/solicitar/{asset['id']}")
        asker.fill("#field-purpose", "Cruzar con las obras")
        asker.click("main form.dh-form button[type=submit]")
        asker.wait_for_url("**#D")

        staff.visit(f"/datahub/{hub.name}")
        staff.locator("main a[href*=responder]").first.click()
        staff.select_option("#field-state", "concedida")
        staff.fill("#field-answer_reason", "Convenio 12")
        staff.click("main form.dh-form button[type=submit]")
        staff.wait_for_url("**#D")
        assert asker.goto(address).status == 200
        assert third.goto(address).status == 404

        staff.visit(f"/datahub/{hub.name}")
        staff.locator("main a[href*=revocar]").first.click()
        staff.fill("#field-revoke_reason", "Terminó el proyecto")
        staff.click("main form.dh-form button[type=submit]")
        staff.wait_for_url("**#D")
        assert asker.goto(address).status == 404
        asker.goto(f"{portal.url}/datahub/{hub.name}")
        assert "Terminó el proyecto" in asker.inner_text("main")
    finally:
        staff.call("dataset_purge", id=dataset["id"])
