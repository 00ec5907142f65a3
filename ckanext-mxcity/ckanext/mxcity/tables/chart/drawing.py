"""Where the parts of a chart go, in the units of its SVG. No CKAN import."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass

from ckanext.mxcity.tables.chart.spec import Groups

WIDTH, HEIGHT = 720, 360
LEFT, RIGHT, TOP, BOTTOM = 76, 16, 16, 44
#: Labels written along the line at most: more would run into each other.
_LABELS = 6
#: Steps between lines of the scale that people read easily.
_NICE = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True)
class Tick:
    """A line of the scale: where, and what it says."""

    at: float
    value: float


@dataclass(frozen=True)
class Point:
    """A group on the line."""

    x: float
    y: float
    label: str
    value: float
    #: Whether its label is written under the axis.
    labelled: bool


@dataclass(frozen=True)
class Line:
    """A line chart, ready to be drawn."""

    ticks: tuple[Tick, ...]
    points: tuple[Point, ...]
    base: float

    @property
    def path(self) -> str:
        """The line, as SVG's ``points``."""
        return " ".join(f"{point.x:.1f},{point.y:.1f}" for point in self.points)


@dataclass(frozen=True)
class Bar:
    """A bar: from where, how wide, in hundredths of the row."""

    label: str
    value: float
    start: float
    width: float


def line(groups: Groups) -> Line:
    """Place the groups from left to right, over a scale that holds zero."""
    low, high, step = scale([value for _, value in groups.rows])
    inner = HEIGHT - TOP - BOTTOM

    def height(value: float) -> float:
        return TOP + inner * (high - value) / (high - low)

    count = len(groups.rows)
    wide = (WIDTH - LEFT - RIGHT) / max(count - 1, 1)
    every = max(1, math.ceil(count / _LABELS))
    points = tuple(
        Point(LEFT + number * wide, height(value), label, value, number % every == 0)
        for number, (label, value) in enumerate(groups.rows)
    )
    ticks = tuple(
        Tick(height(low + step * number), low + step * number)
        for number in range(round((high - low) / step) + 1)
    )
    return Line(ticks, points, height(0))


def bars(groups: Groups) -> tuple[Bar, ...]:
    """Give each group a bar that begins at zero, to the left of it where the value is negative."""
    values = [value for _, value in groups.rows]
    low, high = min([0.0, *values]), max([0.0, *values])
    whole = (high - low) or 1.0
    return tuple(
        Bar(
            label,
            value,
            round(100 * (min(value, 0.0) - low) / whole, 2),
            round(100 * abs(value) / whole, 2),
        )
        for label, value in groups.rows
    )


def scale(values: list[float]) -> tuple[float, float, float]:
    """Return the ends of a scale that holds zero and every value, and its step."""
    low, high = min([0.0, *values]), max([0.0, *values])
    if low == high:
        return 0.0, 1.0, 1.0
    rough = max((high - low) / 4, sys.float_info.min)  # a quarter of the least number is none
    magnitude = 10.0 ** math.floor(math.log10(rough))
    step = next(nice * magnitude for nice in _NICE if nice * magnitude >= rough)
    return math.floor(low / step) * step, math.ceil(high / step) * step, step
