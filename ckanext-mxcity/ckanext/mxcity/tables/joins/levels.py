"""Which columns are keys, and of what. No CKAN import.

Areas are INEGI's codes, told by their length; periods are years, months or days. Two columns can
be joined when they are of one level.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from ckanext.mxcity.ground.areas import MUNICIPALITY_DIGITS, STATE_DIGITS, areas

#: Digits of INEGI's geostatistical codes, each beginning with its municipality's.
_AREAS = {
    STATE_DIGITS: "state",
    MUNICIPALITY_DIGITS: "municipality",
    9: "locality",
    13: "ageb",
    16: "block",
}
_PERIODS = {
    "year": re.compile(r"(19|20)\d\d"),
    "month": re.compile(r"(19|20)\d\d-(0[1-9]|1[0-2])"),
    "day": re.compile(r"(19|20)\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"),
}
AREA_LEVELS = frozenset(_AREAS.values())
PERIOD_LEVELS = frozenset(_PERIODS)


def level_of(values: Collection[str]) -> str | None:
    """Return what all the values of a column are codes of, None if they are no key."""
    if not values:
        return None
    return _area_level(values) or _period_level(values)


def _area_level(values: Collection[str]) -> str | None:
    digits = {len(value) for value in values}
    level = _AREAS.get(digits.pop()) if len(digits) == 1 else None
    if level is None:
        return None
    known = areas()
    prefix = STATE_DIGITS if level == "state" else MUNICIPALITY_DIGITS
    # An AGEB's last character may be a letter.
    if all(value[:prefix] in known and re.fullmatch(r"\d+[0-9A-Z]", value) for value in values):
        return level
    return None


def _period_level(values: Collection[str]) -> str | None:
    for level, pattern in _PERIODS.items():
        if all(pattern.fullmatch(value) for value in values):
            return level
    return None
