"""The code keeps to the measures that the project set for itself."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from code_measures import Measures, measure

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def measures() -> Measures:
    tracked = subprocess.run(
        ["git", "ls-files", "*.py"], cwd=REPOSITORY, check=True, capture_output=True, text=True
    ).stdout.split()
    paths = [
        REPOSITORY / name
        for name in tracked
        if not name.startswith("tests/") and "/migration/" not in name
    ]
    return measure([path for path in paths if path.exists()], REPOSITORY)


def test_every_argument_is_annotated(measures: Measures):
    """Every argument but self and cls has a type."""
    assert measures.unannotated == []


def test_few_arguments_take_anything(measures: Measures):
    """Under 6.2 % of the arguments and results have the type Any."""
    assert measures.anything_share < 0.062, measures.anything


def test_public_functions_are_documented(measures: Measures):
    """More than two thirds of the public functions say what they do."""
    assert measures.documented_share > 0.68, measures.undocumented


def test_few_long_files(measures: Measures):
    """Under 3 % of the files have more than 400 lines."""
    assert measures.long_file_share < 0.03, measures.long_files


def test_few_long_functions(measures: Measures):
    """Under 3 % of the functions have more than 50 lines."""
    assert measures.long_function_share < 0.03, measures.long_functions
