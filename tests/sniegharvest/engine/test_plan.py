"""The stored plan of a run: shown before anything is written, held, released, and forgotten."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan.tests import factories
from ckanext.harvest.model import HarvestJob, HarvestSource
from ckanext.sniegharvest.cli import sniegharvest

pytestmark = [
    pytest.mark.ckan_config("ckanext.sniegharvest.allow_loopback", "true"),
    pytest.mark.usefixtures("with_plugins", "organization"),
]


def catalogue(*numbers: int, **changes: Any) -> bytes:
    """A data.json with a dataset for each number."""
    return json.dumps(
        {
            "dataset": [
                {"identifier": f"d-{number}", "title": f"Plan {number}", **changes}
                for number in numbers
            ]
        }
    ).encode()


def states() -> dict[str, str]:
    """State of every dataset by its name."""
    model.Session.rollback()
    rows = model.Session.query(model.Package).filter_by(type="dataset")
    return {row.name: row.state for row in rows}


def show(run_id: str, **options: Any) -> dict[str, Any]:
    """The plan of a run."""
    return tk.get_action("sniegharvest_plan_show")({"ignore_auth": True}, {"id": run_id, **options})


def decisions(run_id: str) -> dict[str, str]:
    """What a plan says of each record."""
    return {row["guid"]: row["decision"] for row in show(run_id, limit=100)["rows"]}


def invoke(cli: Any, *arguments: str) -> dict[str, Any]:
    """The report that a command ends with."""
    result = cli.invoke(sniegharvest, arguments)
    assert result.exit_code == 0, result.output
    return json.loads(result.output.strip().splitlines()[-1])


def test_plan_has_a_row_for_each_record(site: Any, harvest: Callable[..., Any]) -> None:
    """Each record of a run is in its plan once, with what differs; none is lost silently."""
    url = site.put("plan.json", catalogue(1, 2, 3, 4))
    first = harvest(url)
    assert set(decisions(first.run_id).values()) == {"create"}
    data = json.loads(catalogue(1, 2, 3, 5))
    data["dataset"][1]["title"] = "Otro título"
    data["dataset"] += [{"identifier": "d-1", "title": "Repetido"}, "nada"]
    site.put("plan.json", json.dumps(data).encode())
    report = harvest(url)
    assert decisions(report.run_id) == {
        "d-1": "duplicate",  # the row after that of the record that was kept
        "d-2": "update",
        "d-3": "unchanged",
        "d-5": "create",
        "#6": "invalid",
        "d-4": "vanish",
    }
    rows = show(report.run_id)["rows"]
    assert [row["decision"] for row in rows if row["guid"] == "d-1"] == ["unchanged", "duplicate"]
    (changed,) = show(report.run_id, decision="update")["rows"]
    assert changed["fields"] == [{"field": "title", "before": "Plan 2", "after": "Otro título"}]
    assert {problem.record for problem in report.problems} == {"d-1", "#6"}
    paged = show(report.run_id, limit=4)
    assert len(paged["rows"]) + len(show(report.run_id, after=paged["next"])["rows"]) == 7
    assert show(report.run_id, after=paged["next"])["next"] is None


def test_plan_is_for_editors(site: Any, harvest: Callable[..., Any]) -> None:
    """Only who may edit a source sees its plans and releases its runs."""
    report = harvest(site.put("plan.json", catalogue(1)))
    stranger = factories.User()["name"]
    for action in ("sniegharvest_plan_show", "sniegharvest_run_release"):
        for run_id in (report.run_id, "none"):
            with pytest.raises(tk.NotAuthorized):
                tk.get_action(action)({"user": stranger}, {"id": run_id})
    with pytest.raises(tk.ObjectNotFound):
        show("none")
    with pytest.raises(tk.ValidationError):
        show(report.run_id, decision="maybe")


def test_missing_are_archived_after_their_grace(site: Any, harvest: Callable[..., Any]) -> None:
    """What vanishes is kept for some runs and days; what comes back meanwhile starts anew."""
    url = site.put("grace.json", catalogue(1, 2, 3))
    harvest(url)
    site.put("grace.json", catalogue(1))
    for runs in (1, 2):
        report = harvest(url)
        assert (report.missing, report.archived) == (2, 0)
        assert [row["runs"] for row in show(report.run_id, decision="vanish")["rows"]] == [runs] * 2
    site.put("grace.json", catalogue(1, 2))
    assert harvest(url).missing == 1
    site.put("grace.json", catalogue(1))
    assert (harvest(url).missing, set(states().values())) == (2, {"active"})
    # Runs alone do not end the grace: the days have to pass, too.
    with model.meta.engine.begin() as connection:
        connection.execute(sa.text("UPDATE sniegharvest_missing SET since = '2020-01-01'"))
    report = harvest(url)
    assert (report.missing, report.archived) == (1, 1)
    assert states() == {"plan-1": "active", "plan-2": "active", "plan-3": "deleted"}
    # A source may ask for less than the portal does.
    model.Session.query(HarvestSource).one().config = '{"grace_runs": 1, "grace_days": 0}'
    model.Session.commit()
    assert harvest(url).archived == 1


def test_dry_run_changes_nothing(site: Any, organization: str, cli: Any) -> None:
    """A dry run shows the plan, of a new source too, and leaves the portal as it was."""
    url = site.put("dry.json", catalogue(1, 2))
    asked = ("harvest", url, "--type", "dcat_json", "--org", organization, "--allow-loopback")
    planned = invoke(cli, *asked, "--dry-run", "--json")
    assert (planned["state"], planned["plan"]["create"]) == ("planned", 2)
    assert [row["guid"] for row in planned["records"]] == ["d-1", "d-2"]
    assert states() == {}
    assert model.Session.query(HarvestSource).count() == 0
    invoke(cli, *asked, "--json")
    site.put("dry.json", catalogue(1, 2, description="Nueva"))
    planned = invoke(cli, *asked, "--dry-run", "--json")
    assert planned["plan"]["update"] == 2
    assert planned["records"][0]["fields"][0]["after"] == "Nueva"
    assert model.Session.query(HarvestJob).count() == 1
    text = cli.invoke(sniegharvest, [*asked, "--dry-run"]).output
    assert "description: '' -> 'Nueva'" in text
    assert invoke(cli, *asked, "--json")["updated"] == 2


def test_release_does_what_was_looked_at(site: Any, organization: str, cli: Any) -> None:
    """A held run is carried out as reviewed; if the source changed since, it is planned anew."""
    url = site.put("held.json", catalogue(*range(12)))
    asked = ("harvest", url, "--type", "dcat_json", "--org", organization, "--allow-loopback")
    invoke(cli, *asked, "--json")
    site.put("held.json", catalogue())
    held = invoke(cli, *asked, "--json")
    assert held["state"] == "held"
    site.put("held.json", catalogue(1))
    again = invoke(cli, "release", held["run"], "--allow-loopback", "--json")
    assert (again["state"], again["archived"]) == ("held", 0)
    assert "has changed since" in again["held"]
    assert set(states().values()) == {"active"}
    done = invoke(cli, "release", again["run"], "--allow-loopback", "--json")
    assert (done["state"], done["archived"], done["unchanged"]) == ("done", 11, 1)


def test_release_from_the_portal_is_queued(site: Any, harvest: Callable[..., Any]) -> None:
    """Whoever may edit the source releases its run; a worker then carries it out."""
    from ckanext.sniegharvest.engine.run import Run

    url = site.put("held.json", catalogue(*range(12)))
    harvest(url)
    site.put("held.json", catalogue())
    held = harvest(url)
    job = tk.get_action("sniegharvest_run_release")({"ignore_auth": True}, {"id": held.run_id})
    with pytest.raises(tk.ValidationError):
        tk.get_action("sniegharvest_run_release")({"ignore_auth": True}, {"id": held.run_id})
    source = model.Session.query(HarvestSource).one()
    assert Run(job["id"], source).execute().archived == 12


@pytest.mark.ckan_config("ckanext.sniegharvest.plans_kept", "2")
def test_old_plans_are_dropped(site: Any, harvest: Callable[..., Any]) -> None:
    """Only the plans of the last runs of a source are kept."""
    runs = [
        harvest(site.put("old.json", catalogue(1, description=f"v{number}"))).run_id
        for number in range(4)
    ]
    assert [len(show(run_id)["rows"]) for run_id in runs] == [0, 0, 1, 1]


def test_changed_settings_reach_unchanged_records(site: Any, harvest: Callable[..., Any]) -> None:
    """When a source's defaults change, its datasets get them although the source is the same."""
    url = site.put("settings.json", catalogue(1, 2))
    harvest(url)
    source = model.Session.query(HarvestSource).one()
    source.config = json.dumps({"defaults": {"license_id": "CC-BY-4.0"}})
    model.Session.commit()
    report = harvest(url)
    assert (report.updated, report.failed) == (2, 0)
    shown = tk.get_action("package_show")({"ignore_auth": True}, {"id": "plan-1"})
    assert shown["license_id"] == "CC-BY-4.0"
    assert harvest(url).unchanged == 2


def test_pages_of_a_run(site: Any, harvest: Callable[..., Any], app: Any) -> None:
    """Editors see each record with what differs, and release a held run; others see neither."""
    url = site.put("pages.json", catalogue(*range(12)))
    harvest(url)
    site.put("pages.json", catalogue(1, description="<b>Nueva</b>"))
    held = harvest(url)
    assert held.state == "held"
    admin = factories.SysadminWithToken()
    headers = {"Authorization": admin["token"]}
    source = model.Package.get(model.Session.query(HarvestSource).one().id).name
    address = f"/harvest/{source}/run/{held.run_id}"
    assert app.get(address, status=403)
    page = app.get(address, headers=headers).body
    assert "&lt;b&gt;Nueva&lt;/b&gt;" in page
    assert "Release this run" in page
    assert "Plan 4" in app.get(f"{address}?decision=vanish", headers=headers).body
    assert "Plan 4" not in app.get(f"{address}?decision=update", headers=headers).body
    app.get(f"{address}?decision=maybe", headers=headers, status=400)
    app.get(f"/harvest/other/run/{held.run_id}", headers=headers, status=404)
    job = app.get(f"/harvest/{source}/job/{held.run_id}", headers=headers).body
    assert address in job
    assert address not in app.get(f"/harvest/{source}").body
    app.post(f"{address}/release", status=403)
    answer = app.post(f"{address}/release", headers=headers, follow_redirects=False)
    assert answer.location.endswith(f"/harvest/{source}/job")
    assert model.Session.query(HarvestJob).filter_by(status="Running").count() == 1


def test_unchanged_source_is_not_read(
    site: Any, harvest: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A document that did not change is not read, nothing is written, and no index is touched."""
    from ckan.lib.search.index import PackageSearchIndex
    from ckanext.sniegharvest.readers import dcat_json

    url = site.put("same.json", catalogue(1, 2, 3))
    assert harvest(url).added == 3
    statements: list[str] = []
    indexed: list[str] = []
    sa.event.listen(
        model.meta.engine,
        "before_cursor_execute",
        lambda conn, cursor, statement, *rest: statements.append(statement),
    )
    original = PackageSearchIndex.index_package
    monkeypatch.setattr(
        PackageSearchIndex,
        "index_package",
        lambda self, data, *rest, **named: (
            indexed.append(data["type"]),
            original(self, data, *rest, **named),
        ),
    )
    monkeypatch.setattr(dcat_json, "read", lambda *_, **__: pytest.fail("it was read"))
    report = harvest(url)
    assert (report.state, report.unchanged) == ("done", 3)
    written = {
        statement.split()[1 if statement.startswith("UPDATE") else 2]
        for statement in statements
        if statement.startswith(("INSERT", "UPDATE", "DELETE"))
    }
    assert written <= {"sniegharvest_run", "sniegharvest_plan", "harvest_job"}, written
    assert set(indexed) == {"harvest"}  # the source itself, so that its page shows the run


def test_dataset_that_was_deleted_here_comes_back(site: Any, harvest: Callable[..., Any]) -> None:
    """An unchanged document is read all the same when the portal lost one of its datasets."""
    url = site.put("lost.json", catalogue(1, 2))
    harvest(url)
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    tk.get_action("package_delete")({"ignore_auth": True, "user": user}, {"id": "plan-2"})
    report = harvest(url)
    assert (report.updated, report.unchanged) == (1, 1)
    assert set(states().values()) == {"active"}
