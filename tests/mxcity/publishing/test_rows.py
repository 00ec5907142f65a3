"""What keeps a table back is the same at the desk and in the portal, and nothing slips past it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from bs4 import BeautifulSoup
from ckanext.mxcity.checks.table_schemas import list_table_schemas
from ckanext.mxcity.command import main
from click.testing import CliRunner

from tests.mxcity.publishing.desk import CLOSED_TABLE, LIGHTS, METADATA, work, workbook

pytestmark = pytest.mark.usefixtures("migrated_db", "clean_queue")

AWKWARD = {
    "errors": LIGHTS,
    "another dialect, codes that lost their zeros": LIGHTS.replace(b",", b";")
    .replace(b"19039", b"1001")
    .replace(b"perdido", "perdió".encode("latin-1")),
    "identity in a table of the platform": CLOSED_TABLE,
}


@pytest.mark.parametrize("name", AWKWARD)
def test_the_desk_says_what_the_portal_says(
    name: str, act: Any, send: Any, ministry: dict[str, Any], tmp_path: Path
) -> None:
    """``mxcity check`` and the portal find the same cells, in the same words."""
    read = send("tabla.csv", AWKWARD[name])
    tables = [{"name": "tabla", "schema": "reportes-alumbrado"}]
    told = {"dataset": {**METADATA, "owner_org": ministry["id"]}, "tables": tables}
    act("mxcity_publish", id=read["id"], **told)
    work()
    verdicts = act("mxcity_upload_show", id=read["id"])["verdicts"]
    portal = [error for verdict in verdicts for error in verdict["report"]["errors"]]
    file = tmp_path / "tabla.csv"
    file.write_bytes(AWKWARD[name])
    desk = CliRunner().invoke(
        main, ["check", str(file), "--schema", "reportes-alumbrado", "--json"]
    )
    assert desk.exit_code == (1 if portal else 0), desk.output
    found = json.loads(desk.output)
    assert sorted(found["errors"], key=str) == sorted(portal, key=str)
    assert found["valid"] is (not portal)


def test_templates_are_on_the_portal(app: Any) -> None:
    """Anybody finds each schema, and takes its template and the schema itself."""
    page = BeautifulSoup(app.get("/esquemas-de-tablas").text, "html.parser")
    for name in list_table_schemas():
        links = [link["href"] for link in page.find(id=name).find_all("a", class_="mx-button")]
        kinds = [app.get(link).headers["Content-Type"].split(";")[0] for link in links]
        assert kinds[0].endswith("sheet")
        assert kinds[1:] == ["text/csv", "application/json"]
    app.get("/esquemas-de-tablas/otro.csv", status=404)
    app.get("/esquemas-de-tablas/..%2Fpyproject.csv", status=404)


def test_the_original_carries_nothing_out(
    act: Any, send: Any, ministry: dict[str, Any], app: Any, clerk: dict[str, Any]
) -> None:
    """What may not be public is in no sheet of the original, shown, hidden or left out."""
    title, named = ["Nombre completo", "Cargo", "Sanción"], {"owner_org": ministry["id"]}
    sheets = {"Uno": [["colonia", "n"], ["Centro", 3]], "Dos": [title, ["Juan", "Chofer", "x"]]}
    read = send("libro.xlsx", workbook(sheets))
    left_out = [{"name": "Dos", "publish": False}]
    told = {"dataset": {**METADATA, **named}, "tables": left_out}
    with pytest.raises(tk.ValidationError):
        act("mxcity_publish", id=read["id"], **told, keep_original=True)
    act("mxcity_publish", id=read["id"], **told)
    work()
    done = act("mxcity_upload_show", id=read["id"])
    assert (done["state"], list(done["resources"])) == ("published", ["Uno"])

    hiding = send("oculto.xlsx", workbook(sheets, hidden="Dos"))
    assert [table["name"] for table in hiding["choices"]["tables"]] == ["Uno"]
    assert hiding["choices"]["keep_original"] is False
    page = app.get(f"/publicar/{hiding['id']}", headers={"Authorization": clerk["token"]}).text
    assert "hojas ocultas (Dos)" in page
    assert 'name="keep_original"' not in page
    with pytest.raises(tk.ValidationError):
        act("mxcity_publish", id=hiding["id"], dataset={**METADATA, **named}, keep_original=True)
