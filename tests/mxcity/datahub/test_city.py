"""What spans the city: figures that are kept, the data it owes first, cities side by side."""

from __future__ import annotations

import random
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from ckan.lib.redis import connect_to_redis
from ckan.tests import factories
from ckanext.mxcity.datahub import figures_cache, sql_city
from ckanext.mxcity.datahub.logic import city

from tests.mxcity.datahub.conftest import Statements, call_as
from tests.mxcity.datahub.test_figures import seed

Asset = Callable[..., dict[str, Any]]


def dataset(**fields: Any) -> dict[str, Any]:
    """Make a dataset with what every dataset needs."""
    needed = {"snieg_subsystem": "economico", "geographic_level": "municipal"}
    made: dict[str, Any] = factories.Dataset(**needed, **fields)
    return made


def totals() -> dict[str, Any]:
    """Return the counts of the whole city."""
    found: dict[str, Any] = call_as(None, "datahub_city_show")["totals"]["counts"]
    return found


def test_kept_figures_follow_every_change(
    hub: SimpleNamespace, asset: Asset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a figure counts may change by any way in: the next reader sees it."""
    counted: list[str] = []
    real = figures_cache.cached

    def watched(name: str, count: Callable[[], Any]) -> Any:
        return real(name, lambda: (counted.append(name), count())[1])

    monkeypatch.setattr(figures_cache, "cached", watched)
    where = {"organization_id": "mty-luz"}
    totals()
    made = call_as(hub.luz_editor, "datahub_asset_create", **where, **asset())
    part = {**where, "asset_id": made["id"]}
    assert totals()["assets"] == 1
    diagnosis = call_as(
        hub.luz_editor, "datahub_diagnosis_create", **part, kind="registro",
        collected_how="x", usable="si",
    )  # fmt: skip
    assert totals()["usable_si"] == 1
    call_as(
        hub.luz_editor, "datahub_diagnosis_patch", id=diagnosis["id"], usable="no", obstacle="papel"
    )
    assert (totals()["usable_si"], totals()["usable_no"]) == (0, 1)
    sharing = call_as(
        hub.luz_admin, "datahub_sharing_create", **part, proposed_class="publico",
        sharing_class="publico",
    )  # fmt: skip
    assert totals()["blocked"] == 1
    published = dataset(owner_org=hub.luz, identifier=made["inv_id"], user={"name": hub.luz_editor})
    assert (totals()["open"], totals()["datasets"]) == (1, 1)
    done = len(counted)
    assert totals() == totals()
    assert len(counted) == done
    chief = {"user": hub.chief}
    for private, open_ones in ((True, 0), (False, 1)):
        change = {"datasets": [published["id"]], "org_id": hub.luz}
        tk.get_action(f"bulk_update_{'private' if private else 'public'}")(chief, change)
        assert totals()["open"] == open_ones
    tk.get_action("package_owner_org_update")(
        chief, {"id": published["id"], "organization_id": hub.mov}
    )
    assert totals()["catalogued"] == 0
    tk.get_action("package_delete")(chief, {"id": published["id"]})
    assert totals()["datasets"] == 0
    call_as(hub.luz_editor, "datahub_sharing_delete", id=sharing["id"])
    call_as(hub.luz_editor, "datahub_asset_delete", id=made["id"])
    assert totals()["assets"] == 0
    # What is kept and cannot be read is counted anew.
    connect_to_redis().set(f"mxcity:datahub:city:{tk.config['ckan.site_id']}", "{not JSON")
    assert totals()["assets"] == 0


def test_data_that_the_city_owes(app: Any, hub: SimpleNamespace, asset: Asset) -> None:
    """An item of the law is held, then published, with its owner; reserved assets stay unseen."""

    def item(key: str) -> dict[str, Any]:
        items = call_as(None, "datahub_priority_list")["items"]
        return next(found for found in items if found["key"] == key)

    def add(ministry: str, **changed: Any) -> dict[str, Any]:
        found: dict[str, Any] = call_as(
            hub.chief, "datahub_asset_create", organization_id=f"mty-{ministry}", **asset(**changed)
        )
        return found

    ratio = call_as(None, "datahub_priority_list")["ratio"]
    assert (ratio["numerator"], ratio["denominator"]) == (0, 27)
    assert item("65-XVIII")["state"] == city.MISSING
    made = add("luz", lgtaip_fraction="65-XVIII; Art. 66, fracción VI")
    add("mov", lgtaip_fraction="66-vi")
    add(
        "luz", title="Padrón", lgtaip_fraction="65-XX", classification="confidencial",
        classification_reason="LGPDPPSO art. 3",
    )  # fmt: skip
    assert item("65-XVIII")["state"] == city.HELD
    assert [owner["name"] for owner in item("66-VI")["owners"]] == ["mty-luz", "mty-mov"]
    assert item("65-XX")["state"] == city.MISSING
    published = dataset(
        title="Trámites", owner_org=hub.luz, identifier=made["inv_id"], private=True
    )
    assert item("65-XVIII")["datasets"] == []
    tk.get_action("bulk_update_public")(
        {"user": hub.chief}, {"datasets": [published["id"]], "org_id": hub.luz}
    )
    assert item("65-XVIII")["state"] == city.PUBLISHED
    assert item("65-XVIII")["datasets"] == [{"name": published["name"], "title": "Trámites"}]
    assert call_as(None, "datahub_priority_list")["ratio"]["numerator"] == 2
    page = BeautifulSoup(app.get("/datahub/prioridades").body, "html.parser")
    assert len(page.select("main tbody tr")) == 27
    row = next(row for row in page.select("main tbody tr") if "65-XVIII" in row.get_text())
    assert row.select_one(f"a[href$='/dataset/{published['name']}']")
    assert "2 de 27 (7.4%)" in page.get_text()
    assert "Padrón" not in page.get_text()


def test_cities_side_by_side(app: Any, hub: SimpleNamespace, asset: Asset) -> None:
    """Two cities of one portal are counted in the same way, by topic and by schema."""
    page = BeautifulSoup(app.get("/datahub/ciudades").body, "html.parser")
    assert page.select_one(".dh-empty")
    chief = {"user": hub.chief}
    for name, where, acronym in (("luz", "Monterrey", "ALU"), ("mov", "León", "alu")):
        tk.get_action("organization_patch")(
            chief, {"id": f"mty-{name}", "city": where, "acronym": acronym}
        )
    for number, (name, modified) in enumerate(
        (("luz", "2026-03-31"), ("luz", "2026-06-30"), ("mov", "2025-12-31"))
    ):
        made = call_as(
            hub.chief, "datahub_asset_create", organization_id=f"mty-{name}",
            **asset(title=f"Dato {number}"),
        )  # fmt: skip
        call_as(
            hub.chief, "datahub_diagnosis_create", organization_id=f"mty-{name}",
            asset_id=made["id"], kind="registro", collected_how="x", usable="si",
            schema_ref="reportes-v1",
        )  # fmt: skip
        dataset(
            title=f"Reportes {number}", owner_org=getattr(hub, name), identifier=made["inv_id"],
            topics=["agua"], modified=modified,
        )  # fmt: skip
    found = call_as(None, "datahub_city_compare")
    assert [row["city"] for row in found["cities"]] == ["León", "Monterrey"]
    assert [row["counts"]["datasets"] for row in found["cities"]] == [1, 2]
    assert [row["ministries"] for row in found["cities"]] == [1, 1]
    assert [topic["key"] for topic in found["topics"]] == ["agua"]
    assert found["topics"][0]["by_city"] == {
        "León": {"datasets": 1, "newest": "2025-12-31"},
        "Monterrey": {"datasets": 2, "newest": "2026-06-30"},
    }
    page = BeautifulSoup(app.get("/datahub/ciudades").body, "html.parser")
    assert not page.select(".dh-empty")
    assert "30/06/2026" in page.get_text()
    ministry = BeautifulSoup(app.get("/datahub/mty-luz").body, "html.parser")
    peers = ministry.select_one("section[aria-labelledby=J]").get_text(" ", strip=True)
    assert "Secretaría mov" in peers
    assert "Reportes 2" in peers
    assert "Reportes 0" not in peers


def test_broken_topics_are_left_out(hub: SimpleNamespace) -> None:
    """A dataset whose topics are no list, as an old harvest may have left, ends nothing."""
    made = dataset(owner_org=hub.luz, topics=["agua"])
    package: Any = model.Package
    model.Session.execute(
        sa.update(package)
        .where(package.id == made["id"])
        .values(extras=sa.cast({"topics": "agua"}, sa.dialects.postgresql.JSONB))
    )
    model.Session.commit()
    assert model.Session.execute(sql_city.topics()).all() == []


def test_pages_ask_no_more_of_many_assets(app: Any, hub: SimpleNamespace) -> None:
    """Every page, for a resident and for staff, asks as many questions of 10 assets as of 5,000."""
    chance = random.Random(3)  # noqa: S311
    addresses = ("/datahub/mty-{}", "/datahub", "/datahub/prioridades", "/datahub/ciudades")
    seed(hub.luz, 10, chance)

    def asked(name: str) -> list[int]:
        found = []
        for user in (None, hub.chief):
            headers = {"Authorization": factories.APIToken(user=user)["token"]} if user else {}
            for address in addresses:
                app.get(address.format(name), headers=headers)
                with Statements() as statements:
                    app.get(address.format(name), headers=headers)
                found.append(len(statements.seen))
        return found

    few = asked("luz")
    seed(hub.mov, 5000, chance)
    assert asked("mov") == few
