"""Real catalogues as they were published one after another: what each run may and may not do."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import ckan.model as model
import pytest
import sqlalchemy as sa
from ckanext.harvest.model import HarvestJob, HarvestSource
from ckanext.mxcity.reading.canonical import VOLATILE
from ckanext.sniegharvest import cli
from ckanext.sniegharvest.engine.run import Run
from ckanext.sniegharvest.model import PLAN
from ckanext.sniegharvest.model import Run as HarvestRun

pytestmark = [
    pytest.mark.ckan_config("ckanext.sniegharvest.allow_loopback", "true"),
    pytest.mark.usefixtures("with_plugins", "organization"),
    pytest.mark.slow,
]


def addresses() -> dict[str, str]:
    """Names of the datasets in sight, by id."""
    model.Session.rollback()
    rows = model.Session.query(model.Package).filter_by(type="dataset", state="active")
    return {row.id: row.name for row in rows}


def version(folder: Path, number: str) -> Path:
    """The file of a catalogue's version."""
    (found,) = folder.glob(f"{number}-*.json")
    return found


def entries(path: Path) -> dict[str, str]:
    """The datasets of a file as text, by identifier; worked out apart from the engine."""

    def stable(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: stable(entry) for key, entry in value.items() if key not in VOLATILE}
        return [stable(entry) for entry in value] if isinstance(value, list) else value

    listed = json.loads(path.read_text("utf-8"))["dataset"]
    return {entry["identifier"]: json.dumps(stable(entry), sort_keys=True) for entry in listed}


def planned(run_id: str, decision: str) -> set[str]:
    """The records that a plan says so of."""
    query = sa.select(PLAN.c.guid).where(PLAN.c.run_id == run_id, PLAN.c.decision == decision)
    return set(model.Session.scalars(query))


def dry(url: str) -> Any:
    """The report of a dry run of a source that was harvested before."""
    source = model.Session.query(HarvestSource).filter_by(url=url).one()
    return Run("dry", source, dry=True).execute()


def test_gsa(site: Any, harvest: Callable[..., Any], shared_inputs: Path) -> None:
    """A catalogue that was empty for a week: held, nothing deleted, no address changed."""
    folder = shared_inputs / "datajson" / "gsa"
    url = site.put("gsa.json", version(folder, "01").read_bytes())
    first = harvest(url)
    assert (first.added, first.failed) == (339, 0), first.problems
    before = addresses()
    # Only the order of keys differs between 01 and 02.
    site.put("gsa.json", version(folder, "02").read_bytes())
    again = harvest(url)
    assert (again.updated, again.unchanged, again.failed) == (0, 339, 0)
    site.put("gsa.json", version(folder, "06").read_bytes())
    assert harvest(url).state == "done"
    assert before.items() <= addresses().items()
    before = addresses()
    site.put("gsa.json", version(folder, "07").read_bytes())
    assert harvest(url).state == "held"
    assert addresses() == before
    site.put("gsa.json", version(folder, "08").read_bytes())
    old, new = entries(version(folder, "06")), entries(version(folder, "08"))
    report = harvest(url)
    assert planned(report.run_id, "update") == {guid for guid in new if new[guid] != old[guid]}
    assert (report.archived, report.missing, report.failed) == (0, 0, 0)
    assert before.items() <= addresses().items()
    # 08 to 20: exactly the records that changed.
    site.put("gsa.json", version(folder, "20").read_bytes())
    old, new = new, entries(version(folder, "20"))
    report = dry(url)
    changed = {guid for guid in new.keys() & old.keys() if new[guid] != old[guid]}
    assert len(changed) == 100
    assert planned(report.run_id, "update") == changed
    assert planned(report.run_id, "create") == new.keys() - old.keys()
    assert planned(report.run_id, "vanish") == old.keys() - new.keys()


def some(path: Path, wanted: Iterable[str]) -> bytes:
    """The file with only the wanted datasets."""
    document = json.loads(path.read_text("utf-8"))
    kept = set(wanted)
    document["dataset"] = [e for e in document["dataset"] if e["identifier"] in kept]
    return json.dumps(document).encode()


def test_dhs_with_four_workers(
    site: Any, harvest: Callable[..., Any], organization: str, shared_inputs: Path
) -> None:
    """Four workers at once on one source: no crash, no duplicate, and refused tags are mended."""
    folder = shared_inputs / "datajson" / "dhs"
    first, later = (version(folder, number) for number in ("00", "08"))
    old, new = entries(first), entries(later)
    url = site.put("dhs.json", first.read_bytes())
    source = cli._source(url, "dcat_json", organization, True, False)
    _at_once(source, 4)
    counts = model.Session.execute(
        sa.text("SELECT count(*), count(DISTINCT guid) FROM harvest_object WHERE current")
    ).one()
    assert tuple(counts) == (1093, 1093)
    assert len(addresses()) == 1093
    assert model.Session.query(HarvestJob).filter_by(status="Finished").count() == 4
    words = {guid: json.loads(text).get("keyword") or [] for guid, text in old.items()}
    odd = {guid for guid, found in words.items() if any("'" in word for word in found)}
    (whole,) = [run for run in model.Session.query(HarvestRun) if run.counts.get("added") == 1093]
    mended = {row["repair"]: row for row in whole.counts["repairs"]}["tags-mended"]
    assert mended["records"] >= len(odd) > 0
    assert {example["record"] for example in mended["examples"]} <= old.keys()
    tags = {tag.name for tag in model.Session.query(model.Tag)}
    assert not [name for name in tags if "'" in name]
    site.put("dhs.json", later.read_bytes())
    report = harvest(url)
    both = old.keys() & new.keys()
    assert report.failed == 0, report.problems
    assert report.added == len(new.keys() - old.keys())
    assert report.updated == len([guid for guid in both if old[guid] != new[guid]])
    assert report.missing == len(old.keys() - new.keys())


def _at_once(source: HarvestSource, workers: int) -> None:
    """Run jobs of one source in processes of their own, all at the same time."""
    jobs = [HarvestJob(source=source, status="Running") for _ in range(workers)]
    model.Session.add_all(jobs)
    model.Session.commit()
    source_id, job_ids = source.id, [job.id for job in jobs]
    model.Session.remove()
    children = []
    for job_id in job_ids:
        child = os.fork()
        if child == 0:
            try:
                model.meta.engine.dispose(close=False)
                report = Run(job_id, model.Session.get(HarvestSource, source_id)).execute()
                done = report.state in ("done", "failed")
            finally:
                os._exit(0 if done else 1)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * workers


def test_each_repeated_identifier_is_named(
    site: Any, harvest: Callable[..., Any], shared_inputs: Path
) -> None:
    """21 records repeat an identifier: the first of each lands, each of the others is named."""
    path = version(shared_inputs / "datajson" / "gsa", "01")
    document = json.loads(some(path, list(entries(path))[:30]))
    repeats = [{**entry, "title": f"Repeat of {n}"} for n, entry in enumerate(document["dataset"])]
    document["dataset"] += repeats[:21]
    url = site.put("repeats.json", json.dumps(document).encode())
    report = harvest(url)
    assert (report.added, report.failed, report.plan.duplicate) == (30, 21, 21)
    named = [problem.record for problem in report.problems]
    assert sorted(named) == sorted(entry["identifier"] for entry in repeats[:21])
    assert planned(report.run_id, "duplicate") == set(named)
    titles = {row.title for row in model.Session.query(model.Package).filter_by(type="dataset")}
    assert not any(title.startswith("Repeat") for title in titles)
