"""A line through the groups, in the units of its SVG. No CKAN import."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from itertools import groupby

from ckanext.mxcity.ground.messages import N_
from ckanext.mxcity.tables.chart.kinds.base import ChartKind, Picture
from ckanext.mxcity.tables.chart.labels import Label, spread
from ckanext.mxcity.tables.chart.spec import Groups, is_time
from ckanext.mxcity.tables.downloads.columns import Column

#: Points that have a dot each.
_DOTS = 60
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
    #: None where there is no value: the line has a gap there.
    y: float | None
    label: str


@dataclass(frozen=True)
class Drawing:
    """A line chart, ready to be drawn."""

    ticks: tuple[Tick, ...]
    points: tuple[Point, ...]
    #: Those under the axis, which do not run into each other.
    labels: tuple[Label, ...]
    base: float

    @property
    def paths(self) -> list[str]:
        """The parts of the line between its gaps, as SVG's ``points``."""
        found = []
        for there, run in groupby(self.points, lambda point: point.y is not None):
            if there:
                found.append(" ".join(f"{point.x:.1f},{point.y:.1f}" for point in run))
        return found

    @property
    def dots(self) -> list[Point]:
        """The points that are drawn as such: all, or of many those that stand alone."""
        there = [None, *(point.y for point in self.points), None]
        few = len(self.points) <= _DOTS
        return [
            point
            for number, point in enumerate(self.points, start=1)
            if point.y is not None and (few or there[number - 1] is there[number + 1] is None)
        ]


class Line(ChartKind):
    """A line from left to right, for columns whose values follow each other."""

    name = "line"
    title = N_("Line")
    template = "mxcity_tables/chart_kinds/line.html"
    marks = "mxcity_tables/chart_kinds/line_marks.svg"
    most = 500  # points of a line
    last = True

    WIDTH, HEIGHT = 720, 360
    LEFT, RIGHT, TOP, BOTTOM = 76, 16, 16, 44

    def is_usual(self, column: Column) -> bool:
        """Tell whether a column's values follow each other in time."""
        return is_time(column)

    def draw(self, groups: Groups) -> Drawing:
        """Place the groups from left to right, over a scale that holds zero."""
        low, high, step = scale(groups.values)
        inner = self.HEIGHT - self.TOP - self.BOTTOM

        def height(value: float) -> float:
            return self.TOP + inner * (high - value) / (high - low)

        count = len(groups.rows)
        wide = (self.WIDTH - self.LEFT - self.RIGHT) / max(count - 1, 1)
        points = tuple(
            Point(self.LEFT + number * wide, None if value is None else height(value), label)
            for number, (label, value) in enumerate(groups.rows)
        )
        labels = spread([point.label for point in points], [point.x for point in points])
        ticks = tuple(
            Tick(height(low + step * number), low + step * number)
            for number in range(round((high - low) / step) + 1)
        )
        return Drawing(ticks, points, tuple(labels), height(0))

    def picture(self, groups: Groups) -> Picture:
        """Return the line as it is drawn on pages."""
        return Picture(self.WIDTH, self.HEIGHT, self.draw(groups))


def scale(values: list[float]) -> tuple[float, float, float]:
    """Return the ends of a scale that holds zero and every value, and its step."""
    low, high = min([0.0, *values]), max([0.0, *values])
    if low == high:
        return 0.0, 1.0, 1.0
    rough = max((high - low) / 4, sys.float_info.min)  # a quarter of the least number is none
    magnitude = 10.0 ** math.floor(math.log10(rough))
    step = next(nice * magnitude for nice in _NICE if nice * magnitude >= rough)
    return math.floor(low / step) * step, math.ceil(high / step) * step, step


KIND = Line()
