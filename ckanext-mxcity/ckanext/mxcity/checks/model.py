"""The verdict on a table."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from ckanext.mxcity.checks.messages import text

#: Beginnings that a spreadsheet takes for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class CellError:
    """A cell that is not as its schema says."""

    #: As a spreadsheet counts, from 1. 0 for what is not of one row.
    row: int
    column: str
    value: str
    #: See ``messages``.
    code: str
    params: dict[str, Any] = field(default_factory=dict)
    #: What would be right, where that can be worked out.
    example: str | None = None

    def said(self, lang: str = "es") -> str:
        """Return the sentence that tells a clerk what to do."""
        return text(self.code, {**self.params, "value": self.value, "column": self.column}, lang)


@dataclass(frozen=True)
class CheckReport:
    """How a table compares with its schema."""

    rows: int
    good: int
    bad: int
    #: The first errors of each cause; ``counts`` has them all.
    errors: tuple[CellError, ...]
    #: How many cells are wrong, by column and cause.
    counts: dict[str, dict[str, int]]

    @property
    def valid(self) -> bool:
        """True if nothing is wrong."""
        return not self.counts

    def placed(self, place: Callable[[int], int]) -> CheckReport:
        """Return the report with its rows counted in another way."""
        errors = tuple(replace(error, row=place(error.row)) for error in self.errors)
        return replace(self, errors=errors)

    def with_errors(self, other: CheckReport) -> CheckReport:
        """Return the report with what another one found in the same table."""
        counts = {column: {**codes} for column, codes in self.counts.items()}
        for column, codes in other.counts.items():
            counts.setdefault(column, {}).update(codes)
        errors = sorted((*self.errors, *other.errors), key=lambda error: (error.row, error.column))
        # Which rows are wrong in both is not known: at least as many as in the worse of the two.
        bad = max(self.bad, other.bad)
        return replace(self, errors=tuple(errors), counts=counts, bad=bad, good=self.rows - bad)

    def as_dict(self, lang: str = "es") -> dict[str, Any]:
        """Plain data for the API."""
        errors = [{**asdict(error), "message": error.said(lang)} for error in self.errors]
        return {
            "valid": self.valid,
            "rows": self.rows,
            "good": self.good,
            "bad": self.bad,
            "errors": errors,
            "counts": self.counts,
        }

    def write_csv(self, path: Path, lang: str = "es") -> None:
        """Write the errors as CSV; text that looks like a formula is quoted for spreadsheets."""
        titles = {"es": ("fila", "columna", "valor", "problema", "ejemplo")}
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(titles.get(lang[:2], ("row", "column", "value", "problem", "example")))
            for error in self.errors:
                cells = (error.column, error.value, error.said(lang), error.example or "")
                writer.writerow([error.row, *map(_safe, cells)])


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
