"""A dataset that arrives by two sources is one dataset with two provenances."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
from ckan.lib.search import SearchIndexError
from ckanext.harvest.model import HarvestSource
from ckanext.mxcity.exchange.exports.select import select
from ckanext.sniegharvest.engine.identity import provenance
from ckanext.sniegharvest.engine.identity.identifiers import alike, marks, recognise
from ckanext.sniegharvest.model import PROVENANCE

SAME = "https://estado.example/dataset/aire"


def test_recognised_only_by_what_is_exact() -> None:
    """An identifier that means something everywhere is enough; a page or files need the title."""
    one = marks("Calidad del aire", [SAME], SAME, ["https://estado.example/a.csv"])
    assert alike(one, marks("Otro", [SAME], "", [])) == "identifier"
    assert alike(one, marks("Otro", ["12"], SAME, [])) == "identifier"
    local = marks("Calidad del aire", ["12"], "https://estado.example/aire", [])
    assert alike(local, marks("CALIDAD DEL  AIRÉ", ["12"], local.page, [])) == "page"
    assert alike(local, marks("Calidad del agua", ["12"], local.page, [])) == ""
    assert alike(marks("A", ["12"], "", []), marks("A", ["12"], "", [])) == ""
    home = marks("A", [], "https://estado.example/", [])
    assert alike(home, home) == ""
    files = ["https://estado.example/a.csv", "https://estado.example/b.csv"]
    assert alike(marks("A", [], "", files), marks("a", [], "", reversed(files))) == "files"
    assert alike(marks("A", [], "", files), marks("A", [], "", files[:1])) == ""
    assert recognise(one, {"x": one, "y": one}) is None, "two candidates are none"


def record(identifier: str, **changes: Any) -> dict[str, Any]:
    """A record with a file."""
    return {
        "identifier": identifier,
        "title": "Calidad del aire",
        "description": "Del estado.",
        "distribution": [{"downloadURL": "https://estado.example/aire.csv", "format": "CSV"}],
        **changes,
    }


def catalogue(*records: dict[str, Any]) -> bytes:
    """A data.json."""
    return json.dumps({"dataset": list(records)}).encode()


def show(id_: str) -> dict[str, Any]:
    """The dataset from the database."""
    model.Session.rollback()
    return tk.get_action("package_show")({"ignore_auth": True, "use_cache": False}, {"id": id_})


def datasets() -> dict[str, str]:
    """Titles of the active datasets, by id."""
    model.Session.rollback()
    rows = model.Session.query(model.Package).filter_by(type="dataset", state="active")
    return {row.id: row.title for row in rows}


def source_of(url: str) -> Any:
    """The source with an address."""
    return model.Session.query(HarvestSource).filter_by(url=url).one()


def exported_for(name: str) -> int:
    """How many datasets an export for a consumer has."""
    filters = list(select({"for": name}).filters)
    found = tk.get_action("package_search")({"user": ""}, {"fq_list": filters, "rows": 0})
    return int(found["count"])


@pytest.mark.ckan_config("ckanext.sniegharvest.allow_loopback", "true")
@pytest.mark.ckan_config("ckanext.sniegharvest.grace_runs", "1")
@pytest.mark.ckan_config("ckanext.sniegharvest.grace_days", "0")
@pytest.mark.usefixtures("with_plugins", "organization")
class TestTwoWays:
    """On real servers, with a state's catalogue and the federation's."""

    def test_one_dataset_two_provenances(
        self, site: Any, harvest: Callable[..., Any], app: Any
    ) -> None:
        """It stays one while either source lists it, and goes back to neither."""
        state = site.put("estado.json", catalogue(record(SAME), record("e-2", title="Solo estado")))
        nation = site.put(
            "federacion.json",
            catalogue(
                record(SAME, description="De la federación."), record("f-2", title="Solo nación")
            ),
        ).replace("127.0.0.1", "localhost")  # another host: exports tell them apart by it, too
        assert harvest(state).added == 2
        (id_,) = [key for key, title in datasets().items() if title == "Calidad del aire"]
        report = harvest(nation)
        assert (report.added, report.updated, report.failed) == (1, 1, 0)
        assert sorted(datasets().values()) == ["Calidad del aire", "Solo estado", "Solo nación"]
        shown = show(id_)
        assert shown["notes"] == "Del estado."
        assert shown["source_name"] == source_of(state).title
        (way,) = shown["other_sources"]
        assert way["source_id"] == source_of(nation).id
        assert way["source_identifier"] == SAME
        assert len(way["record_sha256"]) == len(shown["record_sha256"]) == 64
        assert way["record_sha256"] != shown["record_sha256"]

        page = app.get(f"/dataset/{id_}").body
        assert "It arrives by other sources, too" in page
        assert way["record_sha256"] in page
        assert shown["record_sha256"] in page
        graph = app.get(f"/dataset/{id_}.ttl").body
        assert graph.count("prov:wasDerivedFrom") == 1
        assert graph.count("a prov:Entity") == 2
        assert exported_for(source_of(state).id) == 1
        assert exported_for(source_of(nation).id) == 1

        # Without a change neither writes; a change of the second only moves its own row.
        before = show(id_)["metadata_modified"]
        assert harvest(nation).unchanged == harvest(state).unchanged == 2
        assert show(id_)["metadata_modified"] == before
        site.put(
            "federacion.json",
            catalogue(record(SAME, description="Otra."), record("f-2", title="Solo nación")),
        )
        assert harvest(nation).updated == 1
        shown = show(id_)
        assert shown["notes"] == "Del estado."
        assert shown["other_sources"][0]["record_sha256"] != way["record_sha256"]
        # A change of the first keeps the second.
        site.put("estado.json", catalogue(record(SAME, description="Nueva."), record("e-2")))
        harvest(state)
        assert show(id_)["notes"] == "Nueva."
        assert show(id_)["other_sources"] == shown["other_sources"]

        # The authority drops it: the dataset stays, and is the other's from its next run.
        site.put("estado.json", catalogue(record("e-2")))
        assert harvest(state).archived == 0
        left = show(id_)
        assert (left["state"], left["source_name"]) == ("active", source_of(nation).title)
        assert not left.get("other_sources")
        assert exported_for(source_of(state).id) >= 1
        assert harvest(nation).updated == 1
        assert show(id_)["notes"] == "Otra."
        # It comes back by the first, which is the further one now, and leaves again.
        site.put("estado.json", catalogue(record(SAME), record("e-2")))
        assert harvest(state).added == 0
        assert show(id_)["other_sources"][0]["source_id"] == source_of(state).id
        assert show(id_)["notes"] == "Otra."
        site.put("estado.json", catalogue(record("e-2")))
        harvest(state)
        assert not show(id_).get("other_sources")
        assert model.Session.query(PROVENANCE).count() == 0
        site.put("federacion.json", catalogue(record("f-2", title="Solo nación")))
        assert harvest(nation).archived == 1
        assert show(id_)["state"] == "deleted"

    def test_declared_order_makes_the_authority(
        self, site: Any, harvest: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The source that is declared nearer takes the place of the one that came first."""
        nation = site.put("nacion.json", catalogue(record(SAME, description="De la nación.")))
        state = site.put("entidad.json", catalogue(record(SAME)))
        harvest(nation)
        (id_,) = datasets()
        harvest(state)
        assert show(id_)["notes"] == "De la nación."
        monkeypatch.setitem(
            tk.config, "ckanext.sniegharvest.authority_order", [source_of(state).id]
        )
        assert (
            harvest(
                state,
            ).updated
            == 1
        )
        shown = show(id_)
        assert shown["notes"] == "Del estado."
        assert [way["source_id"] for way in shown["other_sources"]] == [source_of(nation).id]
        assert list(datasets()) == [id_]
        assert harvest(nation).unchanged == harvest(state).unchanged == 1
        assert show(id_)["notes"] == "Del estado."

    def test_cut_off_before_the_index_has_it(
        self, site: Any, harvest: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A provenance that the index did not get is stored, and indexed by the next run."""
        harvest(site.put("primera.json", catalogue(record(SAME))))
        (id_,) = datasets()
        url = site.put("segunda.json", catalogue(record(SAME)))

        def refuse(package_ids: Any) -> None:
            raise SearchIndexError("Solr is away")

        with monkeypatch.context() as patch:
            patch.setattr(provenance, "index_again", refuse)
            assert harvest(url).state == "failed"
        arrives = {"fq": f"vocab_other_sources:{source_of(url).id}", "rows": 0}
        search = tk.get_action("package_search")
        assert search({"ignore_auth": True}, dict(arrives))["count"] == 0
        assert harvest(url).failed == 0
        assert show(id_)["other_sources"][0]["source_id"] == source_of(url).id
        assert search({"ignore_auth": True}, dict(arrives))["count"] == 1
