"""Groups stand where they are in time, and what is left out between them is a gap."""

from __future__ import annotations

import pytest
from ckanext.mxcity.tables.chart.kinds import line
from ckanext.mxcity.tables.chart.moments import moments
from ckanext.mxcity.tables.chart.spec import Groups
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("labels", "distances", "gaps"),
    [
        (["2000", "2001", "2002", "2005", "2006"], [0, 1, 2, 5, 6], {3}),
        (["2000", "2005", "2010", "2020"], [0, 5, 10, 20], {3}),
        (["2025-11", "2025-12", "2026-01", "2026-04"], [0, 1, 2, 5], {3}),
        (["2025-T3", "2025-T4", "2026-T1", "2026-T3"], [0, 1, 2, 4], {3}),
        # Nothing is usual here.
        (["1990", "1995", "2003"], [0, 5, 13], set()),
        (["01/01/2026", "02/01/2026", "04/01/2026"], [0, 1, 3], set()),
        (["31/12/2025 12:00", "01/01/2026", "01/01/2026 06:00"], [0, 0.5, 0.75], set()),
        # No moments, or none in order: one after the other.
        (["2026-13", "2026-14"], [0, 1], set()),
        (["2003", "2001"], [0, 1], set()),
        (["Centro", "Obrera"], [0, 1], set()),
        (["2026"], [0], set()),
        ([], [], set()),
    ],
)
def test_where_groups_are(labels: list[str], distances: list[float], gaps: set[int]) -> None:
    """Years, parts of years, days and hours are as far from each other as they are in time."""
    found = moments(labels)
    assert [place - found.places[0] for place in found.places] == pytest.approx(distances)
    assert found.gaps == gaps


def test_line_stops_before_a_year_without_a_row() -> None:
    """No line leads over 2003 and 2004, of which nothing is known."""
    rows = (("2001", 1.0), ("2002", 2.0), ("2005", 3.0), ("2006", 4.0), ("2007", 5.0))
    drawn = line.KIND.draw(Groups(rows, len(rows)))
    assert [len(path.split()) for path in drawn.paths] == [2, 3]
    assert len(drawn.dots) == 5
    xs = [point.x for point in drawn.points]
    assert (xs[2] - xs[1]) == pytest.approx(3 * (xs[1] - xs[0]))


@given(st.lists(st.text(max_size=12), max_size=60))
def test_any_labels_are_placed_within_the_drawing(labels: list[str]) -> None:
    """Whatever groups are called, they are in their order, inside."""
    drawn = line.KIND.draw(Groups(tuple((label, 1.0) for label in labels), len(labels)))
    xs = [point.x for point in drawn.points]
    assert xs == sorted(xs)
    assert all(line.KIND.LEFT <= x <= line.KIND.WIDTH - line.KIND.RIGHT + 0.01 for x in xs)
