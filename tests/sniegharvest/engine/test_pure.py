"""What the engine decides without a portal: plans, identities and territories."""

from __future__ import annotations

from typing import Any

import pytest
from ckanext.mxcity.ground.messages import Message
from ckanext.mxcity.reading.records import Publisher, Record, RecordProblem
from ckanext.sniegharvest.engine.identity import identifiers
from ckanext.sniegharvest.engine.place.territory import locate
from ckanext.sniegharvest.engine.plan import decisions
from ckanext.sniegharvest.engine.plan.packed_records import pack, unpack
from ckanext.sniegharvest.engine.records import Counts, Stored


def record(guid: str, content: str = "a") -> Record:
    return Record(guid, guid, {}, {}, content, 1)


def known(guids: list[str], active: bool = True) -> dict[str, Stored]:
    return {guid: Stored(guid, f"id-{guid}", guid, "a", active) for guid in guids}


def decided(item: Record, stored: dict[str, Stored], remap: bool = False) -> str:
    return decisions.decide(1, item, stored, remap).decision


def test_plan_sorts_every_record() -> None:
    """New, changed and equal records are told apart."""
    stored = known(["b", "c"])
    assert decided(record("new"), stored) == "create"
    assert decided(record("b", "z"), stored) == "update"
    assert decided(record("c"), stored) == "unchanged"


def test_changed_settings_write_equal_records_again() -> None:
    """When what shapes a dataset has changed, the same record makes another dataset."""
    row = decisions.decide(1, record("c"), known(["c"]), remap=True)
    assert (row.decision, row.detail) == ("update", {"reason": "settings"})


def test_archived_dataset_comes_back() -> None:
    """A dataset that was archived is written again although its content is the same."""
    assert decided(record("b"), known(["b"], active=False)) == "update"


@pytest.mark.parametrize(
    ("kind", "decision"),
    [("duplicate", "duplicate"), ("invalid", "invalid"), ("quarantine", "held")],
)
def test_problems_are_rows_of_the_plan(kind: Any, decision: str) -> None:
    """A record that cannot be taken is in the plan, with its reason."""
    item = RecordProblem(kind, Message("why", "Because {x}", {"x": 1}), 7, "b", "Title")
    row = decisions.decide(7, item, {})
    assert (row.decision, row.guid) == (decision, "b")
    assert row.detail["problem"]["reason"] == "Because 1"


def test_withdrawn_records_are_not_listed() -> None:
    """A record that cannot be read is still there; one that its source withdrew is not."""
    broken = RecordProblem("invalid", Message("unreadable", "x"), 1, "b")
    withdrawn = RecordProblem("invalid", Message("not-public", "x"), 1, "b")
    assert decisions.is_listed(broken)
    assert not decisions.is_listed(withdrawn)


def test_difference_names_fields() -> None:
    """A difference says which field had and has which value, and skips counters."""
    before = '{"title": "a", "num_tags": 1, "resources": [{"url": "u"}], "tags": ["x", "y"]}'
    after = {"title": "b", "num_tags": 2, "resources": [{"url": "u"}], "tags": ["x"]}
    assert decisions.difference(before, after) == [
        {"field": "tags", "before": '["x","y"]', "after": '["x"]'},
        {"field": "title", "before": "a", "after": "b"},
    ]
    assert decisions.difference(None, after) == []


def test_record_survives_packing() -> None:
    """A record comes out of the stored plan as it went in."""
    item = Record(
        "ñ", "Título", {"a": [1, None]}, {"tags": [{"name": "x"}]}, "h", 3,
        Publisher("P"), (Message("s", "{a}", {"a": "b"}),), ("u", "v"),
    )  # fmt: skip
    assert unpack(pack(item)) == item


def test_holds() -> None:
    """An empty catalogue and a large loss wait for a person; a small loss does not."""

    def held(**counts: int) -> str:
        reason = decisions.reason_to_hold(Counts(**counts), 100, 0.1, 0.5)
        return reason.slug if reason else ""

    assert held(vanish=100) == "held-empty"
    assert held(vanish=50, unchanged=50) == "held-vanished"
    assert held(vanish=10, unchanged=90) == ""
    assert decisions.reason_to_hold(Counts(update=900), 1000, 0.1, 0.5).slug == "held-changed"
    assert decisions.reason_to_hold(Counts(update=900, remapped=900), 1000, 0.1, 0.5) is None


def test_ids_belong_to_one_source() -> None:
    """The same identifier in two sources makes two datasets, and always the same two."""
    assert identifiers.package_id("s1", "x") == identifiers.package_id("s1", "x")
    assert identifiers.package_id("s1", "x") != identifiers.package_id("s2", "x")


def test_repeated_addresses_get_their_own_ids() -> None:
    """Two resources with one address do not share an id."""
    package = identifiers.package_id("s", "x")
    assert len(set(identifiers.resource_ids(package, ["u", "u", "v"]))) == 3


def test_taken_name_gets_a_suffix() -> None:
    """A name that somebody has is not taken from them."""
    assert identifiers.free_name("agua", "12345678-9", {"agua"}) == "agua-12345678"
    assert identifiers.free_name("agua", "12345678-9", set()) == "agua"


def test_territory_prefers_the_record() -> None:
    """The record's own codes win over those of the source, and it is said which was used."""
    defaults = {"area_codes": ["19"]}
    assert locate({"area_codes": ["19039"]}, defaults).how == "code"
    assert locate({"area_codes": ["19039"]}, defaults).level == "municipal"
    assert locate({}, defaults).level == "estatal"
    assert locate({}, {}).how == "unknown"
