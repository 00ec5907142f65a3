"""A table with a bar for each group. No CKAN import."""

from __future__ import annotations

from dataclasses import dataclass

from ckanext.mxcity.ground.messages import N_
from ckanext.mxcity.tables.chart.kinds.base import ChartKind, Picture
from ckanext.mxcity.tables.chart.labels import shortened
from ckanext.mxcity.tables.chart.spec import Groups, is_time
from ckanext.mxcity.tables.downloads.columns import Column


@dataclass(frozen=True)
class Bar:
    """A bar: from where, how wide, in hundredths of the row; none for a group without a value."""

    label: str
    value: float | None
    start: float
    width: float


class Bars(ChartKind):
    """Bars for the groups with the highest figures, beside each other in rows of a table."""

    name = "bar"
    title = N_("Bars")
    template = "mxcity_tables/chart_kinds/bars.html"
    marks = "mxcity_tables/chart_kinds/bars_marks.svg"
    most = 30  # bars that can be told apart
    is_table = True

    #: Of the picture: its width, that of a row, where labels end, figures end and bars begin.
    WIDTH, ROW, LABELS, FIGURES, BARS = 720, 28, 250, 350, 364

    def is_usual(self, column: Column) -> bool:
        """Tell whether a column has values without an order in time."""
        return not is_time(column)

    def draw(self, groups: Groups) -> tuple[Bar, ...]:
        """Give each group a bar that begins at zero, to the left of it if the value is negative."""
        low, high = min([0.0, *groups.values]), max([0.0, *groups.values])
        whole = (high - low) or 1.0
        return tuple(
            Bar(
                label,
                value,
                round(100 * (min(value or 0.0, 0.0) - low) / whole, 2),
                round(100 * abs(value or 0.0) / whole, 2),
            )
            for label, value in groups.rows
        )

    def picture(self, groups: Groups) -> Picture:
        """Return rows of label, figure and bar, under each other."""
        wide = (self.WIDTH - 16 - self.BARS) / 100
        drawn = [
            Bar(
                shortened(bar.label, 36),
                bar.value,
                round(self.BARS + bar.start * wide, 1),
                round(bar.width * wide, 1),
            )
            for bar in self.draw(groups)
        ]
        return Picture(self.WIDTH, self.ROW * len(drawn) + 8, drawn)


KIND = Bars()
