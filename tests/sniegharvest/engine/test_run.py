"""Whole runs, on real servers, over catalogues served on this machine."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
from ckanext.harvest.model import HarvestJob, HarvestObject, HarvestSource

pytestmark = [
    pytest.mark.ckan_config("ckanext.sniegharvest.allow_loopback", "true"),
    pytest.mark.ckan_config("ckanext.sniegharvest.grace_runs", "1"),
    pytest.mark.ckan_config("ckanext.sniegharvest.grace_days", "0"),
]


def catalogue(*numbers: int, **changes: Any) -> bytes:
    """A data.json with a dataset for each number."""
    return json.dumps(
        {
            "conformsTo": "https://project-open-data.cio.gov/v1.1/schema",
            "dataset": [
                {
                    "identifier": f"d-{number}",
                    "title": f"Conjunto {number}",
                    "description": "Una descripción.",
                    "keyword": ["agua"],
                    "modified": "2024-01-01",
                    "distribution": [
                        {"downloadURL": f"https://datos.example/{number}.csv", "format": "CSV"}
                    ],
                    **changes,
                }
                for number in numbers
            ],
        }
    ).encode()


def packages() -> dict[str, tuple[str, str, str]]:
    """Name, state and time of the last change of every dataset, by id."""
    model.Session.rollback()
    rows = model.Session.query(model.Package).filter_by(type="dataset")
    return {row.id: (row.name, row.state, str(row.metadata_modified)) for row in rows}


def site_user() -> str:
    """Name of the portal's own user."""
    return tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]


def found() -> int:
    """How many datasets the search finds."""
    return tk.get_action("package_search")({"ignore_auth": True}, {"rows": 0})["count"]


@pytest.mark.usefixtures("with_plugins", "organization")
class TestRuns:
    """Each begins with an empty portal."""

    def test_first_run_and_unchanged_second(self, site: Any, harvest: Callable[..., Any]) -> None:
        """A first run stores and indexes everything; a second writes nothing."""
        url = site.put("data.json", catalogue(*range(30)))
        report = harvest(url)
        assert (report.added, report.failed) == (30, 0), report.as_dict()
        assert found() == 30
        before = packages()
        report = harvest(url)
        assert (report.added, report.updated, report.unchanged) == (0, 0, 30), report.problems
        assert packages() == before
        jobs = model.Session.query(HarvestJob).all()
        assert {job.status for job in jobs} == {"Finished"}

    def test_provenance_and_defaults(self, site: Any, harvest: Callable[..., Any]) -> None:
        """A stored dataset says where it comes from and has what the schema asks for."""
        url = site.put("data.json", catalogue(1))
        assert harvest(url).failed == 0
        (id_,) = packages()
        shown = tk.get_action("package_show")({"ignore_auth": True}, {"id": id_})
        assert shown["source_identifier"] == "d-1"
        assert shown["source_url"]
        assert shown["harvested_at"]
        assert shown["snieg_subsystem"] == "ninguno"
        assert shown["snieg_subsystem_reason"]
        assert shown["resources"][0]["format"] == "CSV"
        views = tk.get_action("resource_view_list")(
            {"ignore_auth": True}, {"id": shown["resources"][0]["id"]}
        )
        assert isinstance(views, list)

    def test_broken_record_among_good(self, site: Any, harvest: Callable[..., Any]) -> None:
        """One record that cannot be taken is named, the other 49 land."""
        data = json.loads(catalogue(*range(50)))
        data["dataset"][20] = "no soy un conjunto"
        report = harvest(site.put("data.json", json.dumps(data).encode()))
        assert (report.added, report.failed) == (49, 1), report.as_dict()["errors"]
        assert report.problems[0].stage == "read"

    def test_refused_record_leaves_its_batch(
        self, site: Any, harvest: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A record that CKAN's validators refuse does not take its batch with it."""
        from ckanext.sniegharvest.engine.write import mapping

        made = mapping.to_package

        def spoiled(record: Any, *rest: Any, **named: Any) -> dict[str, Any]:
            package = made(record, *rest, **named)
            return (
                {**package, "license_id": 3, "geographic_level": "?"}
                if (record.identifier == "d-7")
                else package
            )

        monkeypatch.setattr("ckanext.sniegharvest.engine.write.prepare.to_package", spoiled)
        report = harvest(site.put("data.json", catalogue(*range(20))))
        assert (report.added, report.failed) == (19, 1)
        assert (report.problems[0].record, report.problems[0].stage) == ("d-7", "check")
        assert found() == 19

    def test_vanished_are_archived_and_come_back(
        self, site: Any, harvest: Callable[..., Any]
    ) -> None:
        """What vanishes is archived; when it comes back it has its address again."""
        url = site.put("data.json", catalogue(*range(12)))
        harvest(url)
        before = {id_: name for id_, (name, _, _) in packages().items()}
        site.put("data.json", catalogue(*range(10)))
        report = harvest(url)
        assert report.archived == 2
        assert found() == 10
        site.put("data.json", catalogue(*range(12)))
        report = harvest(url)
        assert report.failed == 0, report.as_dict()
        assert {id_: name for id_, (name, _, _) in packages().items()} == before
        assert found() == 12

    def test_empty_catalogue_is_held(self, site: Any, harvest: Callable[..., Any]) -> None:
        """A source that lists nothing any more changes nothing, until a person releases it."""
        url = site.put("data.json", catalogue(*range(12)))
        harvest(url)
        before = packages()
        site.put("data.json", catalogue())
        assert harvest(url).state == "held"
        assert packages() == before
        assert harvest(url, released=True).archived == 12
        assert found() == 0

    def test_foreign_datasets_are_left_alone(self, site: Any, harvest: Callable[..., Any]) -> None:
        """A dataset of a person's with the same name, or a private one, is never overwritten."""
        from ckan.tests import factories

        factories.Organization(name="otra")
        user = factories.Sysadmin()
        mine = tk.get_action("package_create")(
            {"user": user["name"]},
            {
                "name": "conjunto-1",
                "title": "Propio",
                "notes": "Mío",
                "private": True,
                "owner_org": "otra",
                "snieg_subsystem": "ninguno",
                "snieg_subsystem_reason": "Prueba",
                "geographic_level": "municipal",
                "area_codes": ["19039"],
            },
        )
        url = site.put("data.json", catalogue(1, 2, 3))
        assert harvest(url).added == 3
        site.put("data.json", catalogue(1, 2, 3, description="Otra"))
        assert harvest(url).updated == 3
        shown = tk.get_action("package_show")({"ignore_auth": True}, {"id": mine["id"]})
        assert (shown["title"], shown["private"], shown["notes"]) == ("Propio", True, "Mío")

    def test_dataset_made_private_stays_private(
        self, site: Any, harvest: Callable[..., Any]
    ) -> None:
        """What a steward takes out of public sight is not published again by a harvest."""
        url = site.put("data.json", catalogue(1))
        harvest(url)
        (id_,) = packages()
        model.Package.get(id_).private = True
        model.Session.commit()
        site.put("data.json", catalogue(1, description="Otra"))
        assert harvest(url).updated == 1
        assert tk.get_action("package_show")({"ignore_auth": True}, {"id": id_})["private"] is True

    def test_lost_history_is_taken_up_again(self, site: Any, harvest: Callable[..., Any]) -> None:
        """When the harvest's history was cleared, the same datasets are found, not made twice."""
        url = site.put("data.json", catalogue(1, 2))
        harvest(url)
        before = {id_: name for id_, (name, _, _) in packages().items()}
        model.Session.query(HarvestObject).update({"current": False})
        model.Session.commit()
        report = harvest(url)
        assert (report.failed, report.updated) == (0, 2), report.as_dict()
        assert {id_: name for id_, (name, _, _) in packages().items()} == before

    def test_publishers_organizations(self, site: Any, harvest: Callable[..., Any]) -> None:
        """Where it is asked for, records go to the organisation that their publisher names."""
        from ckan.tests import factories

        other = factories.Organization(name="mty-agua", title="Agua y Drenaje")
        url = site.put(
            "data.json", catalogue(1, publisher={"name": "Agua y Drenaje", "@type": "org"})
        )
        assert harvest(url, by_publisher=True).failed == 0
        (id_,) = packages()
        assert model.Package.get(id_).owner_org == other["id"]

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("page.json", b"<!doctype html><title>Hola</title>"),
            ("nothing.json", b""),
            ("cut.json", catalogue(1, 2)[:-40]),
        ],
    )
    def test_bad_sources_end_in_a_report(
        self, site: Any, harvest: Callable[..., Any], name: str, content: bytes
    ) -> None:
        """A source that is not what it says ends in a finished job that names the reason."""
        report = harvest(site.put(name, content))
        assert report.state == "failed"
        assert report.problems
        assert model.Session.query(HarvestJob).one().status == "Finished"

    def test_unreachable_source(self, harvest: Callable[..., Any]) -> None:
        """A source that does not answer ends in a report, and keeps what it gave before."""
        report = harvest("http://127.0.0.1:9/data.json")
        assert report.state == "failed"
        assert "9" in str(report.problems[0].message)

    def test_disabled_source_refuses(self, site: Any, harvest: Callable[..., Any]) -> None:
        """A source without its permission does not run, and runs once that is recorded."""
        url = site.put("data.json", catalogue(1))
        harvest(url)
        source = model.Session.query(HarvestSource).one()
        package = model.Package.get(source.id)
        context = {"ignore_auth": True, "user": site_user()}
        shown = tk.get_action("harvest_source_show")({**context}, {"id": source.id})
        tk.get_action("harvest_source_update")(
            {**context}, {**shown, "config": '{"requires_permission": true}'}
        )
        report = harvest(url)
        assert report.state == "failed"
        assert "permission" in str(report.problems[0].message)
        with pytest.raises(tk.ValidationError):
            tk.get_action("harvest_job_create")({**context}, {"source_id": source.id})
        with pytest.raises(tk.ValidationError):
            tk.get_action("sniegharvest_source_enable")({**context}, {"id": package.name})
        tk.get_action("sniegharvest_source_enable")(
            {**context}, {"id": package.name, "permission": "Oficio 12", "by": "CDO"}
        )
        assert harvest(url).state == "done"

    def test_settings_are_hidden(self, site: Any, harvest: Callable[..., Any]) -> None:
        """Nobody but a source's editors sees its settings."""
        url = site.put("data.json", catalogue(1))
        harvest(url)
        source = model.Session.query(HarvestSource).one()
        context = {"ignore_auth": True, "user": site_user()}
        shown = tk.get_action("harvest_source_show")({**context}, {"id": source.id})
        secret = '{"defaults": {"notes": "secreto-77"}}'
        tk.get_action("harvest_source_update")({**context}, {**shown, "config": secret})
        for action, values in (
            ("harvest_source_show", {"id": source.id}),
            ("harvest_source_list", {}),
            ("package_show", {"id": source.id}),
            ("package_search", {"fq": "dataset_type:harvest"}),
        ):
            try:
                answer = tk.get_action(action)({"user": ""}, values)
            except tk.NotAuthorized:
                continue
            assert "secreto-77" not in json.dumps(answer, default=str), action


@pytest.mark.usefixtures("with_plugins", "organization")
def test_source_page_says_how_it_stands(site: Any, harvest: Callable[..., Any], app: Any) -> None:
    """The page of a source tells everyone what its last run did."""
    harvest(site.put("data.json", catalogue(1, 2)))
    source = model.Session.query(HarvestSource).one()
    page = app.get(f"/harvest/{model.Package.get(source.id).name}").body
    assert "Last run" in page
    assert "2 added" in page


@pytest.mark.usefixtures("with_plugins", "organization")
def test_tables_are_queued_for_the_loader(site: Any, harvest: Callable[..., Any]) -> None:
    """A harvested CSV waits for the table loader; a PDF does not."""
    files = [
        {"downloadURL": "https://datos.example/a.csv", "format": "CSV"},
        {"downloadURL": "https://datos.example/a.pdf", "format": "PDF"},
    ]
    report = harvest(site.put("tables.json", catalogue(70, distribution=files)))
    assert (report.added, report.failed) == (1, 0)
    context = {"ignore_auth": True, "user": site_user()}
    for resource in tk.get_action("package_show")({**context}, {"id": "conjunto-70"})["resources"]:
        try:
            task = {"entity_id": resource["id"], "task_type": "xloader", "key": "xloader"}
            state = tk.get_action("task_status_show")({**context}, task)["state"]
        except tk.ObjectNotFound:
            state = None
        assert state == ("pending" if resource["format"] == "CSV" else None)
