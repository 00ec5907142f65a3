"""What time it is. No CKAN import.

Everything that asks for the time asks here, through the module (``clock.utc_now()``), so that there
is one clock, and one that tests can set.
"""

from __future__ import annotations

import datetime as dt
import re

from dateutil.parser import isoparse

#: An offset whose plus sign an address has made a space.
_SPACED = re.compile(r"(?<=[T ])([\d:.,]+) (\d\d:?\d\d|\d\d)$")


def utc_now() -> dt.datetime:
    """Return the time in UTC, without a zone, as CKAN's own tables keep it."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


def in_zone(moment: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    """Return a moment in a zone; one without a zone of its own is one of UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return aware.astimezone(zone)


def read_moment(text: str) -> dt.datetime:
    """Return the moment that a text in ISO 8601 names, in UTC and without a time zone.

    Args:
        text: a date, or a date and a time, with an offset or ``Z``; without one it is UTC. An
            offset may have a space where an address has lost its plus sign.

    Raises:
        ValueError: it is not ISO 8601, or not a moment that can be written in UTC.

    """
    try:
        return in_utc(isoparse(_SPACED.sub(r"\1+\2", text.strip())))
    except OverflowError as error:
        raise ValueError(text) from error


def in_utc(moment: dt.datetime) -> dt.datetime:
    """Return a moment in UTC, without a time zone; one without a time zone is in UTC already.

    Raises:
        OverflowError: it is before the year 1 or after 9999 there.

    """
    if moment.tzinfo is None:
        return moment
    return moment.astimezone(dt.UTC).replace(tzinfo=None)
