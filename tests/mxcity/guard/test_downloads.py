"""Files that people upload are given out, never run."""

from __future__ import annotations

import io

import pytest
from ckan.tests import factories
from werkzeug.datastructures import FileStorage

pytestmark = pytest.mark.usefixtures("with_plugins", "database")

ACTIVE = b"<html><script>document.title='ran'</script></html>"


@pytest.mark.parametrize(
    ("name", "mimetype"),
    [
        ("pagina.html", "text/html"),
        ("dibujo.svg", "image/svg+xml"),
        ("datos.xml", "application/xml"),
        ("años y más.csv", "text/csv"),
    ],
)
def test_uploads_are_attachments(app, organisation, make_dataset, name, mimetype):
    """Whatever its type, an uploaded file is an attachment in a sandbox."""
    dataset = make_dataset(owner_org=organisation["id"])
    upload = FileStorage(io.BytesIO(ACTIVE), filename=name, content_type=mimetype)
    resource = factories.Resource(
        package_id=dataset["id"], upload=upload, url_type="upload", url=name
    )
    place = resource["url"].split("test.ckan.net", 1)[1]
    answer = app.get(place)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert answer.body == ACTIVE.decode()


def test_pictures_of_organisations_cannot_run(app, tmp_path):
    """A picture that is a document is an attachment; a picture is a picture."""
    from ckan.common import config

    folder = config["ckan.storage_path"] + "/storage/uploads/group"
    import os

    os.makedirs(folder, exist_ok=True)
    for name, disposition in (("guard-test.svg", "attachment"), ("guard-test.png", "")):
        with open(f"{folder}/{name}", "wb") as file:
            file.write(ACTIVE)
        answer = app.get(f"/uploads/group/{name}")
        assert answer.status_code == 200, name
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers.get("Content-Disposition", "").startswith(disposition)
        os.remove(f"{folder}/{name}")
