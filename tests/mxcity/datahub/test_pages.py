"""The pages: what residents, clerks and administrators see and do there."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from bs4 import BeautifulSoup
from ckan.tests import factories
from ckanext.mxcity.city.clock import today

from tests.mxcity.datahub.conftest import call_as

Asset = Callable[..., dict[str, Any]]


@pytest.fixture
def app(spanish: None, hub: SimpleNamespace, make_app: Any) -> Any:
    """The portal in Spanish, with its ministries."""
    return make_app()


class Visitor:
    """Somebody who opens pages and sends forms."""

    def __init__(self, app: Any, user: str | None) -> None:
        self.app = app
        token = factories.APIToken(user=user)["token"] if user else None
        self.headers = {"Authorization": token} if token else {}

    def get(self, address: str, status: int = 200) -> BeautifulSoup:
        """Open a page."""
        answer = self.app.get(address, headers=self.headers, status=status)
        return BeautifulSoup(answer.body, "html.parser")

    def post(self, address: str, status: int = 302, **form: Any) -> BeautifulSoup:
        """Send a form."""
        answer = self.app.post(
            address, data=form, headers=self.headers, status=status, follow_redirects=False
        )
        return BeautifulSoup(answer.body, "html.parser")


def sections(page: BeautifulSoup) -> list[str]:
    """Return the letters of the sections."""
    return [letter.get_text() for letter in page.select(".dh-letter")]


def test_pages_of_a_ministry(app: Any, hub: SimpleNamespace, asset: Asset) -> None:
    """A clerk records an asset by forms; residents see figures and plan, and never its name."""
    clerk, chief, resident = (Visitor(app, user) for user in (hub.luz_editor, hub.luz_admin, None))

    # Nothing yet: every section is there and says what to do.
    empty = resident.get("/datahub/mty-luz")
    assert sections(empty) == list("ABCDEFGHIJK")
    assert len(empty.select(".dh-empty")) == 10
    assert "0%" not in empty.get_text()
    assert (
        resident.get("/datahub")
        .select_one("tfoot")
        .get_text(" ", strip=True)
        .startswith("Total 0 —")
    )
    resident.get("/datahub/no-existe", status=404)

    # The form: what is wrong is named at its field, and nothing is lost.
    address = "/datahub/mty-luz/nuevo/asset"
    form = clerk.get(address)
    for field in form.select(".dh-form input, .dh-form select, .dh-form textarea"):
        if field.get("type") != "hidden":
            assert form.select_one(f"label[for={field['id']}]"), field
    told = asset(title="Padrón de lámparas", update_frequency="MONTHLY", rows_est="muchos")
    wrong = clerk.post(address, status=422, **told)
    assert wrong.select_one("#field-rows_est")["aria-invalid"] == "true"
    assert wrong.select_one("#error-rows_est").get_text()
    assert wrong.select_one("#field-title")["value"] == "Padrón de lámparas"
    assert wrong.select_one(".dh-errors a")["href"] == "#field-rows_est"
    clerk.post(address, **{**told, "rows_est": "1,234"})
    made = call_as(hub.luz_member, "datahub_asset_list", organization_id="mty-luz")[0]
    diagnosis = f"/datahub/mty-luz/nuevo/diagnosis?asset_id={made['id']}"
    start = {"asset_id": made["id"], "kind": "registro", "collected_how": "ventanilla"}
    wrong = clerk.post(diagnosis, status=422, **start, usable="no")
    assert wrong.select_one("#error-obstacle")
    clerk.post(diagnosis, **start, usable="si")
    step = {"asset_id": made["id"], "title": "Abrir", "owner_role": "Jefatura"}
    yesterday = today() - dt.timedelta(days=1)
    clerk.post("/datahub/mty-luz/nuevo/milestone", **step, due=f"{yesterday:%d/%m/%Y}")

    # Residents: figures and plan, without the asset's name, on the page and in the API.
    page = resident.get("/datahub/mty-luz")
    assert sections(page) == list("ABCDEFGHIJK")
    assert "1 día de retraso" in page.get_text()
    assert "1 de 1 (100.0%)" in page.get_text()
    assert "Padrón de lámparas" not in str(page)
    assert (
        "Padrón de lámparas"
        not in app.get("/api/3/action/datahub_milestone_list?organization_id=mty-luz").body
    )
    app.get("/api/3/action/datahub_asset_list?organization_id=mty-luz", status=403)
    for path in ("inventory.csv", "plan.csv", "bitacora", "importar", "nuevo/asset",
                 f"asset/{made['id']}", f"editar/asset/{made['id']}"):  # fmt: skip
        answer = app.get(f"/datahub/mty-luz/{path}", status=302, follow_redirects=False)
        assert "/user/login" in answer.headers["Location"]
    other = Visitor(app, hub.mov_admin)
    other.get(f"/datahub/mty-luz/asset/{made['id']}", status=403)
    other.post(f"/datahub/mty-luz/editar/asset/{made['id']}", status=403, **told)
    assert "Padrón de lámparas" in str(clerk.get("/datahub/mty-luz"))

    # Two editors at once: the second sees who wrote what, and may then save.
    edit = f"/datahub/mty-luz/editar/asset/{made['id']}"
    chief.post(
        edit,
        **{**told, "rows_est": "1", "title": "Lámparas", "version": "1", "inv_id": made["inv_id"]},
    )
    clash = clerk.post(
        edit, status=422, **{**told, "inv_id": made["inv_id"], "rows_est": "2", "version": "1"}
    )
    text = clash.select_one(".dh-errors").get_text()
    assert "admin de luz" in text
    assert "«1234» → «1»" in text
    others = [other.get_text().rsplit(": ")[-1] for other in clash.select(".dh-other")]
    assert others == ["Lámparas", "1"]
    version = clash.select_one("input[name=version]")["value"]
    clerk.post(edit, **{**told, "rows_est": "2", "version": version})
    log = clerk.get("/datahub/mty-luz/bitacora").select_one("main table").get_text()
    assert "Lámparas" in log
    assert "editor de luz" in log
    clerk.get(f"/datahub/mty-luz/borrar/asset/{made['id']}")
    clerk.post(f"/datahub/mty-luz/borrar/asset/{made['id']}")
    clerk.get(f"/datahub/mty-luz/asset/{made['id']}", status=404)


def test_plan_of_a_ministry_is_told(app: Any, hub: SimpleNamespace) -> None:
    """What its data plan is after, and until when, stands in the first section."""
    told = {"plan_objective": "Publicar <todo>", "plan_start": "2026-01-01"}
    tk.get_action("organization_patch")({"user": hub.chief}, {"id": "mty-luz", **told})
    text = str(Visitor(app, None).get("/datahub/mty-luz").select_one("section[aria-labelledby=A]"))
    assert "Publicar &lt;todo&gt;" in text
    assert "01/01/2026 – …" in text
    wrong = {"id": "mty-luz", "plan_end": "mañana"}
    with pytest.raises(tk.ValidationError):
        tk.get_action("organization_patch")({"user": hub.chief}, wrong)


def test_tables_and_exchange_by_pages(app: Any, hub: SimpleNamespace) -> None:
    """A table is previewed, then written; another ministry asks, and the owner answers."""
    clerk, chief = Visitor(app, hub.luz_editor), Visitor(app, hub.luz_admin)
    heading = "inv_id,title,description,area,source_system,update_frequency,classification"
    heading += ",proposed_class,legal_ground"
    lines = [
        f"L-{n},Dato {n},Qué,Área,SIAC,MONTHLY,publico,Entre dependencias,art. 1" for n in (1, 2)
    ]

    def send(rows: list[str]) -> BeautifulSoup:
        content = "\n".join([heading, *rows]).encode()
        return clerk.post(
            "/datahub/mty-luz/importar", status=200, table="inventory",
            upload=(BytesIO(content), "tabla.csv"),
        )  # fmt: skip

    wrong = send([lines[0], "L-2,,Qué,Área,SIAC,MONTHLY,publico,,"])
    assert "Nombre del conjunto" in wrong.select_one(".dh-row--error").get_text()
    assert wrong.select_one("button[name=skip_errors]")
    page = send(lines)
    assert call_as(hub.luz_member, "datahub_asset_list", organization_id="mty-luz") == []
    token = page.select_one("input[name=token]")["value"]
    stranger = Visitor(app, hub.luz_admin)
    stranger.post("/datahub/mty-luz/importar", status=422, table="inventory", token=token)
    clerk.post("/datahub/mty-luz/importar", table="inventory", token=token)
    made = call_as(hub.luz_member, "datahub_asset_list", organization_id="mty-luz")
    assert [row["inv_id"] for row in made] == ["L-1", "L-2"]
    clerk.post("/datahub/mty-luz/importar", status=422, table="inventory")
    clerk.post(
        "/datahub/mty-luz/importar", status=422, table="inventory",
        upload=(BytesIO(b"PK\x03\x04"), "malo.xlsx"),
    )  # fmt: skip
    answer = app.get("/datahub/mty-luz/inventory.csv", headers=clerk.headers)
    assert answer.headers["Content-Type"].startswith("text/csv")

    share = call_as(hub.luz_member, "datahub_sharing_list", organization_id="mty-luz")[0]
    chief.post(
        f"/datahub/mty-luz/editar/sharing/{share['id']}", asset_id=share["asset_id"],
        proposed_class="entre_dependencias", sharing_class="entre_dependencias",
        legal_ground="art. 1", recipients="", version="1",
    )  # fmt: skip
    asker = Visitor(app, hub.mov_editor)
    page = asker.get("/datahub/mty-luz")
    link = page.select_one("main a[href*=solicitar]")["href"]
    assert asker.post(link, status=422, purpose="").select_one("#error-requester_id")
    chosen = asker.get(link).select_one("#field-requester_id option[selected]")["value"]
    assert chosen == hub.mov
    asker.post(link, status=422, requester_id=hub.mov, purpose="")
    asker.post(link, requester_id=hub.mov, purpose="Cruzar")
    link = chief.get("/datahub/mty-luz").select_one("main a[href*=responder]")["href"]
    factories.Dataset(
        owner_org=hub.luz, private=True, snieg_subsystem="economico", geographic_level="municipal",
        identifier="L-1",
    )  # fmt: skip
    clerk.get(link, status=403)
    wrong = chief.post(link, status=422, state="concedida", answer_reason="")
    assert wrong.select_one("#error-answer_reason")
    chief.post(link, state="concedida", answer_reason="Convenio", ends="")
    link = chief.get("/datahub/mty-luz").select_one("main a[href*=revocar]")["href"]
    chief.post(link, status=422, revoke_reason="")
    chief.post(link, revoke_reason="Terminó")
    for visitor, name in ((asker, "mty-luz"), (asker, "mty-mov"), (chief, "mty-luz")):
        assert "Terminó" in visitor.get(f"/datahub/{name}").select_one("main").get_text()
    assert "Terminó" not in str(Visitor(app, None).get("/datahub/mty-luz"))


def test_city_is_sortable_and_in_spanish(app: Any, hub: SimpleNamespace, asset: Asset) -> None:
    """The city sorts by any column, in Spanish; the DataHub is in the menu and on organisations."""
    for number in range(3):
        call_as(
            hub.mov_editor, "datahub_asset_create", organization_id="mty-mov",
            **asset(title=f"Dato {number}"),
        )  # fmt: skip
    call_as(hub.luz_editor, "datahub_asset_create", organization_id="mty-luz", **asset())
    visitor = Visitor(app, None)

    def order(query: str) -> list[str]:
        found = visitor.get(f"/datahub?{query}").select("tbody th[scope=row] a")
        return [re.search(r"mty-\w+", link["href"]).group() for link in found]  # type: ignore[union-attr]

    assert order("") == ["mty-luz", "mty-mov", "mty-otra"]
    assert order("orden=assets&sentido=desc") == ["mty-mov", "mty-luz", "mty-otra"]
    assert order("orden=usable&sentido=asc") == ["mty-luz", "mty-mov", "mty-otra"]
    assert order("orden=nada") == order("")
    page = visitor.get("/datahub?orden=assets&sentido=desc")
    assert page.select_one("th[aria-sort=descending]")
    assert page.select_one("html")["lang"] == "es-MX"
    assert page.select_one("h1").get_text() == "DataHub de la ciudad"
    assert page.select_one("header nav a[aria-current]").get_text() == "DataHub"
    assert visitor.get("/organization/mty-luz").select_one("main a[href$='/datahub/mty-luz']")
    call_as(
        hub.chief,
        "datahub_succession_create",
        organization_id="mty-luz",
        kind="renombrada",
        old_name="mty-focos",
        old_title="Secretaría de Focos",
        date="2025-05-01",
    )
    old = app.get("/datahub/mty-focos", status=301, follow_redirects=False)
    assert old.headers["Location"].endswith("/datahub/mty-luz")
    assert "Secretaría de Focos" in visitor.get("/datahub/mty-luz").get_text()
    for bar in page.select(".dh-bar"):
        assert bar.find_parent("table")
    assert not page.select("main [style]")
