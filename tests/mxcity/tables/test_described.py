"""The dictionary of a table that came without a person, from the schema beside its file."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import factories, helpers

SCHEMA = {
    "fields": [
        {"name": "colonia", "type": "string", "title": "Colonia", "description": "Dónde fue."},
        {"name": "avance_pct", "type": "number", "description": "Avance de la obra."},
    ]
}


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, bytes]]:
    """A site of the portal's own address, with these files."""
    files: dict[str, bytes] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = files.get(self.path)
            self.send_response(404 if content is None else 200)
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setitem(tk.config, "ckan.site_url", f"http://127.0.0.1:{server.server_port}")
    yield files
    server.shutdown()
    server.server_close()


@pytest.fixture
def load(site: dict[str, bytes]) -> Any:
    """Load a table beside which there is a schema; returns the dictionary of each column."""
    from ckanext.xloader import jobs

    def loaded(schema: bytes | None, resource_id: str = "") -> dict[str, Any]:
        base = tk.config["ckan.site_url"]
        site["/obras.csv"] = b"colonia,avance_pct\nCentro,12.5\nObrera,40\n"
        if schema is not None:
            site["/diccionario.json"] = schema
        if not resource_id:
            dataset = factories.Dataset(
                owner_org=factories.Organization()["id"],
                geographic_level="municipal",
                snieg_subsystem="economico",
                resources=[
                    {"url": f"{base}/obras.csv", "format": "CSV", "name": "Obras"},
                    {"url": f"{base}/diccionario.json", "format": "JSON", "name": "Diccionario"},
                ],
            )
            resource_id = dataset["resources"][0]["id"]
        metadata = {
            "resource_id": resource_id,
            "ckan_url": "http://test.ckan.net",
            "ignore_hash": True,
        }
        job = {"metadata": metadata, "api_key": "unused by a loader of this process"}
        jobs.xloader_data_into_datastore_(job, {}, logging.getLogger(__name__))
        found = helpers.call_action("datastore_info", id=resource_id)["fields"]
        return {field["id"]: field.get("info") or {} for field in found} | {"": resource_id}

    return loaded


@pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index")
def test_the_schema_beside_a_table_describes_it(load: Any) -> None:
    """Titles and descriptions are those of the schema, and the kind of the figures is kept."""
    found = load(json.dumps(SCHEMA).encode())
    assert (found["colonia"]["label"], found["colonia"]["notes"]) == ("Colonia", "Dónde fue.")
    assert found["avance_pct"]["notes"] == "Avance de la obra."
    assert found["avance_pct"]["measure"] == "percentage"


@pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index")
@pytest.mark.parametrize(
    "schema",
    [
        None,
        b"{",
        json.dumps({"fields": [*SCHEMA["fields"], {"name": "otra"}]}).encode(),
        b'{"fields": [' + b"{}," * 300_000 + b"{}]}",
    ],
    ids=["gone", "no document", "of other columns", "too large"],
)
def test_what_is_not_its_schema_says_nothing(load: Any, schema: bytes | None) -> None:
    """The table is loaded whatever lies beside it."""
    found = load(schema)
    assert not found["colonia"].get("notes")
    total = helpers.call_action("datastore_search", resource_id=found[""])["total"]
    assert total == 2
