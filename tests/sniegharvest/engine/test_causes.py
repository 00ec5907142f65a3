"""What went wrong is told by cause, with what to do."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import ckanext.mxcity.reading
import ckanext.sniegharvest
import pytest
from ckanext.mxcity.ground.errors import FetchError, HarvestError
from ckanext.mxcity.ground.messages import Message
from ckanext.mxcity.net.process_guard import guarded  # noqa: F401  # a module of the tree
from ckanext.sniegharvest.engine.report.causes import CAUSES, OTHER, cause_of, grouped
from ckanext.sniegharvest.engine.report.repairs import LABELS
from ckanext.sniegharvest.engine.report.report import KEPT_PROBLEMS, Problem, Report

PACKAGE = Path(ckanext.sniegharvest.__file__).parent
#: What readers share with the norms of the portal.
READING = Path(ckanext.mxcity.reading.__file__).parent
#: Where the name of a problem is written; those of warnings and of held runs are not problems.
WRITTEN = re.compile(
    r'(?:problem\(\s*"\w+",\s*|Message\(\s*|SourceConfigError\(\s*)f?"([a-z]+(?:-[a-z]+)*)"'
)
NO_PROBLEM = {
    "held-empty", "held-changed", "held-vanished", "changed-since",
    "encoding", "open-quote", "missing-area", "bad-value",
}  # fmt: skip


def test_every_problem_has_a_remedy() -> None:
    """Each slug in the code, and each error of the tree, says what a person can do."""
    written = {
        slug
        for path in (*PACKAGE.rglob("*.py"), *READING.rglob("*.py"))
        for slug in WRITTEN.findall(path.read_text(encoding="utf-8"))
    }
    assert {"no-identifier", "off", "unexpected"} <= written, "the pattern finds nothing"
    errors = {FetchError, *FetchError.__subclasses__(), *HarvestError.__subclasses__()}
    named = written | {error.slug for error in errors - {FetchError}}
    assert sorted(slug for slug in named - NO_PROBLEM if cause_of(slug) is OTHER) == []
    assert all(cause.remedy.endswith(".") for cause in CAUSES.values())


def problem(number: int, slug: str) -> Problem:
    return Problem(f"r-{number}", "read", Message(slug, "Because of {n}", {"n": number}))


def test_every_repair_has_a_name() -> None:
    """Each warning that a reader gives is named for people."""
    given = re.compile(r'(?:warn|Message)\(\s*"([a-z]+(?:-[a-z]+)*)"')
    folders = (PACKAGE / "readers", READING)
    texts = [path.read_text("utf-8") for folder in folders for path in folder.rglob("*.py")]
    warned = {slug for text in texts for slug in given.findall(text)}
    assert {"tags-mended", "bad-date", "encoding"} <= warned, "the pattern finds nothing"
    assert sorted(warned - LABELS.keys()) == []


def test_causes_are_counted_beyond_what_is_kept() -> None:
    """Thousands of problems keep their number, and examples of each cause."""
    report = Report()
    for number in range(KEPT_PROBLEMS + 500):
        report.add(problem(number, "duplicate" if number % 3 else "no-identifier"))
    values = report.as_dict()
    assert [(row["cause"], row["count"]) for row in values["causes"]] == [
        ("duplicate", 1000), ("no-identifier", 500),
    ]  # fmt: skip
    kept = [entry.as_dict() for entry in report.problems]
    first, second = grouped(values["causes"], kept, most=3)
    assert [entry["record"] for entry in first["problems"]] == ["r-1", "r-2", "r-4"]
    assert len(second["problems"]) == 3


@pytest.mark.ckan_config("ckanext.sniegharvest.allow_loopback", "true")
@pytest.mark.usefixtures("with_plugins", "organization")
def test_page_and_terminal_say_what_to_do(site: Any, harvest: Any, spanish_app: Any) -> None:
    """The page of a source groups what failed in Spanish; the JSON has the same."""
    import json

    import ckan.model as model
    from ckanext.harvest.model import HarvestSource

    records = [{"identifier": "a", "title": "A"}, {"identifier": "a", "title": "Otra"}, 7, 8]
    report = harvest(site.put("causes.json", json.dumps({"dataset": records}).encode()))
    told = {row["cause"]: row["count"] for row in report.as_dict()["causes"]}
    assert told == {"duplicate": 1, "not-a-record": 2}
    source = model.Session.query(HarvestSource).one()
    page = spanish_app.get(f"/harvest/{model.Package.get(source.id).name}").body
    assert "Identificador repetido" in page
    assert "Qué hacer:" in page
