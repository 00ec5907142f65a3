"""What the city changes in a harvested dataset stays, in both lanes, until it is given back."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import factories
from ckanext.mxcity.catalogue.bulk import compat
from ckanext.sniegharvest import cli
from ckanext.sniegharvest.engine.overlay.edits import Kept, apply, edits
from ckanext.sniegharvest.engine.run import Run
from ckanext.sniegharvest.model import OVERLAY

SHOWN = {
    "title": "Aire",
    "notes": "De la fuente",
    "tags": [{"name": "aire"}, {"name": "agua"}],
    "extras": [{"key": "clave", "value": "1"}],
    "contact": [{"name": "Área"}],
    "harvested_at": "2024-01-01",
    "resources": [
        {"id": "a", "name": "A", "description": "Uno", "position": 0},
        {"id": "b", "name": "B", "position": 1},
    ],
}


def test_edits_go_by_field_and_come_back_on() -> None:
    """Fields, tags, extras, repeating fields and resources are told apart, and laid on again."""
    after = {
        **SHOWN,
        "notes": "De la ciudad",
        "tags": [{"name": "agua"}, {"name": "calidad"}],
        "extras": [{"key": "clave", "value": "2"}],
        "contact": [],
        "harvested_at": "2025-01-01",
        "resources": [
            {"id": "c", "name": "Diccionario", "url": "https://datos.example/d.csv", "position": 0},
            {"id": "a", "name": "Mediciones", "description": "", "position": 1},
        ],
    }
    found = edits(SHOWN, after)
    assert [edit.path for edit in found] == [
        "contact",
        "extras/clave",
        "notes",
        "tags",
        "resources/a/description",
        "resources/a/name",
        "resources/b",
        "resources/c",
    ]
    kept = [Kept(edit.path, edit.value, edit.source) for edit in found]
    said = {**SHOWN, "resources": [SHOWN["resources"][1], SHOWN["resources"][0]], "notes": "Nueva"}
    result = apply(said, kept)
    assert result.package["notes"] == "De la ciudad"
    assert [tag["name"] for tag in result.package["tags"]] == ["agua", "calidad"]
    assert result.package["extras"] == [{"key": "clave", "value": "2"}]
    assert result.package["contact"] == []
    assert [entry["id"] for entry in result.package["resources"]] == ["a", "c"]
    assert result.package["resources"][0]["name"] == "Mediciones"
    assert result.moved == {"notes": "Nueva"}
    assert said["resources"][1]["name"] == "A", "the source's dataset is left alone"


def record(number: int, **changes: Any) -> dict[str, Any]:
    """A record with two files."""
    return {
        "identifier": f"o-{number}",
        "title": f"Conjunto {number}",
        "description": "Dice la fuente.",
        "keyword": ["aire", "agua"],
        "distribution": [
            {"downloadURL": f"https://datos.example/{number}-{part}.csv", "title": part}
            for part in ("uno", "dos")
        ],
        **changes,
    }


def catalogue(*records: dict[str, Any]) -> bytes:
    """A data.json."""
    return json.dumps({"dataset": list(records)}).encode()


def show(id_: str) -> dict[str, Any]:
    """The dataset from the database."""
    model.Session.rollback()
    context = {"ignore_auth": True, "use_cache": False}
    return tk.get_action("package_show")(context, {"id": id_})


def named(title: str) -> str:
    """Id of the dataset with a title."""
    return model.Session.query(model.Package).filter_by(title=title).one().id


def rows() -> dict[str, tuple[Any, Any]]:
    """What is kept, by path: the city's value and the source's."""
    model.Session.rollback()
    return {row.path: (row.value, row.source_value) for row in model.Session.query(OVERLAY)}


@pytest.mark.ckan_config("ckanext.sniegharvest.allow_loopback", "true")
@pytest.mark.usefixtures("with_plugins", "organization")
class TestOverlay:
    """On real servers."""

    @pytest.mark.parametrize("lane", ["batch", "single"])
    def test_survives_every_harvest(
        self, lane: str, site: Any, harvest: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A steward's values stay while the source's others move; nothing is written twice."""
        if lane == "single":
            monkeypatch.setattr(compat, "overridden", lambda: ["package_update"])
        else:
            assert not compat.overridden()
        url = site.put("capa.json", catalogue(record(1), record(2)))
        assert harvest(url).added == 2
        assert rows() == {}, "the engine's own writes are nobody's changes"
        id_ = named("Conjunto 1")
        user = factories.Sysadmin()
        person = {"user": user["name"]}
        first, second = show(id_)["resources"]
        tk.get_action("package_patch")(
            dict(person),
            {
                "id": id_,
                "notes": "Dice la ciudad.",
                "tags": [{"name": "aire"}, {"name": "ciudad"}],
                "contact": [{"name": "Dirección de Ecología"}],
            },
        )
        tk.get_action("resource_patch")(dict(person), {"id": second["id"], "name": "Segunda parte"})
        tk.get_action("resource_create")(
            dict(person),
            {"package_id": id_, "url": "https://ciudad.example/dic.csv", "name": "Diccionario"},
        )
        added = show(id_)["resources"][2]["id"]
        kept = rows()
        assert set(kept) == {
            "notes",
            "tags",
            "contact",
            f"resources/{second['id']}/name",
            f"resources/{added}",
        }
        assert kept["notes"] == ("Dice la ciudad.", "Dice la fuente.")

        again = harvest(url)
        assert (again.updated, again.unchanged) == (0, 2)

        moved = record(1, title="Conjunto uno", description="Dice otra cosa.")
        moved["distribution"].reverse()
        site.put("capa.json", catalogue(moved, record(2)))
        assert harvest(url).updated == 1
        after = show(id_)
        assert (after["title"], after["notes"]) == ("Conjunto uno", "Dice la ciudad.")
        assert sorted(tag["name"] for tag in after["tags"]) == ["aire", "ciudad"]
        assert after["contact"] == [{"name": "Dirección de Ecología"}]
        names = {entry["id"]: entry["name"] for entry in after["resources"]}
        assert names == {
            first["id"]: "uno",
            second["id"]: "Segunda parte",
            added: "Diccionario",
        }
        assert rows()["notes"] == ("Dice la ciudad.", "Dice otra cosa.")
        before = after["metadata_modified"]
        assert harvest(url).unchanged == 2
        assert show(id_)["metadata_modified"] == before

        # Given back: the source's word at once, and at every later harvest.
        release = tk.get_action("sniegharvest_overlay_release")
        for path in ("notes", "tags", f"resources/{added}"):
            release(dict(person), {"id": id_, "path": path})
        after = show(id_)
        assert after["notes"] == "Dice otra cosa."
        assert sorted(tag["name"] for tag in after["tags"]) == ["agua", "aire"]
        assert len(after["resources"]) == 2
        assert set(rows()) == {"contact", f"resources/{second['id']}/name"}
        site.put("capa.json", catalogue(record(1, description="La última."), record(2)))
        assert harvest(url).updated == 1
        assert show(id_)["notes"] == "La última."
        # Writing what the source says is giving back, too.
        tk.get_action("resource_patch")(dict(person), {"id": second["id"], "name": "dos"})
        assert set(rows()) == {"contact"}

    def test_is_shown_and_guarded(
        self, site: Any, spanish_app: Any, harvest: Callable[..., Any]
    ) -> None:
        """The page, the form and the dry run say it in Spanish; only editors give a field back."""
        url = site.put("muestra.json", catalogue(record(1)))
        harvest(url)
        id_ = named("Conjunto 1")
        user = factories.SysadminWithToken()
        tk.get_action("package_patch")(
            {"user": user["name"]}, {"id": id_, "notes": "Palabras <b>propias</b>."}
        )
        page = spanish_app.get(f"/dataset/{id_}").body
        assert "Este campo lo cambió la ciudad" in page
        assert "Dice la fuente." in page
        assert "Devolver a la fuente" not in page
        headers = {"Authorization": user["token"]}
        page = spanish_app.get(f"/dataset/{id_}", headers=headers).body
        assert "Devolver a la fuente" in page
        form = spanish_app.get(f"/dataset/edit/{id_}", headers=headers).body
        assert "Este campo lo cambió la ciudad" in form

        site.put("muestra.json", catalogue(record(1, description="Otra cosa.")))
        source = cli._source(url, "dcat_json", "mty-pruebas", True, False)
        report = Run(str(uuid.uuid4()), source, allow_loopback=True, dry=True).execute()
        plan = tk.get_action("sniegharvest_plan_show")({"ignore_auth": True}, {"id": report.run_id})
        assert plan["rows"][0]["kept"] == [
            {"field": "notes", "city": "Palabras <b>propias</b>.", "source": "Otra cosa."}
        ]

        anybody = factories.User()
        context = {"user": anybody["name"], "auth_user_obj": model.User.get(anybody["name"])}
        (shown,) = tk.get_action("sniegharvest_overlay_show")(dict(context), {"id": id_})
        assert "author" not in shown
        asked = {"id": id_, "path": "notes"}
        with pytest.raises(tk.NotAuthorized):
            tk.get_action("sniegharvest_overlay_release")(dict(context), asked)
        spanish_app.post(f"/dataset/{id_}/overlay/release", data={"path": "notes"}, headers=headers)
        assert show(id_)["notes"] == "Dice la fuente."
        assert rows() == {}

    def test_nothing_half_done(
        self, site: Any, harvest: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """An edit or a batch that is cut off leaves dataset and overlay as they were."""
        url = site.put("corte.json", catalogue(record(1)))
        harvest(url)
        id_ = named("Conjunto 1")
        person = {"user": factories.Sysadmin()["name"]}
        with monkeypatch.context() as cut:
            cut.setattr("ckan.logic.index_update_package_dicts", _break)
            with pytest.raises(RuntimeError):
                tk.get_action("package_patch")(dict(person), {"id": id_, "notes": "Perdida."})
        assert rows() == {}
        tk.get_action("package_patch")(dict(person), {"id": id_, "notes": "De la ciudad."})
        assert rows() == {"notes": ("De la ciudad.", "Dice la fuente.")}

        site.put("corte.json", catalogue(record(1, description="Nueva.", title="Título nuevo")))
        with monkeypatch.context() as cut:
            cut.setattr("ckanext.sniegharvest.engine.write.bulk.objects.note", _break)
            assert harvest(url).state == "failed"
        assert rows() == {"notes": ("De la ciudad.", "Dice la fuente.")}
        assert show(id_)["title"] == "Conjunto 1"
        assert harvest(url).updated == 1
        assert rows() == {"notes": ("De la ciudad.", "Nueva.")}
        assert (show(id_)["title"], show(id_)["notes"]) == ("Título nuevo", "De la ciudad.")


def _break(*rest: Any, **named: Any) -> None:
    """Stand for a server that goes away."""
    raise RuntimeError("cut off")
