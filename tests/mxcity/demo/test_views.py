"""The addresses at which the demonstration is served."""

from __future__ import annotations

from pathlib import Path

import pytest
from ckan.tests.helpers import CKANTestApp
from ckanext.mxcity.demo.config import DEMO_FOLDER


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ckan_config: dict) -> Path:
    (tmp_path / "files" / "parques").mkdir(parents=True)
    (tmp_path / "files" / "parques" / "parques.csv").write_text("parque\nUno\n")
    (tmp_path / "files" / "parques" / "nota.html").write_text("<script>1</script>")
    (tmp_path / "catalog.ttl").write_text("@prefix dcat: <http://www.w3.org/ns/dcat#> .\n")
    (tmp_path / "secreto.csv").write_text("clave\n1\n")
    monkeypatch.setitem(ckan_config, DEMO_FOLDER, str(tmp_path))
    return tmp_path


@pytest.mark.ckan_config("ckan.plugins", "mxcity_demo")
@pytest.mark.usefixtures("with_plugins", "non_clean_db")
class TestServed:
    def test_the_catalogue_is_turtle(self, app: CKANTestApp, folder: Path) -> None:
        """The catalogue has the media type that a harvester looks for."""
        response = app.get("/demo/catalog.ttl")
        assert response.status_code == 200
        assert response.headers["Content-Type"].startswith("text/turtle")

    def test_a_file_is_saved_and_not_shown(self, app: CKANTestApp, folder: Path) -> None:
        """Files go out as attachments whose type browsers may not guess."""
        response = app.get("/demo/files/parques/parques.csv")
        assert response.body == "parque\nUno\n"
        assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert response.headers["Content-Disposition"].startswith("attachment")
        assert response.headers["X-Content-Type-Options"] == "nosniff"

    def test_an_unchanged_file_is_not_sent_again(self, app: CKANTestApp, folder: Path) -> None:
        """A request with the file's ETag answers 304 and no body."""
        first = app.get("/demo/files/parques/parques.csv")
        again = app.get(
            "/demo/files/parques/parques.csv", headers={"If-None-Match": first.headers["ETag"]}
        )
        assert again.status_code == 304
        assert again.body == ""

    @pytest.mark.parametrize(
        "name", ["../secreto.csv", "%2e%2e/secreto.csv", "parques/nota.html", "no-existe.csv", ""]
    )
    def test_nothing_else_is_sent(self, app: CKANTestApp, folder: Path, name: str) -> None:
        """A path out of the folder, another kind of file and a missing file answer 404."""
        assert app.get(f"/demo/files/{name}").status_code == 404

    def test_without_a_folder_there_is_nothing(self, app: CKANTestApp) -> None:
        """A portal without demonstration has neither catalogue nor files."""
        assert app.get("/demo/catalog.ttl").status_code == 404
        assert app.get("/demo/files/parques/parques.csv").status_code == 404
