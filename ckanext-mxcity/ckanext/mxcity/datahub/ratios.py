"""Ratios with their numerator and denominator, and working days. No CKAN import."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

#: Shown where there is nothing to count from: not 0 % and not 100 %.
NOTHING = "—"


@dataclass(frozen=True)
class Ratio:
    """A part of a whole, such as 5 of 12 assets."""

    numerator: int
    denominator: int

    @property
    def percent(self) -> float | None:
        """Return the percentage with one decimal, None without a denominator."""
        if not self.denominator:
            return None
        return round(100 * self.numerator / self.denominator, 1)

    @property
    def text(self) -> str:
        """Return "5 de 12 (41.7%)", or a dash without a denominator."""
        if self.percent is None:
            return NOTHING
        return f"{self.numerator:,} de {self.denominator:,} ({self.percent:.1f}%)"

    def as_dict(self) -> dict[str, Any]:
        """Return the ratio as plain data."""
        return {
            "numerator": self.numerator,
            "denominator": self.denominator,
            "percent": self.percent,
            "text": self.text,
        }


def working_days_before(day: dt.date, count: int) -> dt.date:
    """Return the day ``count`` working days (Monday to Friday) before another."""
    while count > 0:
        day -= dt.timedelta(days=1)
        count -= day.weekday() < 5
    return day


def slipped(due: dt.date, done: dt.date | None, today: dt.date) -> int:
    """Return by how many days an open milestone is late: 0 when it is done or not due yet."""
    return 0 if done else max(0, (today - due).days)
