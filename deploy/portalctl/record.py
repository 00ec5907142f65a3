"""What the last ``./portal test`` found, kept in ``.portal/last-test.json``."""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .instance import CACHE, REPOSITORY

RECORD = CACHE / "last-test.json"
#: Names the file into which pytest writes how many tests passed.
VARIABLE = "MXCITY_TEST_COUNTS"


@dataclass
class Outcome:
    """What is known of a run."""

    #: Where pytest writes its counts.
    counts: Path
    #: Whether nothing was left out by the arguments.
    whole: bool = False
    failed_checks: list[str] = field(default_factory=list)


@contextmanager
def kept(place: Path = RECORD) -> Iterator[Outcome]:
    """Write the record of the run in the block, which may fail or be interrupted."""
    start = time.monotonic()
    source = _source()
    with tempfile.TemporaryDirectory(prefix="mxcity-") as folder:
        outcome = Outcome(Path(folder) / "counts.json")
        try:
            yield outcome
        finally:
            written = {**source, **_result(outcome), "seconds": round(time.monotonic() - start)}
            place.parent.mkdir(exist_ok=True)
            place.write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")


def _result(outcome: Outcome) -> dict[str, Any]:
    """Return the counts of pytest; a check that fails counts as a test that fails."""
    counts: dict[str, Any] = {"passed": 0, "failed": 0, "skipped": 0, "ended": False, "seed": None}
    if outcome.counts.exists():
        counts.update(json.loads(outcome.counts.read_text("utf-8")))
    ended = bool(counts.pop("ended"))
    counts["failed"] += len(outcome.failed_checks)
    return {"whole": outcome.whole and ended, **counts, "failed_checks": outcome.failed_checks}


def _source() -> dict[str, Any]:
    """Return which commit is tested, and whether anything in the checkout differs from it."""
    commit = _git("rev-parse", "HEAD")
    return {"commit": commit or None, "dirty": bool(_git("status", "--porcelain"))}


def seed_of_commit() -> str:
    """Return the seed of the random order: of a clean checkout its commit decides it.

    So the tests of a commit run in the same order here and where it is tested again. "" leaves
    the choice to chance.
    """
    source = _source()
    return "" if source["dirty"] or not source["commit"] else str(int(source["commit"][:7], 16))


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=REPOSITORY, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        return ""
    return done.stdout.strip()
