"""Numbers that a workbook shows as days, moments or lengths of time."""

from __future__ import annotations

import datetime as dt
import math

from ckanext.mxcity.files.workbooks.seen import Seen

MOMENT, LENGTH = "moment", "length"
#: Formats that every workbook knows by number.
BUILT_IN = {**dict.fromkeys((*range(14, 23), 45, 47), MOMENT), 46: LENGTH}
_DAY_MS = 86_400_000
_EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001  # a workbook knows no time zone
#: Days from one beginning of time to the other.
_SINCE_1904 = 1462
#: The 29th of February 1900, a day that was not.
_NO_DAY, _NO_DAY_SHOWN = 60, "1900-02-29"
_LONGEST_FORMAT = 1_000


def kind_of_format(code: str) -> str:  # noqa: C901  # one state of a reader of signs
    """Return what a number format shows: MOMENT, LENGTH or nothing of both ("")."""
    skip = quoted = after_a = clock = False
    depth, before = 0, " "
    for sign in code[:_LONGEST_FORMAT]:
        small = sign.lower()
        if skip:
            skip = False
        elif not quoted and sign in "_\\*":
            skip = True
        elif sign == '"':
            quoted = not quoted
        elif quoted:
            pass
        elif sign == ";":
            return ""
        elif sign == "[":
            depth += 1
        elif sign == "]":
            if depth == 1 and clock:
                return LENGTH
            depth = max(depth - 1, 0)
        elif depth == 0 and small == "a" and not after_a:
            after_a = True
        elif depth == 0 and small in ("pm/" if after_a else "dmhys"):
            return MOMENT
        elif not (clock and small == before):
            clock = before == "[" and small in "mhs"
        before = small
    return ""


def seen_as(
    number: float, kind: str, seen: Seen, row: int, column: int
) -> float | str | dt.date | dt.time | dt.timedelta:
    """Return the same as ``shown``; ``seen`` keeps the days that programs do not agree on."""
    if kind == MOMENT and not 0 <= number < 1:
        if seen.since_1904:
            seen.days_of_1904.add(row, column)
        elif number <= _NO_DAY + 1:
            seen.early.add(row, column)
    return shown(number, kind, since_1904=seen.since_1904)


def shown(
    number: float, kind: str, *, since_1904: bool
) -> float | str | dt.date | dt.time | dt.timedelta:
    """Return the day, time of day, moment or length of time that a number is shown as.

    The number itself where there is no such day, and the 29th of February 1900 as a text.
    """
    if not kind or not math.isfinite(number):
        return number
    try:
        if kind == LENGTH:
            return dt.timedelta(milliseconds=round(number * _DAY_MS))
        if number < 0 and not since_1904:
            return number
        if int(number) == _NO_DAY and not since_1904:
            return _NO_DAY_SHOWN
        # The first of the two calendars has a day too many before March 1900.
        more = _SINCE_1904 if since_1904 else int(number < 60)
        moment = _EPOCH + dt.timedelta(milliseconds=round((number + more) * _DAY_MS))
    except OverflowError:
        return number
    if 0 <= number < 1:
        return moment.time()
    return moment.date() if number == int(number) else moment


def iso(text: str) -> str | dt.date | dt.time | None:
    """Return the day, moment or time of day that a text in ISO 8601 tells, or the text."""
    for kind in (dt.date, dt.datetime, dt.time):
        try:
            found: dt.date | dt.time = kind.fromisoformat(text)
        except ValueError:
            continue
        # A time zone would be lost: the text keeps it.
        if not getattr(found, "tzinfo", None):
            return found
    return text if text and not text.isspace() else None
