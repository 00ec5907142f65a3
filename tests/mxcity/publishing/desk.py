"""What the tests of publishing send, and how they let the worker do it."""

from __future__ import annotations

import io
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import openpyxl
from bs4 import BeautifulSoup
from ckanext.mxcity.publishing.attendance import QUEUES
from ckanext.mxcity.tables.worker import Worker

CLEAN = (
    "Folio;Fecha de recepción;Colonia;Costo\n"
    "AP-1;31/01/2024;Centro;1.250,50\n"
    "AP-2;15/02/2024;Obispado;980,00\n"
    "AP-3;28/02/2024;Mitras;12,75\n"
).encode("latin-1")
LIGHTS = (
    b"folio,recibido,atendido,estado,cvegeo,colonia,lat,lon\n"
    b"AP-2024-00001,2024-01-31,2024-02-02,atendido,19039,Centro,25.67,-100.31\n"
    b"AP-2024-00002,2024-02-01,,perdido,19039,Centro,25.68,-100.32\n"
    b"AP-2024-00003,2024-02-05,,recibido,19039,Mitras,25.69,-100.33\n"
)
CLOSED_TABLE = (
    "Nombre completo,Cargo,Sanción,Observaciones\n"
    "Juan Pérez,Supervisor,Amonestación,RFC PEGJ800101AB1\n"
).encode()
METADATA = {
    "title": "Reportes de alumbrado",
    "snieg_subsystem": "gobierno_seguridad_justicia",
    "notes": "Una fila por reporte.",
}


def work() -> None:
    """Do what waits for the worker."""
    Worker(QUEUES).work(burst=True)
    model.Session.expire_all()


def context(user: dict[str, Any]) -> Any:
    return {"user": user["name"], "auth_user_obj": model.User.get(user["name"])}


def workbook(sheets: dict[str, list[list[Any]]], hidden: str = "") -> bytes:
    """A workbook of these sheets, of which one may be hidden."""
    book = openpyxl.Workbook()
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        sheet.sheet_state = "hidden" if title == hidden else "visible"
        for row in rows:
            sheet.append(row)
    book.remove(book.worksheets[0])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def rows_of(resource_id: str) -> list[dict[str, Any]]:
    found = tk.get_action("datastore_search")({"ignore_auth": True}, {"resource_id": resource_id})
    assert found["total"] == len(found["records"])
    return found["records"]


def reviewed(app: Any, address: str, headers: dict[str, str]) -> str:
    """Say on the page that a file was read right; returns the page that asks for the rest."""
    page = app.get(address, headers=headers).text
    assert 'name="snieg_subsystem"' not in page, "nothing is published before it was looked at"
    form = BeautifulSoup(page, "html.parser").select_one(".mp-form")
    told = {"reading": form.find("input", {"name": "reading"})["value"]}
    boxes = form.select("input[type=checkbox][name$=-publish][checked]")
    answer = app.post(
        address, headers=headers, data={**told, **{box["name"]: "1" for box in boxes}},
        follow_redirects=False,
    )  # fmt: skip
    assert answer.headers["Location"].endswith("#descripcion"), answer.text
    return str(app.get(address, headers=headers).text)


class Page:
    """The review page of an upload, as a person without JavaScript has it."""

    def __init__(self, app: Any, upload: dict[str, Any], token: str) -> None:
        self.app, self.headers = app, {"Authorization": token}
        self.upload = str(upload["id"])
        self.address = f"/publicar/{self.upload}"

    def get(self) -> BeautifulSoup:
        return BeautifulSoup(self.app.get(self.address, headers=self.headers).text, "html.parser")

    def fields(self) -> dict[str, str]:
        """What the browser sends of the form as it stands."""
        found: dict[str, str] = {}
        for field in self.get().select(".mp-form [name]"):
            if field.name == "select":
                chosen = field.select_one("option[selected]") or field.select_one("option")
                found[field["name"]] = chosen["value"] if chosen else ""
            elif field.name == "button" or field.get("type") == "file":
                continue
            elif field.get("type") not in ("checkbox", "radio") or field.has_attr("checked"):
                found[field["name"]] = field.get("value", field.get_text())
        return found

    def post(self, *, but: tuple[str, ...] = (), **told: str) -> Any:
        sent = {name: value for name, value in self.fields().items() if name not in but}
        return self.app.post(
            self.address, headers=self.headers, data={**sent, **told}, follow_redirects=False
        )

    def preview(self) -> list[list[str]]:
        rows = self.get().select(".mp-section .mp-preview tbody tr")
        return [
            [(cell.find("mark") or cell).get_text().strip() for cell in row.select("td")]
            for row in rows
        ]


def sent_into(act: Any, name: str, content: bytes, dataset_id: str, **told: Any) -> str:
    """Send a new version of a file, have it read, and return the upload."""
    made = act("mxcity_upload_create", name=name, size=len(content), dataset_id=dataset_id, **told)
    act("mxcity_upload_append", id=made["id"], offset=0, upload=content)
    act("mxcity_file_read", id=made["id"])
    work()
    return str(made["id"])
