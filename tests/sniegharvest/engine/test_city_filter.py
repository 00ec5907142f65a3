"""A source is narrowed to a city, and what found no place in our schema is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
from ckanext.harvest.model import HarvestSource
from ckanext.mxcity.reading.records import Publisher, Record
from ckanext.sniegharvest.cli import sniegharvest
from ckanext.sniegharvest.engine.place.city_filter import CityFilter
from ckanext.sniegharvest.engine.read import source_state
from ckanext.sniegharvest.engine.report.losses import MOST_FIELDS, Losses
from ckanext.sniegharvest.sources.source_config import SourceConfigError, parse

BOXES = {"19039": (-100.5, 25.4, -100.1, 25.8)}


def record(publisher: str = "", **dataset: Any) -> Record:
    """A record of a source with these fields."""
    whose = Publisher(publisher) if publisher else None
    return Record("a", dataset.get("title", ""), {}, dataset, "hash", 1, publisher=whose)


@pytest.mark.parametrize(
    ("item", "how"),
    [
        (record(area_codes=["19039"]), None),
        (record(area_codes=["11020"], notes="Monterrey, Nuevo León"), "code"),
        (record(title="Parques de Monterrey, Nuevo León"), None),
        (record(title="Parques de León, Guanajuato"), "name"),
        (record(title="Parques", notes="Del municipio de Monterrey, Nuevo León."), None),
        (record(spatial='{"type": "Point", "coordinates": [-100.3, 25.6]}'), None),
        (record(spatial='{"type": "Point", "coordinates": [-99.1, 19.4]}'), "unknown"),
        (record(publisher="Municipio de Monterrey, Nuevo León"), None),
        (record(publisher="Gobierno de Jalisco"), "publisher"),
        (record(title="Producto interno bruto"), "unknown"),
    ],
)
def test_the_territory_of_a_record_decides(item: Record, how: str | None) -> None:
    """Codes, names with their state, bounding box, publisher and text say whether it is wanted."""
    found = CityFilter(["19039"], {}, BOXES).outside(item)
    assert (found.how if found else None) == how


def test_a_state_takes_in_its_municipalities() -> None:
    """A state's code wants its municipalities; the country, or no area, wants everything."""
    monterrey, guanajuato = record(area_codes=["19039"]), record(area_codes=["11"])
    assert CityFilter(["19"]).outside(monterrey) is None
    assert CityFilter(["19"]).outside(guanajuato) is not None
    assert CityFilter(["00"]).outside(guanajuato) is CityFilter([]).outside(guanajuato) is None
    ours = CityFilter(["19039"], {"area_codes": ["19039"]})
    assert ours.outside(record(title="Sin lugar")) is None


@pytest.mark.parametrize(
    ("settings", "slug", "told"),
    [
        ({"areas": ["León, Guanajuato", "19039", "nuevo leon"]}, "", ""),
        ({"areas": ["99999"]}, "config-area-code", "99999"),
        ({"areas": ["1001"]}, "config-area-zero", '"01001"'),
        ({"areas": ["Benito Juárez"]}, "config-area-several", "(09014)"),
        ({"areas": ["Macondo"]}, "config-area-name", "Macondo"),
        ({"areas": [19039]}, "config-area-type", "19039"),
        ({"areas": "19039"}, "config-list", "areas"),
        ({"organizations_filter_include": [1]}, "config-list", "organizations_filter_include"),
        ({"grace_runs": True}, "config-int", "grace_runs"),
        ({"grace_days": -1}, "config-negative", "grace_days"),
        ({"defaults": []}, "config-dict", '{"frequency": "ANNUAL"}'),
        ({"enable": True}, "config-key", "enabled"),
    ],
)
def test_settings_say_what_is_wrong(settings: dict[str, Any], slug: str, told: str) -> None:
    """Each wrong setting is named with what to write; areas may be codes or names."""
    if not slug:
        assert parse(json.dumps(settings)).areas == ["11020", "19039", "19"]
        return
    with pytest.raises(SourceConfigError) as caught:
        parse(json.dumps(settings))
    assert caught.value.message.slug == slug
    assert told in str(caught.value)


def test_losses_are_bounded() -> None:
    """Fields are counted with an example; a source with endless fields does not fill the memory."""
    losses = Losses()
    for number in range(MOST_FIELDS + 20):
        raw = {"dcat:x": [1], f"f{number}": "v" * 1000, "distribution": [{}, {"odd": "uno"}]}
        lost = (f"f{number}", "distribution.odd")
        losses.add(Record("a", "", raw, {}, "", 1, unmapped=lost))
    rows = losses.as_list()
    assert rows[0] == {"field": "distribution.odd", "records": MOST_FIELDS + 20, "example": "uno"}
    assert len(rows) == MOST_FIELDS
    assert losses.others == 21
    assert len(rows[1]["example"]) < 130


def test_mapping_files_shape_the_datasets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another version of a mapping file makes unchanged records be mapped anew."""
    before = source_state.fingerprint("{}", "x")
    monkeypatch.setattr(source_state, "mapping_files", lambda: "another")
    assert source_state.fingerprint("{}", "x") != before


@pytest.mark.ckan_config("ckanext.sniegharvest.allow_loopback", "true")
@pytest.mark.usefixtures("with_plugins", "organization")
def test_only_what_concerns_the_city_is_taken(
    site: Any, harvest: Callable[..., Any], app: Any, cli: Any
) -> None:
    """A narrowed source gives the city's records; what it had besides goes through its grace."""
    titles = ("Parques de León, Guanajuato", "Parques de Monterrey, Nuevo León", "PIB nacional")
    entries = [
        {"identifier": f"n-{n}", "title": title, "rareza": {"nivel": n}}
        for n, title in enumerate(titles)
    ]
    url = site.put("nacional.json", json.dumps({"dataset": entries}).encode())
    whole = harvest(url)
    assert (whole.added, whole.plan.filtered) == (3, 0)
    (source,) = model.Session.query(HarvestSource)
    source.config = json.dumps({"areas": ["Monterrey, Nuevo León"]})
    model.Session.commit()
    asked = ["harvest", url, "--type", "dcat_json", "--org", "mty-pruebas", "--allow-loopback"]
    dry = cli.invoke(sniegharvest, [*asked, "--dry-run"])
    assert "about 11020 (name)" in dry.output
    assert "rareza" in dry.output
    report = harvest(url)
    told = report.as_dict()
    assert (told["filtered"], told["missing"], told["archived"], told["failed"]) == (2, 2, 0, 0)
    assert told["losses"] == [{"field": "rareza", "records": 1, "example": '{"nivel":1}'}]
    plan = tk.get_action("sniegharvest_plan_show")({"ignore_auth": True}, {"id": report.run_id})
    ways = {row["guid"]: row["where"] for row in plan["rows"] if row["decision"] == "filtered"}
    assert ways["n-0"] == {"how": "name", "areas": ["11020"]}
    assert ways["n-2"]["how"] == "unknown"
    rows = model.Session.query(model.Package).filter_by(type="dataset")
    assert {row.state for row in rows} == {"active"}
    source_name = model.Package.get(plan["run"]["source_id"]).name
    admin = {"Authorization": token()}
    page = app.get(f"/harvest/{source_name}/run/{report.run_id}", headers=admin).body
    assert "rareza" in page
    assert "León, Guanajuato" in page


def token() -> str:
    """An API token of a new sysadmin."""
    from ckan.tests import factories

    return str(factories.SysadminWithToken()["token"])


@pytest.mark.usefixtures("with_plugins", "organization")
def test_the_form_of_a_source_is_in_spanish(
    app: Any, monkeypatch: pytest.MonkeyPatch, ckan_config: Any
) -> None:
    """The form says in Spanish what each type wants, and what is wrong with the settings."""
    monkeypatch.setitem(ckan_config, "ckan.locale_default", "es_MX")
    admin = {"Authorization": token()}
    page = app.get("/harvest/new", headers=admin).body
    assert "Tipo de fuente" in page
    assert ">Guardar</button>" in page
    assert "Source type" not in page
    values = {
        "url": "https://datos.example.mx",
        "title": "Estado",
        "name": "estado",
        "source_type": "ckan",
        "frequency": "MANUAL",
        "config": '{"areas": ["1001"]}',
        "owner_org": "mty-pruebas",
    }
    wrong = app.post("/harvest/new", data=values, headers=admin).body
    assert "le falta el cero inicial" in wrong
    values["config"] = '{"areas": ["Aguascalientes, Aguascalientes"]}'
    app.post("/harvest/new", data=values, headers=admin)
    edit = app.get("/harvest/edit/estado", headers=admin).body
    assert "Eliminar la fuente" in edit
    assert "/harvest/delete/estado" in edit
