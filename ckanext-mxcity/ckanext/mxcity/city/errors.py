"""What can be wrong with a city's profile.

``CityProfileError`` holds every ``Problem`` found, so that all can be mended at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Problem:
    """One thing wrong: where in the file, and what was expected there."""

    #: ``organizations[2].id``; empty for the file as a whole.
    path: str
    expected: str

    def __str__(self) -> str:
        """Return "organizations[2].id: expected …"."""
        return f"{self.path}: {self.expected}" if self.path else self.expected


class CityProfileError(ValueError):
    """A profile cannot be used; ``problems`` lists everything wrong with it."""

    def __init__(self, profile: Path, problems: Sequence[Problem]) -> None:
        self.profile = profile
        self.problems = tuple(problems)
        lines = "\n".join(f"  - {problem}" for problem in self.problems)
        count = len(self.problems)
        found = "1 problem" if count == 1 else f"{count} problems"
        super().__init__(f"The city profile {profile} has {found}:\n{lines}")
