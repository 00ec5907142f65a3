"""The DataStore's loader fetches public addresses and the portal's own, nothing else."""

from __future__ import annotations

import hashlib
import logging
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import factories

pytestmark = pytest.mark.usefixtures("with_plugins")


@pytest.fixture
def listener():
    """A server of this machine that counts who comes."""
    hits: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            hits.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", "4")
            self.end_headers()
            self.wfile.write(b"a\n1\n")

        def log_message(self, *_):
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port, hits
    server.shutdown()
    server.server_close()


def download(url: str):
    """Download as the loader does."""
    from ckanext.xloader import jobs

    resource = {"url": url, "url_type": "", "id": "x", "format": "CSV"}
    data = {"metadata": {"resource_id": "x", "ckan_url": "http://test.ckan.net"}}
    return jobs._download_resource_data(resource, data, "key", logging.getLogger(__name__))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "[::ffff:127.0.0.1]"])
def test_addresses_of_this_machine_are_refused(listener, host):
    """A resource whose address is inside is not fetched, however it is written."""
    port, hits = listener
    with pytest.raises(Exception) as refused:
        download(f"http://{host}:{port}/select.csv")
    assert hits == []
    assert refused.value


def test_the_portal_s_own_files_are_loaded(listener, monkeypatch):
    """An uploaded file is fetched from the portal's own address, with its SHA-256."""
    port, hits = listener
    monkeypatch.setitem(tk.config, "ckan.site_url", f"http://127.0.0.1:{port}")
    file, digest = download(f"http://127.0.0.1:{port}/a.csv")
    content = file.read()
    assert content == b"a\n1\n"
    assert digest == hashlib.sha256(content).hexdigest()
    assert hits == ["/a.csv"]


@pytest.mark.usefixtures("clean_db", "clean_index")
def test_a_declared_checksum_does_not_keep_a_file_out(listener, monkeypatch):
    """A file whose SHA-256 its source declares is loaded once, and left when it is the same."""
    from ckanext.xloader import jobs

    port, hits = listener
    monkeypatch.setitem(tk.config, "ckan.site_url", f"http://127.0.0.1:{port}")
    declared = hashlib.sha256(b"a\n1\n").hexdigest()
    url = f"http://127.0.0.1:{port}/a.csv"
    dataset = factories.Dataset(
        owner_org=factories.Organization()["id"],
        geographic_level="municipal",
        snieg_subsystem="economico",
    )
    resource = factories.Resource(
        package_id=dataset["id"], url=url, format="CSV", url_type="", hash=declared
    )
    metadata = {"resource_id": resource["id"], "ckan_url": "http://test.ckan.net"}
    logger = logging.getLogger(__name__)
    jobs.xloader_data_into_datastore_(_job(metadata), {}, logger)
    assert tk.get_action("resource_show")({}, {"id": resource["id"]})["datastore_active"]
    found = tk.get_action("datastore_search")({}, {"resource_id": resource["id"]})
    assert [row["a"] for row in found["records"]] == [1]

    loaded = _modified(resource["id"])
    jobs.xloader_data_into_datastore_(_job(metadata), {}, logger)
    assert _modified(resource["id"]) == loaded
    assert hits == ["/a.csv", "/a.csv"]


def _modified(resource_id: str):
    """Return when a resource was last changed, which loading it does."""
    return tk.get_action("resource_show")({}, {"id": resource_id})["metadata_modified"]


def _job(metadata):
    """Return what the loader finds in its queue."""
    return {"metadata": dict(metadata), "api_key": "unused by a loader of this process"}
