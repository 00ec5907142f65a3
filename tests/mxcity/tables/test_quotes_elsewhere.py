"""What leaves the portal with a quoted chart: its look, its warnings, and its refusals."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import Any

import pytest
from bs4 import BeautifulSoup
from ckan.tests import factories, helpers
from ckanext.mxcity.tables.quotes import picture, record
from defusedxml.ElementTree import fromstring
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from quoted_charts import BARS, LINE, SOURCE, cited, new_table, page_of, quote

CHROMIUM = next((p for n in ("chromium", "chromium-browser") if (p := shutil.which(n))), None)
MADE_UP = "Demonstration data: made-up figures"
SVG = "{http://www.w3.org/2000/svg}"
#: What PostgreSQL keeps and XML does not allow, and a half of a character.
NO_XML = "\x01\x0b\x1f\ufffe\uffff\ud800"


@pytest.fixture(scope="module")
def web(streets: dict[str, Any]) -> Any:
    """The web application."""
    return helpers._get_test_app()


@pytest.fixture(scope="module")
def table(streets: dict[str, Any]) -> dict[str, Any]:
    """A table that has a chart on its own page."""
    made = new_table()
    view = helpers.call_action(
        "resource_view_create", {"user": factories.Sysadmin()["name"]}, resource_id=made["id"],
        view_type="mxcity_chart_view", title="Gráfica",
    )  # fmt: skip
    return {**made, "view": view["id"]}


def test_pages_with_a_chart_have_the_style_of_charts(web: Any, table: dict[str, Any]) -> None:
    """Wherever a chart or its figures are drawn the page loads how they look."""
    address = cited(web, table, LINE)
    pages = (
        *(address, f"{address}/insertar", f"/dataset/{table['package_id']}"),
        f"/dataset/{table['package_id']}/resource/{table['id']}?view_id={table['view']}",
    )
    for one in pages:
        page = page_of(web, one)
        assert page.select_one("[class^=mx-chart]"), one
        styles = [link["href"] for link in page.select("link[rel=stylesheet]")]
        assert any("tables.css" in style for style in styles), (one, styles)


def test_a_chart_of_made_up_figures_says_so_everywhere(
    web: Any, streets: dict[str, Any], table: dict[str, Any]
) -> None:
    """What is cited of the demonstration is not taken for the figures of the city."""
    made_up = cited(web, new_table(synthetic=True), LINE)
    page = page_of(web, made_up)
    assert MADE_UP in page.select_one(".mx-quoted .mx-badge--demo").text
    fields = {field["id"]: field.get("value") or field.text for field in page.select("[readonly]")}
    assert "[Gráfica. Datos de demostración: cifras inventadas]" in fields["mx-cite-apa"]
    assert "Datos de demostración: cifras inventadas" in fields["mx-cite-bibtex"]
    assert MADE_UP in page_of(web, f"{made_up}/insertar").select_one(".mx-badge--demo").text
    drawing = fromstring(web.get(f"{made_up}.svg").data)
    assert MADE_UP in drawing.findtext(f"{SVG}desc")
    assert MADE_UP in [text.text for text in drawing.iter(f"{SVG}text")]
    found = helpers.call_action("mxcity_chart_quote_show", id=made_up.rsplit("/", 1)[-1])
    assert found["source"]["demonstration"] is True
    real = cited(web, table, LINE)
    for form in ("", "/insertar", ".svg"):
        text = web.get(f"{real}{form}").text
        assert MADE_UP not in text
        assert "Datos de demostración" not in text


def test_made_up_figures_are_kept_as_such() -> None:
    """The mark is part of what is kept, and so of the address."""
    kept = quote(("a", 1.0))
    made_up = replace(kept, source=replace(SOURCE, demonstration=True))
    assert record.read(made_up.content) == made_up
    assert made_up.code != kept.code
    assert made_up.csv == kept.csv


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=30), st.text(max_size=30))
@example(NO_XML, NO_XML)
def test_any_text_is_drawn_as_xml(web: Any, label: str, title: str) -> None:
    """Whatever a table calls its columns and groups, the picture is XML, and makes an image."""
    drawn = replace(quote((label, 1.0)), titles={"tipo": title, "monto": title})
    with web.flask_app.test_request_context(environ_overrides={"CKAN_LANG": "en"}):
        drawing = picture.svg(drawn, [title])
    root = fromstring(drawing.encode())
    assert {"svg", "title", "desc"} <= {one.tag.removeprefix(SVG) for one in root.iter()}
    if label == NO_XML:
        assert "\ufffd" * len(NO_XML) in root.findtext(f"{SVG}desc")
        assert picture.png(drawing).startswith(b"\x89PNG")


def test_labels_that_xml_does_not_allow_are_drawn(web: Any, streets: dict[str, Any]) -> None:
    """A control character of a table fails neither page nor picture."""
    own = new_table()
    helpers.call_action(
        "datastore_upsert", {"user": factories.Sysadmin()["name"]}, resource_id=own["id"],
        force=True, method="upsert", records=[{"folio": "a", "tipo": "Pos\x01\ufffete"}],
    )  # fmt: skip
    address = cited(web, own, BARS)
    for form in ("", "/insertar", ".svg", ".png", ".csv"):
        assert web.get(f"{address}{form}").status_code == 200, form
    assert "Pos\ufffd\ufffdte" in fromstring(web.get(f"{address}.svg").data).findtext(f"{SVG}desc")


@pytest.mark.parametrize("given_id", ["", " "])
def test_a_chart_of_no_file_is_refused(web: Any, spanish: None, given_id: str) -> None:
    """A form without a file, or with one that cannot be, is refused in the reader's words."""
    text = cited(web, {"id": given_id}, LINE, status=400)
    assert "Missing value" not in text
    assert "is missing or is none" in text or "falta o no es válido" in text


def test_a_frame_says_that_its_chart_is_gone(web: Any, streets: dict[str, Any]) -> None:
    """A newspaper's page shows a sentence where a chart was, not a browser's empty frame."""
    own = new_table()
    address = cited(web, own, LINE)
    admin = {"user": factories.Sysadmin()["name"]}
    helpers.call_action("package_patch", admin, id=own["package_id"], private=True)
    frames = {f"{address}/insertar": 410, "/grafica/aaaaaaaaaaaaaaaa/insertar": 404,
              "/grafica/corto/insertar": 404}  # fmt: skip
    for one, status in frames.items():
        answer = web.get(one)
        assert answer.status_code == status, one
        assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]
        assert "X-Frame-Options" not in answer.headers
        page = BeautifulSoup(answer.body, "html.parser")
        assert "mx-framed" in page.html["class"]
        assert page.select("script, form, nav") == []
        assert page.select_one("main p").get_text(strip=True)


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
def test_a_frame_is_as_high_as_its_chart(web: Any, streets: dict[str, Any]) -> None:
    """The height that the code gives holds chart, note and source on a phone and on a desk."""
    playwright_api = pytest.importorskip("playwright.sync_api")
    made_up = new_table(synthetic=True)
    rows = [
        {"folio": f"f{number}", "anio": 1990 + number, "monto": 1_000.5 * number,
         "tipo": f"Luminaria apagada por más de dos días en la colonia número {number}"}
        for number in range(36)
    ]  # fmt: skip
    helpers.call_action(
        "datastore_upsert", {"user": factories.Sysadmin()["name"]}, resource_id=made_up["id"],
        force=True, method="upsert", records=rows,
    )  # fmt: skip
    charts = [(made_up, LINE), (made_up, BARS), (new_table(), BARS)]
    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for table, asked in charts:
            address = cited(web, table, asked)
            code = page_of(web, address).select_one("#mx-cite-frame").text
            given_height = int(BeautifulSoup(code, "html.parser").iframe["height"])
            framed = page_of(web, f"{address}/insertar")
            styles = [web.get(link["href"]).text for link in framed.select("[rel=stylesheet]")]
            window = browser.new_page()
            window.set_content(str(framed))
            window.add_style_tag(content="\n".join(styles))
            for width in (320, 480, 768, 1_280):
                window.set_viewport_size({"width": width, "height": 100})
                needed = window.evaluate(
                    "[document.documentElement.scrollHeight, document.documentElement.scrollWidth]"
                )
                assert needed[0] <= given_height, (asked, width)
                assert needed[1] <= width
        browser.close()
