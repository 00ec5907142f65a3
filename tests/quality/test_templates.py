"""Templates can be read in a diff: one thing a line."""

from __future__ import annotations

import subprocess
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
#: The most characters of a line of a template.
LONGEST = 200


def test_no_line_of_a_template_is_long():
    """A template's line holds one attribute, one filter or one piece of text, not a whole row."""
    names = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "*.html"],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    paths = [REPOSITORY / name for name in names if "/templates/" in name]
    assert len(paths) > 100
    found = [
        f"{path.relative_to(REPOSITORY)}:{number} ({len(line)} characters)"
        for path in paths
        if path.is_file()
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1)
        if len(line) > LONGEST
    ]
    assert found == []
