"""CKAN's own ways for files and rows are no way around what the law keeps closed."""

from __future__ import annotations

import io
import json
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import factories
from ckanext.mxcity.checks.passed import rows_passed
from ckanext.mxcity.checks.table_schemas import load_table_schema
from ckanext.mxcity.publishing.upload_guard import closed_kind
from ckanext.mxcity.tables.loading import _refuse_closed
from ckanext.xloader.job_exceptions import LoaderError
from werkzeug.datastructures import FileStorage

from tests.mxcity.publishing.desk import workbook

HEADER = "Nombre completo,Cargo,Sanción,Motivo\n"
CLOSED = (HEADER + "Juan Pérez,Supervisor,Amonestación,Faltas\n").encode()
OPEN = b"colonia,reportes\nCentro,3\n"
SANCTIONED = "pdn-s3-servidores-sancionados"


CLOSED_SHEET = [HEADER.strip().split(","), ["Juan", "Chofer", "Destitución", "x"]]
OPEN_SHEET = [["colonia", "reportes"], ["Centro", "3"]]
FILES = {
    "csv": ("a.csv", CLOSED),
    "another name": ("a.dat", CLOSED),
    "latin-1": ("a.csv", CLOSED.decode().encode("latin-1")),
    "long": ("a.csv", CLOSED + b"x,y,z,\xc3\xb1\n" * 200_000),
    "utf-16": ("a.csv", CLOSED.decode().encode("utf-16")),
    "second sheet": ("a.xlsx", workbook({"Uno": OPEN_SHEET, "Dos": CLOSED_SHEET})),
    "json": ("a.json", json.dumps([dict.fromkeys(HEADER.strip().split(","), "x")]).encode()),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_closed_table_is_known(name: str) -> None:
    """Whatever kind of file it comes in, and under whatever name."""
    file, content = FILES[name]
    sent = FileStorage(io.BytesIO(content), file)
    assert closed_kind(sent) == load_table_schema(SANCTIONED)["title"]
    assert sent.stream.tell() == 0, "CKAN stores the file from its beginning"


@pytest.mark.parametrize("content", [OPEN, b"%PDF-1.7\n", b"", bytes(range(256)) * 9])
def test_other_files_pass(content: bytes) -> None:
    """Other tables, documents and what cannot be read are CKAN's."""
    assert closed_kind(FileStorage(io.BytesIO(content), "a.csv")) is None


@pytest.fixture
def resource(migrated_db: None) -> dict[str, Any]:
    """A file of a dataset."""
    dataset = factories.Dataset(
        owner_org=factories.Organization()["id"],
        geographic_level="municipal",
        snieg_subsystem="gobierno_seguridad_justicia",
    )
    return factories.Resource(
        package_id=dataset["id"], url="https://www.example.org/a.csv", format="CSV"
    )


def call(action: str, **data: Any) -> Any:
    """Call an action as the administrator."""
    admin = factories.Sysadmin()
    user = {"user": admin["name"], "auth_user_obj": model.User.get(admin["name"])}
    return tk.get_action(action)(user, data)


def test_the_ordinary_form_refuses(resource: dict[str, Any]) -> None:
    """A new file, a new version and a revision of the dataset are refused with a way on."""

    def sent() -> FileStorage:
        return FileStorage(io.BytesIO(CLOSED), "sanciones.csv")

    tries: list[tuple[str, dict[str, Any]]] = [
        ("resource_create", {"package_id": resource["package_id"], "upload": sent()}),
        ("resource_patch", {"id": resource["id"], "upload": sent()}),
        ("package_revise", {"match": {"id": resource["package_id"]},
                            "update__resources__0__upload": sent()}),
    ]  # fmt: skip
    for action, data in tries:
        with pytest.raises(tk.ValidationError) as refused:
            call(action, **data)
        assert "/publicar" in str(refused.value.error_dict), action
        model.Session.rollback()
    (left,) = call("package_show", id=resource["package_id"])["resources"]
    assert left["url"] == "https://www.example.org/a.csv"
    other = FileStorage(io.BytesIO(OPEN), "reportes.csv")
    assert call("resource_create", package_id=resource["package_id"], upload=other)["id"]


def test_the_datastore_refuses(resource: dict[str, Any]) -> None:
    """Columns and rows of such a table come in by publishing alone."""
    names = HEADER.strip().split(",")
    fields = [{"id": name, "type": "text"} for name in names]
    told = {"resource_id": resource["id"], "force": True}
    for data in ({"fields": fields}, {"records": [dict.fromkeys(names, "x")]}):
        with pytest.raises(tk.ValidationError, match="publicar"):
            call("datastore_create", **told, **data)
    allowed = [
        {"id": field["name"], "type": "text"} for field in load_table_schema(SANCTIONED)["fields"]
    ]
    with rows_passed():
        call("datastore_create", **told, fields=allowed)
    with pytest.raises(tk.ValidationError, match="publicar"):
        call("datastore_upsert", **told, method="insert", records=[{"id": "1"}])
    with pytest.raises(LoaderError, match="publicar"):
        _refuse_closed(resource["id"])
    described = [{**field, "info": {"label": "Título"}} for field in allowed]
    assert call("datastore_create", **told, fields=described), "its dictionary may be written"
