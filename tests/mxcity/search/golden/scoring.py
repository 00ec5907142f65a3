"""How a list of answers is scored against what a resident should be shown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

BEST, ALSO = 3, 1


@dataclass(frozen=True)
class Question:
    """What is typed and how much each dataset, by name, is worth as an answer."""

    q: str
    grades: dict[str, int]

    @classmethod
    def from_record(cls, record: dict) -> Question:
        """Read one record of queries.yaml."""
        grades = dict.fromkeys(record.get("also", []), ALSO)
        return cls(record["q"], {**grades, **dict.fromkeys(record["best"], BEST)})

    def ndcg(self, answers: Sequence[str], depth: int = 10) -> float:
        """Return the discounted gain of the answers, 1 for the best order there is."""
        return _gain([self.grades.get(name, 0) for name in answers[:depth]]) / _gain(
            sorted(self.grades.values(), reverse=True)[:depth]
        )

    def succeeds(self, answers: Sequence[str], depth: int = 3) -> bool:
        """Return whether a best answer is among the first ones."""
        return any(self.grades.get(name) == BEST for name in answers[:depth])


def _gain(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))
