"""The chain of named checks between reading a file and making it public.

Every plugin that implements ``IFileCheck`` adds its own; all of them are run, in the order of the
plugins, so that a clerk sees everything at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ckanext.mxcity.checks import closed
from ckanext.mxcity.checks.model import CheckReport
from ckanext.mxcity.files import TableReading

#: Rows and columns of a table against its schema.
TABLE_SCHEMA = "table-schema"


@dataclass(frozen=True)
class Subject:
    """A table that is about to be published."""

    #: The canonical CSV: see ``files.canonical``.
    path: Path
    reading: TableReading
    #: Table Schema that it has to obey.
    schema: dict[str, Any]
    #: What the clerk said of the dataset.
    dataset: dict[str, Any]
    #: The file that the table is one of, as it came, and what it was called.
    file: Path
    name: str


@dataclass(frozen=True)
class Finding:
    """What a check found; one that is ``blocking`` keeps the table from being published."""

    message: str
    blocking: bool = True


@dataclass(frozen=True)
class Verdict:
    """The answer of one check on one table."""

    check: str
    findings: tuple[Finding, ...] = ()
    #: Of checks that look at rows.
    report: CheckReport | None = None

    @property
    def blocking(self) -> bool:
        """Whether the table may not be published as it is."""
        wrong = self.report is not None and not self.report.valid
        return wrong or any(finding.blocking for finding in self.findings)

    @property
    def rows_only(self) -> bool:
        """Whether all that is wrong is in single rows, which may be set aside.

        Rows are told apart by the schema alone: what another check finds is corrected in the file.
        """
        found = any(finding.blocking for finding in self.findings)
        if self.check != TABLE_SCHEMA or self.report is None or found:
            return False
        whole = {"missing-column", "unknown-column", *closed.CODES}
        return not any(whole & set(codes) for codes in self.report.counts.values())

    @property
    def closed(self) -> bool:
        """Whether the law keeps something of the table from being published."""
        counts = self.report.counts.values() if self.report else ()
        return any(closed.CODES & set(codes) for codes in counts)

    def as_dict(self, lang: str = "es") -> dict[str, Any]:
        """Plain data for the API."""
        return {
            "check": self.check,
            "blocking": self.blocking,
            "rows_only": self.rows_only,
            "closed": self.closed,
            "findings": [
                {"message": finding.message, "blocking": finding.blocking}
                for finding in self.findings
            ],
            "report": self.report.as_dict(lang) if self.report else None,
        }


@dataclass(frozen=True)
class FileCheck:
    """A check by name, and the function that runs it."""

    name: str
    run: Callable[[Subject], Verdict]


def run_checks(subject: Subject, checks: Iterable[FileCheck]) -> list[Verdict]:
    """Run every check on a table, whatever another found."""
    return [check.run(subject) for check in checks]
