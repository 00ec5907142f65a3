"""A file is what its source says, or it is told that it is not (C30)."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import factories
from ckanext.sniegharvest.files import checksums
from ckanext.sniegharvest.files.checksums import FileCheck, digest_of, judged

CONTENT = b"clave,valor\n19039,1\n"
OTHER = b"clave,valor\n19039,2\n"  # one byte


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        (sha256(b""), sha256(b"")),
        ("SHA256:" + sha256(b"").upper(), sha256(b"")),
        ("d41d8cd98f00b204e9800998ecf8427e", "d41d8cd98f00b204e9800998ecf8427e"),
        ("no es una suma", ""),
        ("x" * 64, ""),
        (None, ""),
    ],
)
def test_checksums_are_known_by_their_length(written: Any, digits: str) -> None:
    """What cannot be compared is not taken for a checksum."""
    assert digest_of(written) == digits


def test_what_the_source_declares_is_not_what_we_left_there() -> None:
    """A checksum that the loader left is no declaration: the next version may have another."""
    resource = {"id": "r", "url": "http://e/a.csv", "hash": ""}
    first = judged(None, resource, io.BytesIO(CONTENT))
    assert (first.state, first.declared, first.found) == ("same", "", sha256(CONTENT))
    later = judged(first, {**resource, "hash": first.found}, io.BytesIO(OTHER))
    assert (later.state, later.declared, later.found) == ("same", "", sha256(OTHER))
    declared = judged(None, {**resource, "hash": sha256(CONTENT)}, io.BytesIO(OTHER))
    assert (declared.state, declared.expected) == ("differs", sha256(CONTENT))
    old = hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()
    assert judged(None, {**resource, "hash": old}, io.BytesIO(CONTENT)).state == "same"
    assert judged(None, {**resource, "hash": old}, io.BytesIO(OTHER)).state == "differs"


@pytest.fixture
def loaded(with_plugins: None, organization: str, site: Any, harvest: Callable[..., Any]) -> Any:
    """Harvest a dataset with one file, whose source may declare a checksum; gives the resource."""

    def run(declared: str = "") -> dict[str, Any]:
        address = site.put("a.csv", CONTENT)
        file: dict[str, Any] = {"downloadURL": address, "format": "CSV"}
        if declared:
            file["checksum"] = {"algorithm": "sha256", "checksumValue": declared}
        record = {"identifier": "f", "title": "Con archivo", "distribution": [file]}
        report = harvest(site.put("files.json", json.dumps({"dataset": [record]}).encode()))
        assert (report.added, report.failed) == (1, 0), report.problems
        context = {"ignore_auth": True}
        return tk.get_action("package_show")(context, {"id": "con-archivo"})["resources"][0]

    return run


def verify(resource: dict[str, Any]) -> dict[str, Any]:
    """Compare as the portal's own user does."""
    context = {"ignore_auth": True}
    return tk.get_action("sniegharvest_file_verify")(context, {"id": resource["id"]})


def load(resource: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Download as the table loader does, from the address of the test's own site."""
    import logging

    from ckanext.xloader import jobs

    host = resource["url"].rsplit("/", 1)[0]
    monkeypatch.setitem(tk.config, "ckan.site_url", host)
    data = {"metadata": {"resource_id": resource["id"], "ckan_url": host}}
    jobs._download_resource_data(dict(resource), data, "key", logging.getLogger(__name__))


@pytest.mark.ckan_config("ckanext.sniegharvest.allow_loopback", "true")
class TestAgainstASource:
    """On real servers, with a file that the test changes."""

    def test_one_byte_is_told(self, loaded: Any, site: Any, cli: Any) -> None:
        """A file that its source changed without telling differs; put back, it is the same."""
        resource = loaded(declared=sha256(CONTENT))
        assert verify(resource)["state"] == "same"
        site.put("a.csv", OTHER)
        found = verify(resource)
        assert (found["state"], found["expected"], found["found"], found["size"]) == (
            "differs", sha256(CONTENT), sha256(OTHER), len(OTHER),
        )  # fmt: skip
        shown = tk.get_action("sniegharvest_file_show")({"user": ""}, {"id": resource["id"]})
        assert shown == found
        from ckanext.sniegharvest.cli import sniegharvest

        told = cli.invoke(sniegharvest, ["verify", "con-archivo"])
        assert (told.exit_code, "differs" in told.output) == (1, True), told.output
        site.put("a.csv", CONTENT)
        told = cli.invoke(sniegharvest, ["verify", "con-archivo", "--json"])
        assert told.exit_code == 0, told.output
        assert json.loads(told.output.splitlines()[-1])["state"] == "same"

    def test_what_was_loaded_is_compared_later(
        self, loaded: Any, site: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Loading keeps the SHA-256 of the file, and flags one that is not as declared."""
        resource = loaded()
        with monkeypatch.context() as patched:
            load(resource, patched)
        kept = checksums.known(resource["id"])
        assert kept is not None
        assert (kept.state, kept.found) == ("same", sha256(CONTENT))
        site.put("a.csv", OTHER)
        assert verify(resource)["state"] == "differs"
        with monkeypatch.context() as patched:
            load({**resource, "hash": sha256(b"otra cosa")}, patched)
        flagged = checksums.known(resource["id"])
        assert flagged is not None
        assert (flagged.state, flagged.declared) == ("differs", sha256(b"otra cosa"))

    def test_first_look_and_absent_file(self, loaded: Any, site: Any) -> None:
        """Without a checksum the first look keeps one; a file that is gone says why."""
        resource = loaded()
        assert checksums.known(resource["id"]) is None
        assert verify(resource)["state"] == "new"
        assert verify(resource)["state"] == "same"
        (site.folder / "a.csv").unlink()
        gone = verify(resource)
        assert (gone["state"], "404" in gone["reason"]) == ("unreachable", True)
        site.put("a.csv", OTHER)
        assert verify(resource)["state"] == "differs", "what was known outlives an outage"

    def test_it_is_shown_in_spanish_and_only_editors_ask(
        self, loaded: Any, site: Any, spanish_app: Any
    ) -> None:
        """The page of the file tells everybody; the button is for editors."""
        resource = loaded(declared=sha256(CONTENT))
        site.put("a.csv", OTHER)
        page = f"/dataset/con-archivo/resource/{resource['id']}"
        assert "¿Es el archivo original?" not in spanish_app.get(page).body
        spanish_app.post(f"{page}/verify", status=403)
        editor = factories.SysadminWithToken()
        headers = {"Authorization": editor["token"]}
        assert "Comparar ahora" in spanish_app.get(page, headers=headers).body
        spanish_app.post(f"{page}/verify", headers=headers)
        shown = spanish_app.get(page).body
        assert "Difiere de lo que declara su fuente" in shown
        assert sha256(OTHER) in shown
        assert "Comparar ahora" not in shown


def test_what_is_known_ends_with_the_file_it_is_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """When a harvest brings another address or checksum, what was found is not shown any more."""
    check = FileCheck("r", "http://e/a.csv", "differs", "", "a" * 64, "b" * 64)
    monkeypatch.setattr(checksums, "known", lambda resource_id: check)
    assert checksums.current({"id": "r", "url": "http://e/a.csv"}) == check
    assert checksums.current({"id": "r", "url": "http://e/a.csv", "hash": "b" * 64}) == check
    assert checksums.current({"id": "r", "url": "http://e/a.csv", "hash": "c" * 64}) is None
    assert checksums.current({"id": "r", "url": "http://e/b.csv"}) is None


@pytest.mark.usefixtures("with_plugins", "organization")
def test_an_uploaded_file_is_compared_with_the_store(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is in the portal's own store is looked at there."""
    from ckan.lib import uploader
    from werkzeug.datastructures import FileStorage

    dataset = factories.Dataset(
        owner_org=model.Group.get("mty-pruebas").id,
        geographic_level="municipal",
        area_codes=["19039"],
        snieg_subsystem="economico",
    )
    made = tk.get_action("resource_create")(
        {"ignore_auth": True, "user": factories.Sysadmin()["name"]},
        {
            "package_id": dataset["id"],
            "url": "a.csv",
            "hash": sha256(CONTENT),
            "upload": FileStorage(io.BytesIO(CONTENT), "a.csv"),
        },
    )
    assert verify(made)["state"] == "same"
    place = uploader.get_resource_uploader(made).get_path(made["id"])
    with open(place, "wb") as file:
        file.write(OTHER)
    assert verify(made)["state"] == "differs"
