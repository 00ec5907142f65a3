"""Which day it is in the city, and how days and moments are written.

A *day* is a date as somebody said it (``2024-05``, the day of a decision): it is written as it is.
A *moment* was noted by the portal, in UTC: it is written as the city's clocks show it.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any
from zoneinfo import ZoneInfo

import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.mxcity.city import settings
from ckanext.mxcity.ground import clock

_ISO = re.compile(r"^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?!\d)")
UTC = "UTC"


def zone() -> ZoneInfo:
    """Return the city's time zone; without a city that in which CKAN shows times."""
    city = settings.city()
    return ZoneInfo(city.time_zone if city else str(tk.config.get("ckan.display_timezone") or UTC))


def today() -> dt.date:
    """Return today's date in the city."""
    return clock.in_zone(clock.utc_now(), zone()).date()


def day_of(moment: Any) -> sa.ColumnElement[dt.date]:
    """Return the SQL of the city's day of a moment that is kept in UTC without a zone."""
    aware = sa.func.timezone(UTC, moment)
    return sa.cast(sa.func.timezone(zone().key, aware), sa.Date)


def written_date(value: Any) -> str:
    """Return a day as dd/mm/yyyy.

    Args:
        value: ISO text or a date. "2024-05" gives 05/2024, "2024" stays; other text stays too.

    """
    text = value.isoformat() if isinstance(value, dt.date) else str(value or "").strip()
    match = _ISO.match(text)
    return "/".join(part for part in reversed(match.groups()) if part) if match else text


def written_day(moment: Any) -> str:
    """Return the city's day of a moment as dd/mm/yyyy; text that is no moment stays as it is."""
    found = _in_the_city(moment)
    return f"{found:%d/%m/%Y}" if found else written_date(moment)


def written_moment(moment: Any) -> str:
    """Return a moment as dd/mm/yyyy hh:mm of the city; text that is no moment stays as it is."""
    found = _in_the_city(moment)
    return f"{found:%d/%m/%Y %H:%M}" if found else written_date(moment)


def _in_the_city(moment: Any) -> dt.datetime | None:
    """Return a moment in the city's zone; None for a day without an hour, and for no moment."""
    text = moment.isoformat() if isinstance(moment, dt.datetime) else str(moment or "").strip()
    if ":" not in text:
        return None
    try:
        return clock.in_zone(dt.datetime.fromisoformat(text), zone())
    except (ValueError, OverflowError):
        return None
