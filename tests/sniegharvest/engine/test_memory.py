"""The engine's memory does not grow with the source."""

from __future__ import annotations

import os
import uuid
from typing import Any

import ckan.model as model
import pytest
from ckanext.harvest.model import HarvestSource
from ckanext.sniegharvest.engine.run import Run
from ckanext.sniegharvest.readers import json_stream

from benchmarks import memory

pytestmark = [
    pytest.mark.ckan_config("ckanext.sniegharvest.allow_loopback", "true"),
    pytest.mark.slow,
]
#: Megabytes by which so many more records may raise the peak; read whole, they take over 80.
SLACK = 40
#: The large one is past the size up to which an answer is kept in memory.
SMALL, LARGE = 1_000, 24_000


def peak(url: str, kind: str, count: int) -> float:
    """Megabytes at the peak of a process that plans a source of so many new records."""
    model.Session.remove()
    child = os.fork()
    if child == 0:
        planned = 0
        try:
            model.meta.engine.dispose(close=False)
            settings: dict[str, Any] = {"title": "x", "type": kind, "config": "{}"}
            source = HarvestSource(id=str(uuid.uuid4()), url=f"{url}/{kind}/{count}", **settings)
            planned = Run(str(uuid.uuid4()), source, dry=True).execute().plan.create
        finally:
            os._exit(0 if planned == count else 1)
    _, status, usage = os.wait4(child, 0)
    assert status == 0
    return usage.ru_maxrss / 1024


@pytest.mark.usefixtures("with_plugins", "organization")
@pytest.mark.parametrize("kind", ["ckan", "dcat_json"])
def test_memory_is_flat(kind: str, app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A much larger source takes no more memory to plan."""
    monkeypatch.setattr(json_stream, "STREAMED_FROM", 100_000)
    with memory.serve() as url:
        small, large = (peak(url, kind, count) for count in (SMALL, LARGE))
    assert large - small < SLACK
