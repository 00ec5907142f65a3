"""The documents made to break a reader, through whole runs: records landed and records named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ckan.model as model
import pytest
from ckanext.harvest.model import HarvestJob
from ckanext.sniegharvest.engine.report.causes import OTHER, cause_of

from tests.sniegharvest.readers.test_hostile import RECORDS, WHOLE_DOCUMENTS
from tests.sniegharvest.sources.test_manners import everywhere

Harvest = Callable[..., Any]
#: INEGI's source begins with its settings, not with a document.
WITHOUT = "inegi_indicators"


@pytest.fixture(autouse=True)
def robots(service: Any) -> None:
    """The site forbids nothing."""
    service.on("/robots.txt", b"")


def run(service: Any, harvest: Harvest, name: str, kind: str, body: bytes) -> Any:
    """Harvest a document that a site gives at every address; the job has to end."""
    everywhere(service, (200, {}, body))
    report = harvest(f"{service.url}/{name}.json", kind)
    job = model.Session.get(HarvestJob, report.run_id)
    assert (job.status, report.state == "running") == ("Finished", False), name
    for row in report.as_dict()["causes"]:
        assert cause_of(row["cause"]) is not OTHER, row
    assert all(error["reason"] for error in report.as_dict()["errors"]), name
    return report


def test_bad_records_are_named_and_the_rest_lands(service: Any, harvest: Harvest) -> None:
    """Of each document, every record is in the portal or in the report."""
    for number, (kind, body, landed, problems) in enumerate(RECORDS):
        if kind == WITHOUT:
            continue
        report = run(service, harvest, f"records-{number}", kind, body)
        told = report.failed - report.causes["empty"]
        refused = report.causes["refused"] + report.causes["not-written"]
        assert report.added + refused == landed, (number, report.as_dict())
        # A CKAN page that announces more than it gives is asked for further ones in vain.
        more = told - refused - sum(problems.values())
        assert more == 0 or (kind == "ckan" and more > 0), (number, report.as_dict())
        assert "unexpected" not in report.causes, (number, report.as_dict())


def test_documents_that_cannot_be_read_end_in_a_reason(service: Any, harvest: Harvest) -> None:
    """One of each kind of fault for each type of source: a failed run, whose cause is named."""
    chosen = {(kind, slug): body for kind, body, slug in WHOLE_DOCUMENTS if kind != WITHOUT}
    assert len(chosen) >= 20
    for number, ((kind, slug), body) in enumerate(chosen.items()):
        report = run(service, harvest, f"whole-{number}", kind, body)
        assert report.state == "failed", (kind, slug)
        assert (report.added, dict(report.causes)) == (0, {slug: 1}), (kind, slug)
