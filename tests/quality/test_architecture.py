"""Who may import whom is a contract, and the picture of the rooms is made from the imports."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


def run(*arguments: str) -> str:
    """Run one of our scripts; returns what it says, which is shown where it fails."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=REPOSITORY, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_every_contract_is_kept() -> None:
    assert " 0 broken" in run("tests/quality/contracts.py")


def test_the_picture_shows_the_imports() -> None:
    run("docs/rooms.py", "--check")
