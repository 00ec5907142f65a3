"""What the engine decides without a portal: plans, identities and territories."""

from __future__ import annotations

from ckanext.sniegharvest.engine import identity, plan
from ckanext.sniegharvest.engine.records import Stored
from ckanext.sniegharvest.engine.territory import locate
from ckanext.sniegharvest.readers import Record


def record(guid: str, content: str = "a") -> Record:
    return Record(guid, guid, {}, {}, content, 1)


def known(guids: list[str], active: bool = True) -> dict[str, Stored]:
    return {guid: Stored(guid, f"id-{guid}", guid, "a", active) for guid in guids}


def test_plan_sorts_every_record() -> None:
    """New, changed, equal and missing records are told apart."""
    drawn = plan.make([record("new"), record("b", "z"), record("c")], known(["b", "c", "d"]), True)
    assert [item.identifier for item in drawn.create] == ["new"]
    assert [item.identifier for item, _ in drawn.update] == ["b"]
    assert drawn.unchanged == 1
    assert [item.guid for item in drawn.vanished] == ["d"]


def test_incomplete_listing_archives_nothing() -> None:
    """A listing that broke off proves nothing about what it does not name."""
    assert plan.make([record("b")], known(["b", "c"]), False).vanished == []


def test_archived_dataset_comes_back() -> None:
    """A dataset that was archived is written again although its content is the same."""
    drawn = plan.make([record("b")], known(["b"], active=False), True)
    assert len(drawn.update) == 1
    assert drawn.unchanged == 0


def test_holds() -> None:
    """An empty catalogue and a large loss wait for a person; a small loss does not."""
    stored = known([str(number) for number in range(100)])

    def held(listed: int) -> str:
        drawn = plan.make([record(str(number)) for number in range(listed)], stored, True)
        reason = plan.reason_to_hold(drawn, 100, 0.1)
        return reason.slug if reason else ""

    assert held(0) == "held-empty"
    assert held(50) == "held-vanished"
    assert held(90) == ""


def test_ids_belong_to_one_source() -> None:
    """The same identifier in two sources makes two datasets, and always the same two."""
    assert identity.package_id("s1", "x") == identity.package_id("s1", "x")
    assert identity.package_id("s1", "x") != identity.package_id("s2", "x")


def test_repeated_addresses_get_their_own_ids() -> None:
    """Two resources with one address do not share an id."""
    package = identity.package_id("s", "x")
    assert len(set(identity.resource_ids(package, ["u", "u", "v"]))) == 3


def test_taken_name_gets_a_suffix() -> None:
    """A name that somebody has is not taken from them."""
    assert identity.free_name("agua", "12345678-9", {"agua"}) == "agua-12345678"
    assert identity.free_name("agua", "12345678-9", set()) == "agua"


def test_territory_prefers_the_record() -> None:
    """The record's own codes win over those of the source, and it is said which was used."""
    defaults = {"area_codes": ["19"]}
    assert locate({"area_codes": ["19039"]}, defaults).how == "declared"
    assert locate({"area_codes": ["19039"]}, defaults).level == "municipal"
    assert locate({}, defaults).level == "estatal"
    assert locate({}, {}).how == "unknown"
