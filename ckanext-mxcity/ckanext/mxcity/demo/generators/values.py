"""Kinds of column: each function returns one value a row.

A column of the catalogue's YAML names its kind by a key, e.g. ``int: [1, 9]``; what follows the
key are the settings of the kind.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from ckanext.mxcity.demo.model import Cell

#: Columns made so far, by name.
Columns = Mapping[str, Sequence[Cell]]
Kind = Callable[[Any, int, random.Random, Columns], list[Cell]]


def sequence(setting: str, count: int, rng: random.Random, done: Columns) -> list[Cell]:
    """Write the number of each row, from 1, in a pattern, e.g. ``LUM-{:05d}``."""
    return [setting.format(number) for number in range(1, count + 1)]


def pick(setting: Any, count: int, rng: random.Random, done: Columns) -> list[Cell]:
    """Choose among values; a mapping gives each its weight."""
    values = list(setting)
    weights = list(setting.values()) if isinstance(setting, Mapping) else None
    return rng.choices(values, weights=weights, k=count)


def whole(setting: Sequence[int], count: int, rng: random.Random, done: Columns) -> list[Cell]:
    """Give whole numbers between two, both included."""
    low, high = setting
    return [rng.randint(low, high) for _ in range(count)]


def decimal(setting: Sequence[float], count: int, rng: random.Random, done: Columns) -> list[Cell]:
    """Give numbers around a mean: ``[mean, deviation, decimals]``, never below zero."""
    mean, deviation, decimals = setting
    return [round(max(0.0, rng.gauss(mean, deviation)), int(decimals)) for _ in range(count)]


def amount(setting: Sequence[float], count: int, rng: random.Random, done: Columns) -> list[Cell]:
    """Give sums of money: many small, a few large: ``[median, spread]``, in pesos."""
    median, spread = setting
    return [round(rng.lognormvariate(math.log(median), spread), 2) for _ in range(count)]


def day(setting: Sequence[date], count: int, rng: random.Random, done: Columns) -> list[Cell]:
    """Give days between two, in order."""
    first, last = setting
    days = (last - first).days
    return [*sorted(first + timedelta(days=rng.randint(0, days)) for _ in range(count))]


def moment(setting: Sequence[date], count: int, rng: random.Random, done: Columns) -> list[Cell]:
    """Give moments between two days, in order, more by day than by night."""
    first, last = setting
    # Local time, as a ministry writes it down.
    start = datetime(first.year, first.month, first.day)  # noqa: DTZ001
    days = (last - first).days
    found = sorted(
        start + timedelta(days=rng.randint(0, days), minutes=int(rng.triangular(0, 1439, 840)))
        for _ in range(count)
    )
    return [*found]


def after(setting: Mapping[str, Any], count: int, rng: random.Random, done: Columns) -> list[Cell]:
    """Give days after another column's: ``{column, days: [from, to], empty: share}``."""
    low, high = setting["days"]
    found: list[Cell] = []
    for start in done[setting["column"]]:
        open_case = rng.random() < setting.get("empty", 0)
        wait = timedelta(days=int(rng.triangular(low, high, low)))
        day_of = start.date() if isinstance(start, datetime) else start
        found.append(None if open_case or not isinstance(day_of, date) else day_of + wait)
    return found


def same(setting: str, count: int, rng: random.Random, done: Columns) -> list[Cell]:
    """Repeat one value."""
    return [setting] * count


def mapped(setting: Mapping[str, Any], count: int, rng: random.Random, done: Columns) -> list[Cell]:
    """Translate another column: ``{column, values}``; a value not listed gives an empty cell."""
    values = setting["values"]
    return [values.get(value) for value in done[setting["column"]]]


def if_empty(
    setting: Mapping[str, Any], count: int, rng: random.Random, done: Columns
) -> list[Cell]:
    """Say one thing where another column is empty and another where it is not."""
    return [
        setting["empty"] if value is None else setting["filled"]
        for value in done[setting["column"]]
    ]


def share(setting: Mapping[str, Any], count: int, rng: random.Random, done: Columns) -> list[Cell]:
    """Give a part of another column: ``{column, between: [0.6, 1.0], decimals}``."""
    low, high = setting["between"]
    decimals = setting.get("decimals", 0)
    found: list[Cell] = []
    for value in done[setting["column"]]:
        number = float(value) * rng.uniform(low, high) if isinstance(value, int | float) else 0.0
        found.append(round(number, decimals) if decimals else round(number))
    return found


KINDS: Mapping[str, Kind] = {
    "seq": sequence,
    "pick": pick,
    "int": whole,
    "num": decimal,
    "money": amount,
    "date": day,
    "datetime": moment,
    "after": after,
    "const": same,
    "map": mapped,
    "if": if_empty,
    "share": share,
}

#: The Table Schema type of each kind; a kind not listed gives text.
TYPES: Mapping[str, str] = {
    "int": "integer",
    "num": "number",
    "money": "number",
    "date": "date",
    "datetime": "datetime",
    "after": "date",
}
