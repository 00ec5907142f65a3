"""Abnormal records wait for a person, and are named."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckanext.mxcity.reading.records import Record, RecordProblem
from ckanext.sniegharvest.engine.read.quarantine import Limits, apart

LIMITS = Limits(bytes=500, resources=2, tags=2, extras=2, title=20)


def record(title: str = "Parques", raw: str = "", **dataset: Any) -> Record:
    return Record("a", title, {"raw": raw}, dataset, "hash", 1)


@pytest.mark.parametrize(
    ("item", "what"),
    [
        (record(resources=[{}] * 3), "resources"),
        (record(tags=[{}] * 3), "tags"),
        (record(extras=[{}] * 3), "extras"),
        (record(title="x" * 21), "title"),
        (record(raw="á" * 300), "bytes"),
    ],
)
def test_abnormal_records_are_named_with_a_remedy(item: Record, what: str) -> None:
    """Each limit holds a record back, and the reason says which option would let it in."""
    (found,) = apart([item], LIMITS)
    assert isinstance(found, RecordProblem)
    assert (found.kind, found.slug, found.identifier) == ("quarantine", f"abnormal-{what}", "a")
    assert f"ckanext.sniegharvest.quarantine_{what}" in str(found.message)


def test_what_is_at_the_limit_is_taken() -> None:
    """A record that has just as much as it may is not touched, nor is another's problem."""
    good = record(title="x" * 20, resources=[{}] * 2, tags=[{}] * 2, extras=[{}] * 2)
    other = RecordProblem("invalid", found_message(), 2)
    assert list(apart([good, other], LIMITS)) == [good, other]


def found_message() -> Any:
    (found,) = apart([record(title="x" * 21)], LIMITS)
    assert isinstance(found, RecordProblem)
    return found.message


@pytest.mark.ckan_config("ckanext.sniegharvest.allow_loopback", "true")
@pytest.mark.usefixtures("with_plugins", "organization")
def test_abnormal_records_are_held_and_the_rest_lands(
    site: Any, harvest: Callable[..., Any]
) -> None:
    """8,000 resources, 30,000 keywords and huge texts stay out, each named; the good one lands."""
    files = [{"downloadURL": f"https://e.mx/{n}.csv", "title": str(n)} for n in range(8000)]
    entries = [
        {"identifier": "archivos", "title": "Archivos", "distribution": files},
        {"identifier": "claves", "title": "Claves", "keyword": [f"c {n}" for n in range(30_000)]},
        {"identifier": "texto", "title": "Texto", "description": "x" * 12_000_000},
        {"identifier": "bueno", "title": "Bueno"},
    ]
    url = site.put("anormal.json", json.dumps({"dataset": entries}).encode())
    report = harvest(url)
    assert (report.state, report.added, report.plan.held) == ("done-errors", 1, 3)
    named = {problem.record: problem.message.slug for problem in report.problems}
    assert named == {
        "archivos": "abnormal-resources",
        "claves": "abnormal-tags",
        "texto": "abnormal-bytes",
    }
    rows = tk.get_action("sniegharvest_plan_show")({"ignore_auth": True}, {"id": report.run_id})
    held = {row["guid"] for row in rows["rows"] if row["decision"] == "held"}
    assert held == set(named)
    again = harvest(url)
    assert (again.added, again.updated, again.unchanged, again.plan.held) == (0, 0, 1, 3)
    assert again.missing == again.archived == 0
