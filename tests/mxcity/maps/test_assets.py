"""What the maps send to a browser."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

import pytest

FOLDER = Path(str(resources.files("ckanext.mxcity.maps")))
FILES = [
    path
    for folder in ("assets", "templates")
    for path in sorted((FOLDER / folder).rglob("*"))
    if path.is_file()
]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_nothing_comes_from_another_host(path: Path) -> None:
    """No asset or template names an address of its own."""
    assert not re.search(r"(https?:)?//[\w.-]+\.\w", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_nothing_is_inline(path: Path) -> None:
    """A strict content policy can hold: no inline script, style or event, no eval."""
    text = path.read_text(encoding="utf-8")
    forbidden = r"<script|<style|\sstyle=|\son\w+=|\beval\(|innerHTML|new Function"
    assert not re.search(forbidden, text)
