"""Years, months and the like as tables write them, and which of them can be told. No CKAN import.

A figure of a period is told only if the period is over and the table reaches its end; two periods
are compared only if one follows the other and nothing is missing in either.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import total_ordering

#: How many periods of a kind a year has, by what a label writes before the number.
_PARTS = {"": 12, "M": 12, "B": 6, "T": 4, "S": 2}
_LABEL = re.compile(r"(1[89]\d\d|20\d\d)(?:(?:[-/ ]|(?=[MBTS]))([MBTS]?)(\d{1,2}))?(?:-\d\d)?\Z")
_WHOLE_DAY = re.compile(r"\d{4}-\d\d-\d\d\Z")


@total_ordering
@dataclass(frozen=True)
class Period:
    """The ``number``-th of ``parts`` equal periods of a year, from 1; 1 of 1 is the year."""

    year: int
    parts: int = 1
    number: int = 1

    @classmethod
    def read(cls, label: str) -> Period | None:
        """Return the period that a label names: ``2026``, ``2026-06``, ``2026-T2``; else None."""
        found = _LABEL.match(label.strip().upper())
        if found is None or _WHOLE_DAY.match(label.strip()):
            return None
        year, letter, number = found.groups()
        if number is None:
            return cls(int(year))
        parts = _PARTS[letter]
        return cls(int(year), parts, int(number)) if 1 <= int(number) <= parts else None

    @property
    def ordinal(self) -> int:
        """The place of the period among those of its kind."""
        return self.year * self.parts + self.number - 1

    @property
    def months(self) -> tuple[int, int]:
        """The first and the last month of the period."""
        long = 12 // self.parts
        return (self.number - 1) * long + 1, self.number * long

    @property
    def first(self) -> dt.date:
        """The first day."""
        return dt.date(self.year, self.months[0], 1)

    @property
    def end(self) -> dt.date:
        """The last day."""
        month = self.months[1]
        return dt.date(self.year, month, calendar.monthrange(self.year, month)[1])

    def __lt__(self, other: Period) -> bool:
        return (self.first, self.end) < (other.first, other.end)

    def follows(self, other: Period) -> bool:
        """Tell whether this is the period right after another."""
        return self.parts == other.parts and self.ordinal == other.ordinal + 1


@dataclass(frozen=True)
class Bucket:
    """The rows of a period brought together."""

    period: Period
    #: Their figure; None if nothing was measured.
    value: float | None
    rows: int
    #: Rows that have a figure.
    present: int
    #: The first and the last day of the rows, where they have days.
    first: dt.date | None = None
    last: dt.date | None = None
    #: The least and the greatest figure of a row.
    low: float | None = None
    high: float | None = None

    @property
    def is_whole(self) -> bool:
        """Whether each of its rows has a figure."""
        return self.value is not None and self.present == self.rows


@dataclass(frozen=True)
class Latest:
    """The last period that can be told, and the one before if the two can be compared."""

    now: Bucket
    before: Bucket | None = None


def ended(value: str) -> dt.date | None:
    """Return the last day of what a day, a month or a year in ISO 8601 names; None for others."""
    text = value.strip()[:10]
    if _WHOLE_DAY.match(text):
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            return None
    period = Period.read(text)
    return period.end if period else None


def told(
    buckets: Sequence[Bucket], today: dt.date, covered: dt.date | None = None
) -> tuple[Bucket, ...]:
    """Return the buckets without periods at the end whose rows may not all be there.

    Args:
        buckets: in the order of time.
        today: a period that is not over is never whole.
        covered: the last day that the dataset says it covers.

    """
    found = [bucket for bucket in buckets if bucket.period.end < today]
    while found and not _is_reached(found, covered):
        found.pop()
    return tuple(found)


def latest(buckets: Sequence[Bucket], *, added: bool, covered: dt.date | None) -> Latest | None:
    """Return what can be said of the last of buckets that ``told`` has left.

    Args:
        buckets: in the order of time.
        added: whether the figure is a sum or a count, which what is missing makes smaller.
        covered: as of ``told``.

    """
    if not buckets:
        return None
    now = buckets[-1]
    if now.value is None or (added and not now.is_whole):
        return None
    before = buckets[-2] if len(buckets) > 1 else None
    comparable = before is not None and (
        now.period.follows(before.period)
        and now.is_whole
        and before.is_whole
        and _are_alike(buckets, covered)
    )
    return Latest(now, before if comparable else None)


def gaps_filled(buckets: Sequence[Bucket], most: int) -> list[tuple[str, float | None]]:
    """Return label and figure of each period up to the last, those without rows among them.

    Args:
        buckets: in the order of time, of one kind.
        most: how many at most, the last of them.

    """
    if not buckets:
        return []
    by_ordinal = {bucket.period.ordinal: bucket for bucket in buckets}
    last = buckets[-1].period
    start = max(buckets[0].period.ordinal, last.ordinal - most + 1)
    found = []
    for ordinal in range(start, last.ordinal + 1):
        bucket = by_ordinal.get(ordinal)
        found.append((label_of(_at(last, ordinal)), bucket.value if bucket else None))
    return found


def label_of(period: Period) -> str:
    """Return how tables write a period: ``2026-06``, ``2026-T2``, ``2026``."""
    if period.parts == 1:
        return str(period.year)
    if period.parts == 12:
        return f"{period.year}-{period.number:02}"
    letter = next(letter for letter, parts in _PARTS.items() if parts == period.parts)
    return f"{period.year}-{letter}{period.number}"


def _at(period: Period, ordinal: int) -> Period:
    return replace(period, year=ordinal // period.parts, number=ordinal % period.parts + 1)


def _dated(buckets: Sequence[Bucket]) -> bool:
    """Tell whether rows have days of their own within the periods."""
    return any(bucket.first != bucket.last for bucket in buckets)


def _is_panel(buckets: Sequence[Bucket]) -> bool:
    """Tell whether every period has the same rows: one for each place, or one alone."""
    counts = {bucket.rows for bucket in buckets}
    return len(buckets) >= 2 and len(counts) == 1


def _is_reached(buckets: Sequence[Bucket], covered: dt.date | None) -> bool:
    """Tell whether the rows reach the end of the last period."""
    last, earlier = buckets[-1], buckets[:-1]
    if covered is not None and covered < last.period.first:
        covered = None  # it says less than the rows themselves
    if _dated(buckets):
        reached = max(filter(None, (covered, last.last)), default=None)
        return reached is not None and reached >= last.period.end
    if _is_panel(earlier):
        return last.rows == earlier[-1].rows
    return covered is None or covered >= last.period.end


def _are_alike(buckets: Sequence[Bucket], covered: dt.date | None) -> bool:
    """Tell whether the last two periods have all their rows, so that they can be compared."""
    before, now = buckets[-2:]
    if before.rows == now.rows and not _dated(buckets):
        return True
    if len(buckets) == 2:  # the first of all may have begun in its middle
        return _dated(buckets) and before.first == before.period.first
    return _dated(buckets) or (
        not _is_panel(buckets[:-1]) and covered is not None and covered >= now.period.end
    )
