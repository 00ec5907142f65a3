"""Abnormal records wait for a person, and are named."""

from __future__ import annotations

from typing import Any

import pytest
from ckanext.sniegharvest.engine.quarantine import Limits, apart
from ckanext.sniegharvest.readers import Record, RecordProblem

LIMITS = Limits(bytes=500, resources=2, tags=2, extras=2, title=20)


def record(title: str = "Parques", raw: str = "", **dataset: Any) -> Record:
    return Record("a", title, {"raw": raw}, dataset, "hash", 1)


@pytest.mark.parametrize(
    ("item", "what"),
    [
        (record(resources=[{}] * 3), "resources"),
        (record(tags=[{}] * 3), "tags"),
        (record(extras=[{}] * 3), "extras"),
        (record(title="x" * 21), "title"),
        (record(raw="á" * 300), "bytes"),
    ],
)
def test_abnormal_records_are_named_with_a_remedy(item: Record, what: str) -> None:
    """Each limit holds a record back, and the reason says which option would let it in."""
    (found,) = apart([item], LIMITS)
    assert isinstance(found, RecordProblem)
    assert (found.kind, found.slug, found.identifier) == ("quarantine", f"abnormal-{what}", "a")
    assert f"ckanext.sniegharvest.quarantine_{what}" in str(found.message)


def test_what_is_at_the_limit_is_taken() -> None:
    """A record that has just as much as it may is not touched, nor is another's problem."""
    good = record(title="x" * 20, resources=[{}] * 2, tags=[{}] * 2, extras=[{}] * 2)
    other = RecordProblem("invalid", found_message(), 2)
    assert list(apart([good, other], LIMITS)) == [good, other]


def found_message() -> Any:
    (found,) = apart([record(title="x" * 21)], LIMITS)
    assert isinstance(found, RecordProblem)
    return found.message
