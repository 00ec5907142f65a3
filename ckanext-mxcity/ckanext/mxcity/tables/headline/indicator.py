"""How far an indicator is between its baseline and its target. The words are the template's."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Progress:
    """An indicator now; each number is None where it is not known."""

    low: float | None
    high: float | None
    when: str
    #: Rows of that moment: of several, ``low`` and ``high`` are the ends of their figures.
    rows: int
    baseline: float | None
    target: float | None
    #: ``reached``, ``on_the_way``, ``no_better`` (not beyond the baseline), ``apart`` (rows
    #: differ), or "" where it cannot be said.
    state: str = ""
    #: What is missing to the target, and the part of the way from the baseline, in hundredths.
    missing: float | None = None
    part: int | None = None


def progress_of(
    package: Mapping[str, Any],
    ends: tuple[float, float] | None,
    when: str = "",
    rows: int = 0,
) -> Progress:
    """Return how far an indicator is.

    Args:
        package: the dataset, with ``baseline_value``, ``target_value``, ``desired_direction``.
        ends: the least and the greatest figure of the last period; None without any.
        when: the name of that period.
        rows: how many rows it has.

    """
    baseline, target = (_number(package.get(f"{name}_value")) for name in ("baseline", "target"))
    low, high = ends or (None, None)
    known = (low, high, when, rows, baseline, target)
    up = _is_up(str(package.get("desired_direction") or ""), baseline, target)
    if low is None or high is None or target is None or up is None:
        return Progress(*known)
    reached = [value >= target if up else value <= target for value in (low, high)]
    if all(reached):
        return Progress(*known, "reached")
    if low != high:
        return Progress(*known, "apart" if any(reached) else "")
    missing = abs(target - low)
    if baseline is None or baseline == target:
        return Progress(*known, "on_the_way", missing)
    part = (low - baseline) / (target - baseline)
    if part <= 0:
        return Progress(*known, "no_better", missing)
    return Progress(*known, "on_the_way", missing, math.floor(part * 100))


def _is_up(direction: str, baseline: float | None, target: float | None) -> bool | None:
    """Tell which way is better; None where neither is."""
    if direction in ("up", "down"):
        return direction == "up"
    if direction or baseline is None or target is None or baseline == target:
        return None
    return target > baseline


def _number(value: Any) -> float | None:
    try:
        found = float(str(value))
    except ValueError:
        return None
    return found if math.isfinite(found) else None
