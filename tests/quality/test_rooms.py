"""The page of the rooms says what the contracts say, and names files that are there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PAGE = REPOSITORY / "docs" / "contributing" / "rooms.md"
PORTAL, HARVEST = "ckanext.mxcity", "ckanext.sniegharvest"
#: A path begins at the root of the checkout or at that of a package.
ROOTS = (
    REPOSITORY,
    REPOSITORY / "ckanext-mxcity" / "ckanext" / "mxcity",
    REPOSITORY / "ckanext-sniegharvest" / "ckanext" / "sniegharvest",
)


def rows(heading: str) -> list[list[str]]:
    """The cells of the table under a heading, row by row, without its head."""
    section = PAGE.read_text("utf-8").split(f"\n## {heading}", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def code(cell: str) -> list[str]:
    """What a cell has in letters of code."""
    return re.findall(r"`([^`]+)`", cell)


def files(cell: str) -> list[str]:
    """The paths that a cell names."""
    return [text for text in code(cell) if "/" in text]


@pytest.mark.parametrize(("heading", "package"), [("The portal", PORTAL), ("The harvest", HARVEST)])
def test_rooms_are_those_of_the_contract(heading: str, package: str) -> None:
    told = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
    contracts = told["tool"]["importlinter"]["contracts"]
    (layered,) = [one for one in contracts if one.get("containers") == [package]]
    layers = [re.findall(r"\w+", layer) for layer in layered["layers"]]
    assert [code(room) for room, *_ in rows(heading)] == layers
    (root,) = [folder for folder in ROOTS if folder.name == package.rpartition(".")[2]]
    missing = [
        name
        for names in layers
        for name in names
        if not ((root / name).is_dir() or (root / f"{name}.py").is_file())
    ]
    assert missing == []


def test_ten_changes_touch_four_files_at_most() -> None:
    changes = rows("Ten changes")
    assert len(changes) == 10
    assert [change for change, _, told in changes if not 1 <= len(files(told)) <= 4] == []


def test_files_are_there() -> None:
    """Each file that the page names is there; of a new one there is another of its kind."""
    named = {path for *_, told in rows("Ten changes") for path in files(told)}
    missing = [
        path
        for path in sorted(named)
        if not any(list(root.glob(path.replace("NAME", "*"))) for root in ROOTS)
    ]
    assert missing == []
