"""Which day it is in the city."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from ckanext.mxcity import config


def today() -> dt.date:
    """Return today's date in the city's time zone, in UTC without a city."""
    city = config.city()
    zone = ZoneInfo(city.time_zone) if city else dt.timezone.utc
    return dt.datetime.now(zone).date()
