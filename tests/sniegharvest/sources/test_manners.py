"""What every type of source does when a site says no, not now, or somewhere else."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckanext.sniegharvest.sources.types import SOURCE_TYPES

from tests.sniegharvest.sources.conftest import Service

Harvest = Callable[..., Any]
TYPES = sorted(SOURCE_TYPES)


@pytest.fixture(autouse=True)
def token(app: Any, service: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """INEGI's service is here, and has given us a token."""
    monkeypatch.setitem(tk.config, "ckanext.sniegharvest.inegi_token", "abc")
    monkeypatch.setitem(tk.config, "ckanext.sniegharvest.inegi_address", service.url)


def everywhere(service: Any, answer: Any) -> None:
    """Answer every address but robots.txt alike."""

    class Everything(dict[str, Any]):
        def get(self, path: str, default: Any = None) -> Any:
            return super().get(path) or (lambda query: answer)

    service.answers = Everything(service.answers)


@pytest.fixture
def other() -> Iterator[Service]:
    made = Service()
    yield made
    made.close()


@pytest.mark.parametrize("kind", TYPES)
def test_no_means_no(service: Any, harvest: Harvest, kind: str) -> None:
    """After a 403 nothing else is asked of the host: neither again nor in another way."""
    service.on("/robots.txt", b"")
    everywhere(service, (403, {}, b""))
    report = harvest(f"{service.url}/no/{kind}", kind, indicators=["1", "2"])
    assert "403" in str(report.as_dict()["errors"])
    assert len(service.paths()) == 1
    assert all(agent.startswith("MXCity/") and "http" in agent for agent in service.agents)


@pytest.mark.parametrize("kind", TYPES)
def test_robots_are_obeyed(service: Any, harvest: Harvest, kind: str) -> None:
    """What robots.txt closes is not asked for, and the report says so."""
    service.on("/robots.txt", b"User-agent: *\nDisallow: /\n")
    report = harvest(f"{service.url}/cerrado/{kind}", kind, indicators=["1"])
    assert "robots" in str(report.as_dict()["errors"])
    assert service.paths() == []


def test_not_now_is_waited_for(service: Any, harvest: Harvest) -> None:
    """A busy service is asked again when it said, and then read."""
    answers = [(429, {"Retry-After": "1"}, b""), (503, {"Retry-After": "0"}, b"")]
    body = {"dataset": [{"identifier": "r-1", "title": "Ríos", "description": "Uno."}]}
    service.on("/rios.json", lambda query: answers.pop(0) if answers else (200, {}, body))
    report = harvest(f"{service.url}/rios.json", "dcat_json")
    assert (report.added, report.failed) == (1, 0)
    assert service.paths().count("/rios.json") == 3


def test_a_crawl_delay_is_kept(service: Any, harvest: Harvest) -> None:
    """The time that robots.txt asks for passes between two pages."""
    service.on("/robots.txt", b"User-agent: *\nCrawl-delay: 1\n")
    moments: list[float] = []

    def page(query: dict[str, str]) -> dict[str, Any]:
        moments.append(time.monotonic())
        entry = {"dataset_id": f"demora-{query['offset']}", "metas": {"default": {"title": "D"}}}
        return {"total_count": 2, "results": [entry]}

    service.on("/d/api/explore/v2.1/catalog/datasets", page)
    assert harvest(f"{service.url}/d", "opendatasoft").failed == 0
    # The service hears of a request when its machine lets it: without the delay it is at once.
    assert moments[1] - moments[0] >= 0.6


def test_a_redirect_inwards_is_refused(
    service: Any, other: Service, harvest: Harvest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A site that may be read cannot send us to this machine, nor to another inner address."""
    monkeypatch.setitem(tk.config, "ckanext.sniegharvest.allow_loopback", False)
    allowed = [f"127.0.0.1:{service.port}"]
    monkeypatch.setitem(tk.config, "ckanext.sniegharvest.allowed_hosts", allowed)
    for number, target in enumerate((f"{other.url}/data.json", "http://169.254.169.254/latest")):
        service.on(f"/{number}.json", b"", status=302, Location=target)
        report = harvest(f"{service.url}/{number}.json", "dcat_json", allow_loopback=False)
        assert report.added == 0
        assert "not allowed" in str(report.as_dict()["errors"])
    assert other.asked == []
