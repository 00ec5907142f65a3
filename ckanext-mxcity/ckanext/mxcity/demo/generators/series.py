"""Time series: one row a period and category, with a level, a trend, a season and some noise."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import product
from typing import Any

from ckanext.mxcity.demo.generators.city_map import neighbourhoods
from ckanext.mxcity.demo.model import Cell, Column, DemoSpecError, Place, Table
from ckanext.mxcity.demo.seeds import seeded

#: Periods a year, for trends and seasons.
STEPS = {"year": 1, "quarter": 4, "month": 12, "day": 365, "hour": 365 * 24}
_MONTHS = {"year": 12, "quarter": 3, "month": 1}


def series(place: Place, options: Mapping[str, Any]) -> Table:
    """Make one row for each period and combination of categories.

    Args:
        place: the city and the dataset.
        options: ``step`` (year, quarter, month, day, hour), ``from`` and ``to`` (days), ``time``
            (the column of the period), ``by`` (columns of categories: a list of values, or
            ``colonia``, ``sector``), ``values`` (columns of figures, see `Measure`).

    Returns:
        The table, in order of time.

    """
    step = options["step"]
    if step not in STEPS:
        raise DemoSpecError(f"{place.dataset}: there is no step called {step}")
    times = list(_times(step, options["from"], options["to"]))
    by: Mapping[str, Any] = options.get("by") or {}
    keys = list(product(*(_categories(place, entry["of"]) for entry in by.values())))
    measures = [
        Measure(place, name, setting, step, len(keys))
        for name, setting in options["values"].items()
    ]
    rows = [
        (_label(moment, step), *key, *(measure.at(position, index) for measure in measures))
        for position, moment in enumerate(times)
        for index, key in enumerate(keys)
    ]
    time_name, time_text = next(iter(options["time"].items()))
    columns = (
        Column(time_name, _time_type(step), time_text),
        *(Column(name, "string", entry["d"]) for name, entry in by.items()),
        *(measure.column for measure in measures),
    )
    return Table(columns, rows)


class Measure:
    """A column of figures.

    Its settings: ``base`` (the level), ``trend`` (growth a year, 0.03 is 3 %), ``season``
    (height of the yearly wave, or of the daily one for hours), ``noise``, ``decimals``,
    ``spread`` (how much categories differ), ``max``.
    """

    def __init__(
        self, place: Place, name: str, setting: Mapping[str, Any], step: str, categories: int
    ) -> None:
        self._rng: random.Random = seeded(place.city.slug, place.dataset, name)
        self._base = float(setting["base"])
        self._trend = float(setting.get("trend", 0))
        self._season = float(setting.get("season", 0))
        self._noise = float(setting.get("noise", 0.05))
        self._decimals = int(setting.get("decimals", 0))
        self._limit = setting.get("max")
        self._per_year = STEPS[step]
        self._wave = 24 if step == "hour" else self._per_year
        spread = float(setting.get("spread", 0.35))
        self._levels = [self._rng.lognormvariate(0, spread) for _ in range(categories)]
        self.column = Column(name, "number" if self._decimals else "integer", setting["d"])

    def at(self, position: int, category: int) -> Cell:
        """Return the figure of a period (counted from 0) and category."""
        years = position / self._per_year
        wave = 1 + self._season * math.sin(2 * math.pi * position / self._wave - math.pi / 2)
        value = self._base * self._levels[category] * (1 + self._trend) ** years * wave
        value = max(0.0, value * self._rng.gauss(1, self._noise))
        if self._limit is not None:
            value = min(value, float(self._limit))
        result: Cell = round(value, self._decimals) if self._decimals else round(value)
        return result


def _times(step: str, first: date, last: date) -> Iterator[datetime]:
    moment = datetime(first.year, first.month, first.day)  # noqa: DTZ001 - local time
    end = datetime(last.year, last.month, last.day, 23)  # noqa: DTZ001
    while moment <= end:
        yield moment
        if step in _MONTHS:
            months = moment.month - 1 + _MONTHS[step]
            moment = moment.replace(year=moment.year + months // 12, month=months % 12 + 1)
        else:
            moment += timedelta(hours=1) if step == "hour" else timedelta(days=1)


def _label(moment: datetime, step: str) -> Cell:
    if step == "year":
        return moment.year
    if step == "quarter":
        return f"{moment.year}-T{(moment.month + 2) // 3}"
    if step == "month":
        return f"{moment.year}-{moment.month:02d}"
    return moment.date() if step == "day" else moment


def _time_type(step: str) -> str:
    return {"year": "integer", "day": "date", "hour": "datetime"}.get(step, "string")


def _categories(place: Place, setting: str | Sequence[str]) -> Sequence[str]:
    if isinstance(setting, str):
        known = neighbourhoods(place.city.slug, place.city.bbox)
        if setting not in ("colonia", "sector"):
            raise DemoSpecError(f"{place.dataset}: there are no categories called {setting}")
        return list(
            dict.fromkeys(one.name if setting == "colonia" else one.sector for one in known)
        )
    return setting
