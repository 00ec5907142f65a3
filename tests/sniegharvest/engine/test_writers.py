"""Several processes write the datasets of one run: each once, and none is lost with a process."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan.lib.search import SearchIndexError
from ckanext.mxcity.catalogue.bulk import index
from ckanext.sniegharvest.engine import lease
from ckanext.sniegharvest.engine.plan.store import PlanStore
from ckanext.sniegharvest.engine.records import Planned
from ckanext.sniegharvest.engine.write.bulk.batch import Batch
from ckanext.sniegharvest.model import Run

pytestmark = [
    pytest.mark.ckan_config("ckanext.sniegharvest.allow_loopback", "true"),
    pytest.mark.ckan_config("ckanext.sniegharvest.batch_size", "3"),
    pytest.mark.ckan_config("ckanext.sniegharvest.writers", "2"),
    pytest.mark.usefixtures("with_plugins", "organization"),
]

RECORDS = 20
TAGS_TWICE = "SELECT name FROM tag GROUP BY name, vocabulary_id HAVING count(*) > 1"


def catalogue(**titles: str) -> bytes:
    """A data.json whose datasets have the same title but for some, and tags in common."""
    datasets = [
        {
            "identifier": f"d-{number}",
            "title": titles.get(f"d{number}", "Un mismo título"),
            "description": "Una descripción.",
            "keyword": ["agua", f"lote {number // 4}"],
        }
        for number in range(RECORDS)
    ]
    return json.dumps({"dataset": datasets}).encode()


def shown() -> list[dict[str, Any]]:
    """All datasets that the search finds."""
    model.Session.rollback()
    found = tk.get_action("package_search")({"ignore_auth": True}, {"rows": 100})
    return list(found["results"])


def test_each_is_written_once(site: Any, harvest: Callable[..., Any]) -> None:
    """Datasets, names and tags are each there once; the second run has nothing to do."""
    url = site.put("data.json", catalogue())
    report = harvest(url)
    assert (report.added, report.failed) == (RECORDS, 0)
    datasets = shown()
    assert {dataset["source_identifier"] for dataset in datasets} == {
        f"d-{number}" for number in range(RECORDS)
    }
    assert len({dataset["name"] for dataset in datasets}) == RECORDS
    assert model.Session.scalars(sa.text(TAGS_TWICE)).all() == []
    assert harvest(url).unchanged == RECORDS


@pytest.fixture
def refusing(organization: str) -> Iterator[None]:
    """A database that refuses one title."""
    refuse = "ALTER TABLE package ADD CONSTRAINT refusing CHECK (title <> 'Rechazado')"
    model.Session.execute(sa.text(refuse))
    model.Session.commit()
    yield
    model.Session.rollback()
    model.Session.execute(sa.text("ALTER TABLE package DROP CONSTRAINT refusing"))
    model.Session.commit()


def test_what_is_refused_is_named(site: Any, harvest: Callable[..., Any], refusing: None) -> None:
    """A record that the database refuses is told of by the process that met it."""
    report = harvest(site.put("data.json", catalogue(d7="Rechazado")))
    assert (report.added, report.failed) == (RECORDS - 1, 1)
    assert report.problems[0].record == "d-7"


def test_a_stopped_run_tells_what_was_refused(
    site: Any, harvest: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, refusing: None
) -> None:
    """Batches that are on their way when a person stops the run are in its report."""
    pages = PlanStore.pages

    def stopped(self: PlanStore, size: int, *decisions: Any) -> Iterator[list[Planned]]:
        for number, page in enumerate(pages(self, 3, *decisions)):
            if number == 1:
                asked = sa.update(Run).where(Run.id == self.run_id).values(state=lease.STOPPING)
                self.connection.execute(asked)
            yield page

    monkeypatch.setattr(PlanStore, "pages", stopped)
    monkeypatch.setattr(lease, "LOOK_EVERY", 0.0)
    report = harvest(site.put("data.json", catalogue(d1="Rechazado")))
    assert report.state == "failed"
    assert report.added == 2
    assert {(problem.record, problem.message.slug) for problem in report.problems} == {
        ("d-1", "not-written"),
        (f"{site.url}/data.json", "stopped"),
    }


def test_a_process_that_is_killed_loses_nothing(
    site: Any, harvest: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run says so and ends; the next one writes the rest."""
    store = Batch.store

    def killed(self: Batch, changes: Any) -> Any:
        if any(change.record.identifier == "d-10" for change in changes):
            os.kill(os.getpid(), signal.SIGKILL)
        return store(self, changes)

    url = site.put("data.json", catalogue())
    with monkeypatch.context() as patch:
        patch.setattr(Batch, "store", killed)
        report = harvest(url)
    assert report.state == "failed"
    assert [problem.message.slug for problem in report.problems] == ["writer-gone"]
    assert report.added < RECORDS
    report = harvest(url)
    assert (report.state, report.failed) == ("done", 0)
    assert len(shown()) == RECORDS


def test_an_index_that_fails_is_told(
    site: Any, harvest: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What Solr did not take is in the database, and the next run has it indexed."""

    def refuse(documents: Any, **how: Any) -> None:
        raise SearchIndexError("Solr is away")

    url = site.put("data.json", catalogue())
    with monkeypatch.context() as patch:
        patch.setattr(index, "send", refuse)
        report = harvest(url)
    assert report.state == "failed"
    assert "Solr is away" in str(report.problems[0].message)
    assert harvest(url).failed == 0
    assert len(shown()) == RECORDS


def test_a_source_is_held_while_any_of_its_processes_lives() -> None:
    """The next run waits for a process that outlives its run."""
    writer = lease.join("fuente")
    with lease.hold("fuente", wait=0.2) as connection:
        assert connection is None
    writer.close()
    model.meta.engine.dispose()  # a process that ends closes what it holds
    with lease.hold("fuente", wait=0.2) as connection:
        assert connection is not None
