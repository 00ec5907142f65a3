"""Batches that meet with a bad record, with a server that fails, or with nothing to do."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan.lib.search import SearchIndexError
from ckanext.mxcity.catalogue.bulk import index, navl
from ckanext.sniegharvest.engine.write import table_queue

pytestmark = [
    pytest.mark.ckan_config("ckanext.sniegharvest.allow_loopback", "true"),
    pytest.mark.usefixtures("with_plugins", "organization"),
]


def catalogue(count: int, **changes: dict[str, Any]) -> bytes:
    """A data.json; ``changes`` by the number of the record, as ``d3={"title": …}``."""
    return json.dumps(
        {
            "dataset": [
                {
                    "identifier": f"d-{number}",
                    "title": f"Conjunto {number}",
                    "description": "Una descripción.",
                    "keyword": ["agua"],
                    **changes.get(f"d{number}", {}),
                }
                for number in range(count)
            ]
        }
    ).encode()


def stored() -> set[str]:
    """Titles of the datasets in the database."""
    model.Session.rollback()
    return {row.title for row in model.Session.query(model.Package).filter_by(type="dataset")}


def found() -> int:
    """How many datasets the search finds."""
    return int(tk.get_action("package_search")({"ignore_auth": True}, {"rows": 0})["count"])


@pytest.fixture
def refusing() -> Iterator[None]:
    """A database that refuses one title, which the validators let through."""
    model.Session.execute(
        sa.text("ALTER TABLE package ADD CONSTRAINT refusing CHECK (title <> 'Conjunto 5')")
    )
    model.Session.commit()
    yield
    model.Session.rollback()
    model.Session.execute(sa.text("ALTER TABLE package DROP CONSTRAINT refusing"))
    model.Session.commit()


def test_record_refused_by_the_database_is_alone(
    refusing: None, site: Any, harvest: Callable[..., Any]
) -> None:
    """The batch is halved until the bad record is named; all others are stored and found."""
    report = harvest(site.put("refused.json", catalogue(12)))
    assert (report.added, report.failed) == (11, 1), report.as_dict()
    assert [(problem.record, problem.stage) for problem in report.problems] == [("d-5", "write")]
    assert "refusing" in str(report.problems[0].message)
    assert stored() == {f"Conjunto {number}" for number in range(12)} - {"Conjunto 5"}
    assert found() == 11


def test_unchanged_batch_writes_nothing(site: Any, harvest: Callable[..., Any]) -> None:
    """A second run of the same document touches no row of a dataset, and no document."""
    url = site.put("same.json", catalogue(10))
    harvest(url)
    statement = sa.text(
        "SELECT max(xmin::text::bigint) FROM (SELECT xmin FROM package WHERE type = 'dataset' UNION"
        " ALL SELECT xmin FROM resource UNION ALL SELECT xmin FROM package_tag) AS row"
    )
    before = model.Session.execute(statement).scalar()
    model.Session.rollback()
    report = harvest(url)
    assert (report.added, report.updated, report.unchanged) == (0, 0, 10)
    assert model.Session.execute(statement).scalar() == before


def test_next_run_mends_the_index(
    site: Any, harvest: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where Solr fails after the transaction, the next run sends what is missing."""
    url = site.put("index.json", catalogue(8))

    def away(documents: Any) -> None:
        raise SearchIndexError("Solr is away")

    with monkeypatch.context() as broken:
        broken.setattr(index, "send", away)
        report = harvest(url)
    assert report.state == "failed"
    assert len(stored()) == 8
    assert found() == 0
    report = harvest(url)
    assert (report.state, report.added, report.unchanged) == ("done", 0, 8), report.as_dict()
    assert found() == 8


def test_validation_is_that_of_ckan() -> None:
    """Our steps of a validation give what CKAN's give, errors and what is strange included."""
    from ckan.lib.navl.dictization_functions import validate
    from ckan.logic.schema import default_create_package_schema

    context = {"model": model, "session": model.Session, "user": "", "ignore_auth": True}
    cases: list[dict[str, Any]] = [
        {"name": "bien", "title": "Título", "resources": [], "tags": []},
        {"name": "M al", "resources": [{"url": "x", "size": "mucho"}, {"raro": "sí"}]},
        {"extras": [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}], "raro": [1, 2]},
        {"name": "bien", "tags": [{"name": "á"}, {}], "extraño": {"a": 1}, "resources": [{}]},
    ]
    for case in cases:
        schema = default_create_package_schema()
        assert navl.validate(case, schema, context) == validate(case, schema, context)


def test_tables_are_queued_once_the_index_has_their_datasets(
    site: Any, harvest: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the loader indexes of a dataset is not overtaken by the harvest's own document."""
    told: list[str] = []
    send = index.send

    def slowly(documents: Any, **how: Any) -> None:
        time.sleep(0.5)
        send(documents, **how)
        told.append("indexed")

    monkeypatch.setattr(index, "send", slowly)
    monkeypatch.setattr(table_queue, "load", lambda resources, user: told.append("queued") or 1)
    report = harvest(site.put("data.json", catalogue(3)))
    assert report.added == 3
    assert told == ["indexed", "queued", "queued", "queued"]
