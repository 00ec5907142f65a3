"""``./portal bench load`` measures a table of any size."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from benchmarks import load, load_table
from benchmarks.__main__ import our_side


def test_the_table_is_the_same_in_each_run(tmp_path: Path) -> None:
    """It has the columns that it says it has, and the rows that are asked for."""
    first, second = tmp_path / "1.csv", tmp_path / "2.csv"
    names = load_table.write(first, 500)
    load_table.write(second, 500)
    assert first.read_bytes() == second.read_bytes()
    with first.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert (header, len(rows), len(names)) == (names, 500, 20)
    assert len({row[1] for row in rows}) > 100  # codes of areas


@pytest.mark.slow
def test_a_small_run() -> None:
    """Each step of the chain is measured, and the memory of both processes."""
    with our_side(load.PLUGINS) as side:
        lines = {line.what: line for line in load.measure(side, 2_000, 1)}
    assert all(line.value > 0 for line in lines.values())
    steps = ("reading", "writing the canonical CSV", "check", "load into the DataStore")
    assert sum(lines[step].value for step in steps) == pytest.approx(lines["the whole chain"].value)
    assert lines["from the file to searchable"].value > lines["the whole chain"].value
    for memory in ("memory of the worker", "memory of its reading room"):
        assert 20 < lines[memory].value < 1_000
    told = json.loads(load.as_json([*lines.values()]))
    assert [result["what"] for result in told["results"]] == [*lines]
    assert all(what in load.as_table([*lines.values()]) for what in lines)
