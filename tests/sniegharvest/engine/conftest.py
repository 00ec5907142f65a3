"""A portal with one organisation, and a site on this machine whose files a test writes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

ORGANIZATION = "mty-pruebas"


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder and says nothing."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base names it so
        pass


class Site:
    """A folder, and the address under which it is served."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url

    def put(self, name: str, content: bytes) -> str:
        """Write a file and return its address."""
        (self.folder / name).write_bytes(content)
        return f"{self.url}/{name}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Site(folder, f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()


@pytest.fixture
def harvest(site: Site, app: Any) -> Callable[..., Any]:
    """Harvest an address as the command line does; gives the report."""
    from ckanext.sniegharvest import cli

    def run(url: str, kind: str = "dcat_json", **options: Any) -> Any:
        by_publisher = bool(options.pop("by_publisher", False))
        source = cli._source(url, kind, ORGANIZATION, True, by_publisher)
        return cli._run(source, allow_loopback=True, **options)

    return run


_CLEANED: list[bool] = []
_TABLES = (
    "package, harvest_source, harvest_job, harvest_object, sniegharvest_run, sniegharvest_plan,"
    " sniegharvest_missing, sniegharvest_source"
)


@pytest.fixture
def organization(request: pytest.FixtureRequest, clean_index: None) -> str:
    """An organisation in a portal without datasets; emptied whole only where it must, for speed."""
    import ckan.model as model
    import sqlalchemy as sa
    from ckan.tests import factories

    model.Session.rollback()
    if not _CLEANED or model.Group.get(ORGANIZATION) is None:
        request.getfixturevalue("clean_db")
        factories.Organization(name=ORGANIZATION)
        _CLEANED.append(True)
    model.Session.execute(sa.text(f"TRUNCATE {_TABLES} CASCADE"))
    model.Session.commit()
    model.Session.remove()
    return ORGANIZATION


@pytest.fixture
def spanish_app(spanish: None, make_app: Any) -> Any:
    """The portal in the Spanish of Mexico."""
    return make_app()
