"""Numbers that look random and are the same on every machine and in every run."""

from __future__ import annotations

import random


def seeded(*parts: object) -> random.Random:
    """Return a generator of numbers that depends on the given words alone."""
    return random.Random("/".join(str(part) for part in parts))  # noqa: S311
