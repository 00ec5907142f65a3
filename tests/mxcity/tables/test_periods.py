"""Which figures of periods are told, and which are compared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest
from ckanext.mxcity.tables.headline.periods import (
    Bucket,
    Period,
    ended,
    gaps_filled,
    label_of,
    latest,
    told,
)
from hypothesis import given
from hypothesis import strategies as st

TODAY = dt.date(2026, 7, 15)


def month(number: int, value: float | None = 10.0, rows: int = 1, present: int = -1) -> Bucket:
    """A month of 2026, or of the years before where its number is 0 or less."""
    period = Period(2026 + (number - 1) // 12, 12, (number - 1) % 12 + 1)
    there = rows if present < 0 and value is not None else max(present, 0)
    return Bucket(period, value, rows, there)


def dated(number: int, rows: int, first: int = 1, last: int | None = None) -> Bucket:
    """A month of 2026 whose rows have days."""
    period = Period(2026, 12, number)
    end = period.end if last is None else period.first.replace(day=last)
    return Bucket(period, float(rows), rows, rows, period.first.replace(day=first), end)


@pytest.mark.parametrize(
    ("label", "first", "end"),
    [
        ("2026", "2026-01-01", "2026-12-31"),
        ("2026-02", "2026-02-01", "2026-02-28"),
        ("2026/12", "2026-12-01", "2026-12-31"),
        ("2026-T1", "2026-01-01", "2026-03-31"),
        ("2026T4", "2026-10-01", "2026-12-31"),
        ("2024-b1", "2024-01-01", "2024-02-29"),
        ("2026-S2", "2026-07-01", "2026-12-31"),
    ],
)
def test_a_label_names_a_period(label: str, first: str, end: str) -> None:
    """Years, months, quarters and the like are read as tables write them."""
    period = Period.read(label)
    assert period is not None
    assert (period.first.isoformat(), period.end.isoformat()) == (first, end)


@pytest.mark.parametrize("label", ["", "26", "2026-13", "2026-T5", "2026-06-01", "junio", "20266"])
def test_other_labels_name_none(label: str) -> None:
    """What is no period that is known is not taken for one."""
    assert Period.read(label) is None


@given(st.integers(1900, 2099), st.sampled_from([1, 2, 4, 6, 12]), st.integers(0, 11))
def test_a_period_is_read_as_it_is_written(year: int, parts: int, number: int) -> None:
    """Writing and reading agree, and the next period begins the day after."""
    period = Period(year, parts, number % parts + 1)
    assert Period.read(label_of(period)) == period
    after = period.end + dt.timedelta(days=1)
    later = Period(after.year, parts, (after.month - 1) // (12 // parts) + 1)
    assert later.follows(period)


def test_a_period_that_is_not_over_is_not_told() -> None:
    """July is going on: June is the last month."""
    assert told([month(5), month(6), month(7)], TODAY) == (month(5), month(6))


@pytest.mark.parametrize(
    ("covered", "last_day", "kept"),
    [(None, None, 6), (None, 20, 5), (dt.date(2026, 6, 30), 20, 6), (dt.date(2026, 6, 20), 20, 5)],
)
def test_rows_with_days_reach_the_end(
    covered: dt.date | None, last_day: int | None, kept: int
) -> None:
    """A month whose rows stop before its end is told only if the dataset covers all of it."""
    buckets = told([dated(5, 9), dated(6, 4, 1, last_day)], TODAY, covered)
    assert buckets[-1].period.number == kept


def test_a_period_with_fewer_places_is_not_told() -> None:
    """Where each month has a row for each place, one with fewer is not complete."""
    buckets = [month(n, rows=18) for n in range(1, 6)]
    assert told([*buckets, month(6, rows=11)], TODAY) == tuple(buckets)


@pytest.mark.parametrize(
    ("buckets", "added", "now", "before"),
    [
        ([month(5, 8), month(6, 9)], True, 9, 8),
        # May has no rows: June follows nothing.
        ([month(4, 8), month(6, 9)], True, 9, None),
        # A row without a figure makes a sum smaller, and an average another.
        ([month(5, 8, 3), month(6, 9, 3, 2)], True, None, None),
        ([month(5, 8, 3), month(6, 9, 3, 2)], False, 9, None),
        ([month(5, 8, 3, 2), month(6, 9, 3)], True, 9, None),
        ([month(5, 8), month(6, None)], True, None, None),
        ([month(6, 9)], True, 9, None),
        ([], True, None, None),
        # Nobody knows whether all rows are there: as many in each month, or days, tell it.
        ([month(4, 5, 5), month(5, 8, 8), month(6, 9, 9)], True, 9, None),
        ([dated(4, 5), dated(5, 8), dated(6, 9)], True, 9, 8),
        # The first month of all may have begun before the table.
        ([dated(5, 8, first=12), dated(6, 9)], True, 9, None),
    ],
)
def test_what_is_compared(
    buckets: Sequence[Bucket], added: bool, now: float | None, before: float | None
) -> None:
    """The last period is compared with the one before only if both are whole."""
    found = latest(buckets, added=added, covered=None)
    assert (found.now.value if found else None) == now
    assert (found.before.value if found and found.before else None) == before


_BUCKETS = st.lists(
    st.tuples(
        st.integers(-30, 9),
        st.none() | st.floats(-1e6, 1e6),
        st.integers(1, 40),
        st.integers(0, 40),
    ),
    max_size=30,
    unique_by=lambda one: one[0],
).map(lambda found: [month(n, v, r, min(p, r)) for n, v, r, p in sorted(found)])


@given(_BUCKETS, st.booleans(), st.none() | st.dates(dt.date(2023, 1, 1), dt.date(2027, 1, 1)))
def test_nothing_is_made_of_what_is_missing(
    buckets: list[Bucket], added: bool, covered: Any
) -> None:
    """What is told is over and there; what is compared is next to it and whole."""
    usable = told(buckets, TODAY, covered)
    assert all(bucket.period.end < TODAY for bucket in usable)
    found = latest(usable, added=added, covered=covered)
    if found is None:
        return
    assert found.now == usable[-1]
    assert found.now.value is not None
    assert found.now.is_whole or not added
    if found.before is not None:
        assert found.now.is_whole
        assert found.before.is_whole
        assert found.now.period.follows(found.before.period)


@given(_BUCKETS, st.integers(1, 50))
def test_a_gap_is_a_gap(buckets: list[Bucket], most: int) -> None:
    """Every period up to the last has a place, and a number only where the table has one."""
    series = gaps_filled(buckets, most)
    assert len(series) <= most
    known = {label_of(bucket.period): bucket.value for bucket in buckets}
    assert all(value == known.get(label) for label, value in series)
    if buckets:
        assert series[-1][0] == label_of(buckets[-1].period)


@pytest.mark.parametrize(
    ("text", "day"),
    [("2026-06-30", "2026-06-30"), ("2026-06", "2026-06-30"), ("2026", "2026-12-31"),
     ("2026-06-30T10:00:00", "2026-06-30"), ("2026-02-31", None), ("siempre", None), ("", None)],
)  # fmt: skip
def test_the_last_day_of_what_is_covered(text: str, day: str | None) -> None:
    """A coverage may name a day, a month or a year."""
    found = ended(text)
    assert (found.isoformat() if found else None) == day
