"""Services on this machine that answer as real ones do, and a portal that harvests them."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

ORGANIZATION = "mty-fuentes"

#: Status, headers, body; a dictionary or list is sent as JSON.
Answer = tuple[int, dict[str, str], Any]


class Service:
    """A server whose answers are functions of the query, by path."""

    def __init__(self) -> None:
        self.answers: dict[str, Callable[[dict[str, str]], Answer]] = {}
        #: Paths with their queries, in the order in which they were asked for.
        self.asked: list[str] = []
        self.agents: set[str] = set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"

    def reset(self) -> None:
        """Answer nothing, and forget what was asked."""
        self.answers = {}
        self.asked.clear()

    def on(self, path: str, body: Any, status: int = 200, **headers: str) -> None:
        """Answer a path; ``body`` may be a function of the query."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}

        def answer(query: dict[str, str]) -> Answer:
            made = body(query) if callable(body) else body
            return made if isinstance(made, tuple) else (status, named, made)

        self.answers[path] = answer

    def paths(self) -> list[str]:
        """What was asked for, without queries and robots.txt."""
        return [path for url in self.asked if (path := urlsplit(url).path) != "/robots.txt"]

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                service.asked.append(self.path)
                service.agents.add(self.headers.get("user-agent", ""))
                parts = urlsplit(self.path)
                answer = service.answers.get(parts.path)
                missing: Answer = (404, {}, b"")
                status, headers, body = answer(dict(parse_qsl(parts.query))) if answer else missing
                if not isinstance(body, bytes):
                    body = json.dumps(body).encode()
                    headers = {"content-type": "application/json", **headers}
                self.send_response(status)
                for name, value in {**headers, "content-length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                pass

        return Handler


@pytest.fixture(scope="session")
def _service() -> Iterator[Service]:
    service = Service()
    yield service
    service.close()


@pytest.fixture
def service(_service: Service) -> Service:
    _service.reset()
    return _service


@pytest.fixture(scope="module")
def app(
    load_plugins: Callable[[], None],
    empty_db: Callable[[], None],
    reset_index: Callable[[], None],
) -> Iterator[Any]:
    """The web application of an empty portal with an organisation, made once for the module."""
    import ckan.plugins.toolkit as tk
    from ckan.tests import factories, helpers

    load_plugins()
    empty_db()
    reset_index()
    factories.Organization(name=ORGANIZATION)
    options = {"allow_loopback": True, "grace_runs": 1, "grace_days": "0"}
    with pytest.MonkeyPatch.context() as patched:
        for name, value in options.items():
            patched.setitem(tk.config, f"ckanext.sniegharvest.{name}", value)
        yield helpers._get_test_app()


@pytest.fixture
def harvest(app: Any) -> Callable[..., Any]:
    """Harvest an address with some settings, as a job does; gives the report."""
    import ckan.model as model
    import ckan.plugins.toolkit as tk
    from ckanext.harvest.model import HarvestSource
    from ckanext.sniegharvest import cli

    def run(url: str, kind: str, *, allow_loopback: bool = True, **settings: Any) -> Any:
        found = model.Session.query(HarvestSource).filter_by(url=url, type=kind).first()
        if found is None:
            wanted = {
                "name": f"fuente-{model.Session.query(HarvestSource).count()}",
                "title": kind,
                "url": url,
                "source_type": kind,
                "frequency": "MANUAL",
                "owner_org": ORGANIZATION,
                "config": json.dumps(settings),
            }
            made = tk.get_action("harvest_source_create")(cli._context(), wanted)
            found = model.Session.get(HarvestSource, made["id"])
        return cli._run(found, allow_loopback=allow_loopback)

    return run
