"""Dates as people write them, to the four forms that our schema takes."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

from ckanext.mxcity.ground.text import folded

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "enero january jan ene",
            "febrero february feb",
            "marzo march mar",
            "abril april apr abr",
            "mayo may",
            "junio june jun",
            "julio july jul",
            "agosto august aug ago",
            "septiembre setiembre september sep sept",
            "octubre october oct",
            "noviembre november nov",
            "diciembre december dec dic",
        ),
        start=1,
    )
    for name in names.split()
}
_CLOCK = r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?"
_TIME = rf"(?:[T\s]+{_CLOCK}\s*([ap]\.?\s?m\.?)?\s*(Z|UTC|[+-]\d{{2}}:?\d{{2}})?)?"
_ISO = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})" + _TIME, re.IGNORECASE)
_LOCAL = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})" + _TIME, re.IGNORECASE)
_YEAR = re.compile(r"\d{4}")
_MONTH = re.compile(r"(\d{4})[-/](\d{1,2})|(\d{1,2})/(\d{4})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_WORDS = re.compile(r"(?:(\d{1,2})\s+(?:de\s+)?)?([a-z]+)\.?\s+(?:del?\s+)?(\d{4})")
_AMERICAN = re.compile(r"([a-z]+)\.?\s+(\d{1,2}),?\s+(\d{4})")
_FIRST_YEAR, _LAST_YEAR = 1000, 2200
_MILLISECONDS = 10**11


def parse_date(value: Any) -> str | None:
    """Return a date as ``YYYY``, ``YYYY-MM``, ``YYYY-MM-DD`` or an ISO date and time, else None.

    Day comes before month where both readings are possible (``03/04/2020`` is 3 April), since
    that is how it is written in Mexico. A number is seconds, or milliseconds, since 1970.
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, float)):
        return _from_number(value)
    text = str(value).strip().strip('"').strip()
    if not text or len(text) > 60:
        return None
    for reader in (_iso, _local, _short, _words):
        found, answer = reader(text)
        if found:
            return answer
    return None


def parse_interval(value: Any) -> tuple[str | None, str | None]:
    """Return start and end of ``start/end`` (ISO 8601 interval); one date is its own start."""
    text = str(value or "").strip()
    whole = parse_date(text)
    if "/" not in text or (whole is not None and text.count("/") == 2):
        return whole, None
    first, _, second = text.partition("/")
    return parse_date(first), parse_date(second)


def _from_number(value: float) -> str | None:
    if 1000 <= value <= _LAST_YEAR and value == int(value):
        return str(int(value))
    seconds = value / 1000 if abs(value) >= _MILLISECONDS else value
    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    except (OverflowError, ValueError):
        return None
    return moment.isoformat(timespec="seconds") if moment.year <= _LAST_YEAR else None


def _iso(text: str) -> tuple[bool, str | None]:
    found = _ISO.fullmatch(text)
    if not found:
        return False, None
    year, month, day, *clock = found.groups()
    return True, _built(int(year), int(month), int(day), clock)


def _local(text: str) -> tuple[bool, str | None]:
    found = _LOCAL.fullmatch(text)
    if not found:
        return False, None
    first, second, year_text, *clock = found.groups()
    day, month, year = int(first), int(second), int(year_text)
    if len(year_text) == 2:
        year += 2000 if year < 70 else 1900
    if month > 12 >= day:
        day, month = month, day
    return True, _built(year, month, day, clock)


def _short(text: str) -> tuple[bool, str | None]:
    if _YEAR.fullmatch(text):
        return True, text if _FIRST_YEAR <= int(text) <= _LAST_YEAR else None
    if found := _MONTH.fullmatch(text):
        year, month = int(found[1] or found[4]), int(found[2] or found[3])
        good = 1 <= month <= 12 and _FIRST_YEAR <= year <= _LAST_YEAR
        return True, f"{year:04d}-{month:02d}" if good else None
    if found := _COMPACT.fullmatch(text):
        return True, _built(int(found[1]), int(found[2]), int(found[3]), [])
    return False, None


def _words(text: str) -> tuple[bool, str | None]:
    plain = folded(text)
    if found := _AMERICAN.fullmatch(plain):
        name, day, year = found[1], found[2], found[3]
    elif found := _WORDS.fullmatch(plain):
        day, name, year = found[1], found[2], found[3]
    else:
        return False, None
    month = _MONTHS.get(name)
    if month is None:
        return False, None
    if day is None:
        return True, f"{int(year):04d}-{month:02d}"
    return True, _built(int(year), month, int(day), [])


def _built(year: int, month: int, day: int, clock: list[str | None]) -> str | None:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        whole = date(year, month, day).isoformat()
        if not clock or clock[0] is None:
            return whole
        hour, minute = int(clock[0]), int(clock[1] or 0)
        if clock[3]:
            hour = hour % 12 + (12 if clock[3].lower().startswith("p") else 0)
        moment = datetime(year, month, day, hour, minute, int(clock[2] or 0))  # noqa: DTZ001
    except ValueError:
        return None
    zone = (clock[4] or "").upper().replace("UTC", "Z")
    if len(zone) == 5:
        zone = f"{zone[:3]}:{zone[3:]}"
    return moment.isoformat(timespec="seconds") + ("+00:00" if zone == "Z" else zone)
