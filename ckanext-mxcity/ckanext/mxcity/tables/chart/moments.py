"""Where the groups of a chart are in time: a year that has no row is a gap too. No CKAN import."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

_YEAR = re.compile(r"(1[5-9]|2[01])\d\d")
_PERIOD = re.compile(r"(\d{4})[-/ ]?([TQBStqbs]?)(\d\d?)")
#: How many there are in a year of what a letter begins; months have none.
_IN_A_YEAR = {"": 12, "t": 4, "q": 4, "b": 6, "s": 2}
_WRITTEN = ("%d/%m/%Y", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%Y-%m-%d", "%Y-%m-%d %H:%M:%S")
_DAY = 24 * 3600


@dataclass(frozen=True)
class Moments:
    """Groups in time: how far each is from the first, and between which of them some are left out.

    ``gaps`` has the number of each group before which there is one.
    """

    places: tuple[float, ...]
    gaps: frozenset[int]


def moments(labels: Sequence[str]) -> Moments:
    """Return where groups are by their labels, in their order; evenly if they are no moments.

    Of years, months, quarters and the like those that are left out are gaps, where most of them
    follow each other at the same distance. Days may have their own rhythm: they have no gaps.
    """
    counted = _counted(labels)
    if counted is not None:
        steps = [later - one for one, later in pairwise(counted)]
        usual, often = Counter(steps).most_common(1)[0]
        gaps = [n for n, step in enumerate(steps, start=1) if step > usual]
        return Moments(
            tuple(map(float, counted)), frozenset(gaps if 2 * often > len(steps) else ())
        )
    days = [_day(label) for label in labels]
    known = [day for day in days if day is not None]
    if len(known) == len(labels) > 1 and all(one < later for one, later in pairwise(known)):
        return Moments(tuple(known), frozenset())
    return Moments(tuple(map(float, range(len(labels)))), frozenset())


def _counted(labels: Sequence[str]) -> list[int] | None:
    """Return years or parts of years as whole numbers; None if they are none, or not in order."""
    if len(labels) < 2:
        return None
    if all(_YEAR.fullmatch(label) for label in labels):
        numbers = [int(label) for label in labels]
    else:
        found = [_PERIOD.fullmatch(label) for label in labels]
        parts = [match.groups() for match in found if match]
        letters = {letter.lower() for _, letter, _ in parts}
        if len(parts) < len(labels) or len(letters) > 1:
            return None
        many = _IN_A_YEAR[letters.pop()]
        if not all(1 <= int(part) <= many for *_, part in parts):
            return None
        numbers = [int(year) * many + int(part) for year, _, part in parts]
    return numbers if all(one < later for one, later in pairwise(numbers)) else None


def _day(label: str) -> float | None:
    """Return a day or moment in days; None for another text."""
    for form in _WRITTEN:
        try:
            found = datetime.strptime(label, form).replace(tzinfo=UTC)
        except ValueError:
            continue
        return found.timestamp() / _DAY
    return None
