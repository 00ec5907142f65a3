"""A quoted chart has an address for good: its figures stay, and everybody can check them."""

from __future__ import annotations

import csv
import hashlib
import io
from typing import Any
from urllib.parse import urlsplit

import ckan.plugins.toolkit as tk
import pytest
from bs4 import BeautifulSoup
from ckan.tests import factories, helpers
from ckanext.mxcity.tables.quotes import record
from ckanext.mxcity.tables.quotes.citation import Reference
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st
from quoted_charts import BARS, LINE, cited, new_table, page_of, quote, shown

SVG = "{http://www.w3.org/2000/svg}"
VALUES = st.none() | st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(st.tuples(st.text(), VALUES), max_size=20))
def test_what_is_kept_is_what_was_there(rows: list[tuple[str, float | None]]) -> None:
    """A quoted chart is read as it was kept, and its file holds each figure exactly."""
    kept = quote(*rows)
    again = record.read(kept.content)
    assert (again, again.code, again.sha256) == (kept, kept.code, kept.sha256)
    lines = list(csv.reader(io.StringIO(kept.csv.decode(), newline="")))
    assert lines[0] == ["tipo", "sum_monto"]
    found = [(label, float(value) if value else None) for label, value in lines[1:]]
    assert found == rows


def test_address_is_made_of_all_that_is_shown() -> None:
    """Another figure, or a missing one in place of zero, is another address."""
    codes = {quote(("a", value)).code for value in (1.0, 0.0, None)}
    assert len(codes) == 3
    assert all(len(code) == record.CODE and code.isalnum() for code in codes)


def test_what_was_kept_long_ago_keeps_its_address() -> None:
    """A chart that is in the database is read, and has the address that was given out."""
    kept = (
        '{"chart":{"kind":"bar","last":"","measure":"sum","x":"tipo","y":"monto"},"groups":'
        '{"moment":"","most_rows":2,"rows":[["Poste",14.5],["Foco",null]],"total":2},'
        '"resource_id":"r","source":{"dataset":"Gasto & obra {2026}","date":"2026-06-30",'
        '"file":"gasto.csv","licence":"CC-BY-4.0","licence_url":"https://ejemplo.mx/l",'
        '"portal":"Datos","publisher":"Secretaría de Finanzas"},"titles":{"monto":"Monto",'
        '"tipo":"Tipo"},"x_type":"text"}'
    )
    found = record.read(kept)
    assert (found.content, found.code) == (kept, "67qu2sak37wdgstg")
    # printf 'tipo,sum_monto\r\nPoste,14.5\r\nFoco,\r\n' | sha256sum
    assert found.sha256 == "1db3cddf7ccbbbb8995db0a6e7a030c44d72550541fd6252faa88630dd104d00"


def test_references_name_who_what_when_and_where() -> None:
    """APA and BibTeX have the date of the data, and signs that BibTeX reads are escaped."""
    kept = quote(("a", 1.0))
    found = Reference(kept, "Suma · Monto, por Tipo", "https://ejemplo.mx/grafica/abc")
    assert found.apa == (
        "Secretaría de Finanzas. (2026, 30 de junio). Gasto & obra {2026}: Suma · Monto, por Tipo "
        "[Gráfica]. Datos. https://ejemplo.mx/grafica/abc"
    )
    assert r"title = {{Gasto \& obra \{2026\}: Suma · Monto, por Tipo}}" in found.bibtex
    assert "year = {2026}" in found.bibtex
    assert kept.sha256 in found.bibtex


@pytest.fixture(scope="module")
def web(streets: dict[str, Any]) -> Any:
    """The web application."""
    return helpers._get_test_app()


@pytest.fixture(scope="module")
def table(streets: dict[str, Any]) -> dict[str, Any]:
    """A table for tests that leave it as it is."""
    return new_table()


@pytest.fixture
def own(streets: dict[str, Any]) -> dict[str, Any]:
    """A table for one test."""
    return new_table()


def test_button_leads_to_the_address_for_good(web: Any, table: dict[str, Any]) -> None:
    """Without a script: the button, then the chart with its figures, source and references."""
    helpers.call_action(
        "resource_view_create", {"user": factories.Sysadmin()["name"]}, resource_id=table["id"],
        view_type="mxcity_chart_view", title="Gráfica",
    )  # fmt: skip
    form = page_of(web, f"/dataset/{table['package_id']}/resource/{table['id']}").select_one(
        "form.mx-quote"
    )
    asked = {field["name"]: field["value"] for field in form.select("input")}
    assert asked == {"resource_id": table["id"], **LINE}
    address = cited(web, table, LINE)
    assert address == cited(web, table, LINE), "the same chart has one address"
    page = page_of(web, address)
    assert shown(page) == [["2024", "14.5"], ["2025", "no data"], ["2026", "-3"]]
    text = page.get_text(" ", strip=True)
    assert "The data have not changed since" in text
    assert "Secretaría de Servicios · Reportes de alumbrado · Reportes · data of 30/06/2026" in text
    figures = web.get(f"{address}.csv")
    assert figures.data == b"anio,sum_monto\r\n2024,14.5\r\n2025,\r\n2026,-3\r\n"
    assert page.select_one("code.mx-code").get_text() == hashlib.sha256(figures.data).hexdigest()
    fields = {field["id"]: field.get("value") or field.text for field in page.select("[readonly]")}
    assert urlsplit(fields["mx-cite-address"]).path == address
    assert "(2026, 30 de junio)" in fields["mx-cite-apa"]
    code = BeautifulSoup(fields["mx-cite-frame"], "html.parser").iframe
    assert urlsplit(code["src"]).path == f"{address}/insertar"
    assert code["title"]


def test_pictures_need_nothing_else(web: Any, table: dict[str, Any]) -> None:
    """SVG tells its title and figures, says no script and asks for no file; PNG is made of it."""
    for asked in (LINE, BARS):
        address = cited(web, table, asked)
        answer = web.get(f"{address}.svg")
        assert answer.mimetype == "image/svg+xml"
        drawing = fromstring(answer.data)
        names = {element.tag.removeprefix(SVG) for element in drawing.iter()}
        assert names <= {"svg", "title", "desc", "style", "rect", "text", "g", "line", "polyline",
                         "circle"}  # fmt: skip
        assert not any("href" in name for element in drawing.iter() for name in element.attrib)
        assert "for each" in drawing.findtext(f"{SVG}title")
        said = drawing.findtext(f"{SVG}desc")
        assert "no data" in said
        assert "Secretaría de Servicios" in said
        picture = web.get(f"{address}.png").data
        assert picture.startswith(b"\x89PNG")
        assert int.from_bytes(picture[16:20]) == 1_440
        assert 5_000 < len(picture) < 200_000
    assert "<script>alert(1)</script>" in said


def test_only_the_page_for_frames_may_be_framed(web: Any, table: dict[str, Any]) -> None:
    """A newspaper can show one address of the chart; every other one of the portal stays closed."""
    address = cited(web, table, BARS)
    frame = web.get(f"{address}/insertar")
    assert "X-Frame-Options" not in frame.headers
    assert "frame-ancestors *" in frame.headers["Content-Security-Policy"]
    assert "script-src" not in frame.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in frame.headers
    page = BeautifulSoup(frame.body, "html.parser")
    assert page.select("script, form, input") == []
    assert shown(page)[0] == ["Poste", "14.5"]
    assert urlsplit(page.select_one("figcaption a")["href"]).path == address
    closed = (address, f"{address}.svg", f"{address}.png", f"{address}.csv", "/", "/dataset/",
              "/grafica/aaaaaaaaaaaaaaaa")  # fmt: skip
    for other in closed:
        headers = web.get(other, follow_redirects=False).headers
        assert headers["X-Frame-Options"] == "SAMEORIGIN", other
        assert "frame-ancestors 'self'" in headers["Content-Security-Policy"], other


def test_files_say_how_long_they_may_be_kept(web: Any, table: dict[str, Any]) -> None:
    """Files of public charts are kept for ten minutes, and asked for anew by their tag."""
    address = cited(web, table, LINE)
    visitor = web.flask_app.test_client(use_cookies=False)  # others may hold a session by now
    for form in (".csv", ".svg", ".png", "/insertar"):
        answer = visitor.get(f"{address}{form}")
        assert answer.headers["Cache-Control"] == "public, max-age=600"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        again = visitor.get(f"{address}{form}", headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")


def test_figures_stay_when_the_data_change(web: Any, own: dict[str, Any]) -> None:
    """After a change the address shows what it showed, says so, and leads to the present chart."""
    address = cited(web, own, LINE)
    before = web.get(f"{address}.csv").data
    user = {"user": factories.Sysadmin()["name"]}
    helpers.call_action(
        "datastore_upsert", user, resource_id=own["id"], force=True, method="upsert",
        records=[{"folio": "a", "monto": 100}],
    )  # fmt: skip
    page = page_of(web, address)
    assert shown(page)[0] == ["2024", "14.5"]
    assert "The data have changed since" in page.get_text(" ", strip=True)
    assert web.get(f"{address}.csv").data == before
    assert "There are newer data" in web.get(f"{address}/insertar").text
    now = cited(web, own, LINE)
    assert now != address
    assert shown(page_of(web, now))[0] == ["2024", "104"]
    helpers.call_action("datastore_delete", user, resource_id=own["id"], force=True)
    page = page_of(web, address)
    assert shown(page)[0] == ["2024", "14.5"]
    assert "has no such chart any more" in page.get_text(" ", strip=True)


def test_nothing_is_shown_of_what_was_withdrawn(web: Any, own: dict[str, Any]) -> None:
    """Of a dataset that became private members alone see the chart, and of a deleted one nobody."""
    address = cited(web, own, LINE)
    person = factories.UserWithToken()
    token = {"Authorization": person["token"]}
    admin = {"user": factories.Sysadmin()["name"]}
    helpers.call_action(
        "organization_member_create", admin, id=own["owner"], username=person["name"],
        role="editor",
    )  # fmt: skip
    helpers.call_action("package_patch", admin, id=own["package_id"], private=True)
    forms = (address, f"{address}.csv", f"{address}.svg", f"{address}.png", f"{address}/insertar")
    for form in forms:
        answer = web.get(form)
        assert answer.status_code == 410, form
        assert "14.5" not in answer.text
    assert "withdrawn or deleted" in web.get(address).text
    cited(web, own, BARS, status=404)
    page = web.get(address, headers=token)
    assert shown(BeautifulSoup(page.body, "html.parser"))[0] == ["2024", "14.5"]
    picture = web.get(f"{address}.png", headers=token)
    assert picture.headers["Cache-Control"] == "private"
    assert web.get(f"{address}/insertar", headers=token).status_code == 403
    helpers.call_action("package_patch", admin, id=own["package_id"], private=False)
    assert web.get(address).status_code == 200
    helpers.call_action("resource_delete", admin, id=own["id"])
    assert [web.get(form).status_code for form in forms] == [410] * 5
    helpers.call_action("package_delete", admin, id=own["package_id"])
    assert [web.get(form).status_code for form in forms] == [410] * 5
    helpers.call_action("dataset_purge", admin, id=own["package_id"])
    assert web.get(address).status_code == 404


def test_who_may_change_the_file_takes_a_chart_back(web: Any, table: dict[str, Any]) -> None:
    """Figures that should not have been published are not shown any more."""
    address = cited(web, table, LINE)
    code = address.rsplit("/", 1)[-1]
    found = helpers.call_action("mxcity_chart_quote_show", id=code)
    assert (found["id"], found["source"]["dataset"]) == (code, "Reportes de alumbrado")
    anybody = {"user": factories.User()["name"], "ignore_auth": False}
    with pytest.raises(tk.NotAuthorized):
        helpers.call_action("mxcity_chart_quote_delete", anybody, id=code)
    helpers.call_action(
        "mxcity_chart_quote_delete", {"user": factories.Sysadmin()["name"]}, id=code
    )
    assert web.get(address).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"y": "tipo"},
        {"x": "x" * 2_000},
        {"kind": "<b>"},
        {"measure": "max"},
        {"x": "monto"},
    ],
)
def test_a_chart_that_is_not_there_is_not_quoted(
    web: Any, table: dict[str, Any], wrong: dict[str, str]
) -> None:
    """What the table has not is refused in plain words; nothing else is quoted in its place."""
    text = cited(web, table, {**LINE, **wrong}, status=400)
    assert "The table has no chart of" in text


def test_room_for_quoted_charts_is_bounded(
    web: Any, own: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Past a bound a new chart is refused with a sentence; what is there stays."""
    address = cited(web, own, LINE)
    monkeypatch.setitem(tk.config, "ckanext.mxcity.tables.quotes_per_table", 1)
    assert "As many charts" in cited(web, own, BARS, status=400)
    assert cited(web, own, LINE) == address
    monkeypatch.setitem(tk.config, "ckanext.mxcity.tables.quotes_per_table", 100)
    monkeypatch.setitem(tk.config, "ckanext.mxcity.tables.quotes_per_hour", 1)
    cited(web, own, BARS, status=400)
    monkeypatch.setattr("ckanext.mxcity.tables.quotes.keep.MOST_BYTES", 100)
    assert "too long" in cited(web, own, {**BARS, "measure": "count", "y": ""}, status=400)


@pytest.mark.parametrize(
    "address",
    ["/grafica/aaaaaaaaaaaaaaaa", "/grafica/aaaaaaaaaaaaaaa%00", "/grafica/corto", "/grafica"],
)
def test_addresses_that_are_none(web: Any, address: str) -> None:
    """An address that nobody quoted says so, without a failure of the portal."""
    assert web.get(address).status_code in (400, 404, 405)
