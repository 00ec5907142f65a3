"""The computed figures: exact, with what they are counted from, and in few statements."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import ckan.model as model
import sqlalchemy as sa
from ckan.tests import factories
from ckanext.mxcity.city.clock import today
from ckanext.mxcity.datahub.model import Asset as AssetModel
from ckanext.mxcity.datahub.model import Decision, Diagnosis, Milestone, Sharing
from ckanext.mxcity.datahub.ratios import Ratio, slipped, working_days_before
from ckanext.mxcity.ground import clock

from tests.mxcity.datahub.conftest import Statements, call_as

Asset = Callable[..., dict[str, Any]]
CLASSES = ("publico", "entre_dependencias", "restringido", None)


def seed(organization_id: str, count: int, chance: random.Random) -> dict[str, int]:
    """Write assets with diagnoses, classes, decisions and milestones; return a count by hand."""
    rows: dict[Any, list[dict[str, Any]]] = {
        table: [] for table in (AssetModel, Diagnosis, Sharing, Decision, Milestone)
    }
    expected = dict.fromkeys(
        ("usable_si", "undiagnosed", "used", "class_publico", "late", "done"), 0
    )
    base = {
        "organization_id": organization_id,
        "version": 1,
        "created": clock.utc_now(),
        "modified": clock.utc_now(),
    }
    for number in range(count):
        key = f"{organization_id}-{number}"
        rows[AssetModel].append(
            {**base, "id": key, "inv_id": f"N-{number}", "title": f"Dato {number}",
             "description": "x", "area": "x", "source_system": "x",
             "update_frequency": "MONTHLY", "classification": "publico"}
        )  # fmt: skip
        usable = chance.choice(("si", "en_parte", "no", None))
        expected["usable_si"] += usable == "si"
        expected["undiagnosed"] += usable is None
        if usable:
            rows[Diagnosis].append(
                {**base, "id": f"d{key}", "asset_id": key, "kind": "registro",
                 "collected_how": "x", "usable": usable,
                 "obstacle": None if usable == "si" else "formato"}
            )  # fmt: skip
        chosen = chance.choice(CLASSES)
        expected["class_publico"] += chosen == "publico"
        if chosen:
            rows[Sharing].append(
                {**base, "id": f"s{key}", "asset_id": key, "proposed_class": chosen,
                 "sharing_class": chosen}
            )  # fmt: skip
        if chance.random() < 0.3:
            expected["used"] += 1
            rows[Decision] += [
                {**base, "id": f"e{key}{n}", "date": today(), "decision": "x", "assets": [key]}
                for n in range(2)
            ]
        due = today() + dt.timedelta(days=chance.randint(-9, 9))
        done = due if chance.random() < 0.5 else None
        expected["late"] += done is None and due < today()
        expected["done"] += done is not None
        rows[Milestone].append(
            {**base, "id": f"m{key}", "asset_id": key, "title": "x", "owner_role": "x",
             "due": due, "done": done}
        )  # fmt: skip
    for table, values in rows.items():
        if values:
            model.Session.execute(sa.insert(table.__table__), values)
    model.Session.commit()
    return expected


def test_figures_are_exact_and_cheap(hub: SimpleNamespace) -> None:
    """Figures equal a count by hand, the city is the sum, and 5,000 assets ask no more than 10."""
    chance = random.Random(7)  # noqa: S311
    expected = {"luz": seed(hub.luz, 10, chance)}
    with Statements() as few:
        call_as(None, "datahub_summary_show", organization_id="mty-luz")
    with Statements() as few_city:
        call_as(None, "datahub_city_show")
    expected["mov"] = seed(hub.mov, 5000, chance)
    with Statements() as many:
        found = call_as(None, "datahub_summary_show", organization_id="mty-mov")
    with Statements() as many_city:
        city = call_as(None, "datahub_city_show")
    assert len(few.seen) == len(many.seen)
    assert len(few_city.seen) == len(many_city.seen)
    assert len([s for s in many.seen if "datahub_" in s or "package" in s]) == 4
    for name, count in expected["mov"].items():
        assert found["counts"][name] == count, name
    assert found["counts"]["assets"] == 5000
    assert found["ratios"]["usable"]["denominator"] == 5000
    pages = [
        call_as(None, "datahub_summary_show", organization_id=item["organization"]["id"])
        for item in city["ministries"]
    ]
    assert len(pages) == 3
    sums = (
        "assets",
        "usable_si",
        "used",
        "catalogued",
        "open",
        "blocked",
        "datasets",
        "late",
        "done",
    )
    for name in sums:
        assert city["totals"]["counts"][name] == sum(page["counts"][name] for page in pages), name
    empty = next(p for p in pages if p["organization"]["name"] == "mty-otra")
    assert {ratio["text"] for ratio in empty["ratios"].values()} == {"—"}
    assert empty["ratios"]["usable"]["percent"] is None


def test_figures_follow_the_catalogue(hub: SimpleNamespace, asset: Asset) -> None:
    """A dataset with an asset's key is that asset's, without another edit."""
    where = {"organization_id": "mty-luz"}
    made = [
        call_as(hub.luz_editor, "datahub_asset_create", **where, **asset(title=f"Dato {n}"))
        for n in range(12)
    ]
    for number, entry in enumerate(made):
        usable = "si" if number < 5 else ("en_parte" if number < 9 else "no")
        call_as(
            hub.luz_editor, "datahub_diagnosis_create", **where, asset_id=entry["id"],
            kind="registro", collected_how="x", usable=usable,
            obstacle=None if usable == "si" else "desactualizado",
        )  # fmt: skip
        call_as(
            hub.luz_admin, "datahub_sharing_create", **where, asset_id=entry["id"],
            proposed_class="publico", sharing_class="publico",
        )  # fmt: skip

    def publish(number: int, **more: Any) -> dict[str, Any]:
        return factories.Dataset(
            owner_org=hub.luz, identifier=made[number]["inv_id"], snieg_subsystem="economico",
            geographic_level="municipal", **more,
        )  # fmt: skip

    for number in (0, 1, 5):
        publish(number)
    publish(6, private=True)

    def figures() -> dict[str, Any]:
        return call_as(None, "datahub_summary_show", organization_id="mty-luz")

    found = figures()
    assert found["ratios"]["usable"]["text"] == "5 de 12 (41.7%)"
    assert found["ratios"]["catalogued"]["text"] == "4 de 12 (33.3%)"
    assert found["ratios"]["open"]["text"] == "3 de 12 (25.0%)"
    assert found["counts"]["blocked"] == 9
    assert found["blocked"]["desactualizado"] == 6
    assert found["blocked"]["sin_motivo"] == 3
    recent = (today() - dt.timedelta(days=3)).isoformat()
    publish(
        2, modified=recent, frequency="MONTHLY", area_codes=["19039"],
        information_type="registro_administrativo",
    )  # fmt: skip
    found = figures()
    assert found["ratios"]["catalogued"]["text"] == "5 de 12 (41.7%)"
    assert found["ratios"]["on_time"]["text"] == "1 de 4 (25.0%)"
    assert found["counts"]["no_due_date"] == 3
    assert found["ratios"]["standardised"]["text"] == "1 de 4 (25.0%)"
    # A dataset of another ministry with the same key is not this ministry's.
    factories.Dataset(
        owner_org=hub.mov, identifier=made[3]["inv_id"], snieg_subsystem="economico",
        geographic_level="municipal",
    )  # fmt: skip
    assert figures()["ratios"]["catalogued"]["numerator"] == 5


def test_small_rules() -> None:
    """Nothing of nothing is a dash; late days, working days and large numbers are exact."""
    assert Ratio(0, 0).text == "—"
    assert Ratio(1234, 5000).text == "1,234 de 5,000 (24.7%)"
    day = dt.date(2026, 11, 23)
    assert slipped(day - dt.timedelta(days=1), None, day) == 1
    assert slipped(day + dt.timedelta(days=1), None, day) == 0
    assert slipped(day - dt.timedelta(days=9), day, day) == 0
    assert working_days_before(day, 1) == dt.date(2026, 11, 20)
    assert working_days_before(day, 20) == dt.date(2026, 10, 26)
