"""How far an indicator is."""

from __future__ import annotations

from typing import Any

import pytest
from ckanext.mxcity.tables.headline.indicator import progress_of
from hypothesis import given
from hypothesis import strategies as st


def sheet(baseline: Any = 60, target: Any = 90, direction: str = "up") -> dict[str, Any]:
    """The sheet of an indicator."""
    return {
        "baseline_value": baseline,
        "target_value": target,
        "desired_direction": direction,
    }


@pytest.mark.parametrize(
    ("package", "ends", "state", "missing", "part"),
    [
        (sheet(), (75.0, 75.0), "on_the_way", 15, 50),
        (sheet(), (90.0, 90.0), "reached", None, None),
        (sheet(), (50.0, 50.0), "no_better", 40, None),
        (sheet(), (80.0, 95.0), "apart", None, None),
        (sheet(), (70.0, 80.0), "", None, None),
        (sheet(), None, "", None, None),
        (sheet(baseline=None), (75.0, 75.0), "on_the_way", 15, None),
        (sheet(target=""), (75.0, 75.0), "", None, None),
        (sheet(target="nan"), (75.0, 75.0), "", None, None),
        (sheet(10, 4, "down"), (7.0, 7.0), "on_the_way", 3, 50),
        (sheet(10, 4, "down"), (3.0, 3.0), "reached", None, None),
        (sheet(10, 4, ""), (7.0, 7.0), "on_the_way", 3, 50),
        (sheet(10, 4, "none"), (7.0, 7.0), "", None, None),
        (sheet(0, 0, "up"), (-1.0, -1.0), "on_the_way", 1, None),
    ],
)
def test_how_far(
    package: dict[str, Any],
    ends: tuple[float, float] | None,
    state: str,
    missing: float | None,
    part: int | None,
) -> None:
    """The way is told from the baseline to the target, and not at all where one is not known."""
    found = progress_of(package, ends, "2025", 1)
    assert (found.state, found.missing, found.part) == (state, missing, part)


_NUMBER = st.none() | st.floats(-1e9, 1e9, allow_nan=False) | st.just("sin dato")


@given(_NUMBER, _NUMBER, st.sampled_from(["up", "down", "range", "none", ""]),
       st.none() | st.floats(-1e9, 1e9))  # fmt: skip
def test_no_progress_is_made_up(
    baseline: Any, target: Any, direction: str, value: float | None
) -> None:
    """A state needs a value and a target; a part of the way is between its ends."""
    found = progress_of(
        sheet(baseline, target, direction), (value, value) if value is not None else None
    )
    if found.low is None or found.target is None:
        assert (found.state, found.missing, found.part) == ("", None, None)
    if found.part is not None:
        assert 0 <= found.part <= 100
    if found.state == "reached" and direction in ("up", "down"):
        assert (found.low >= found.target) is (direction == "up") or found.low == found.target
