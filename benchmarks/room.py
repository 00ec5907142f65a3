"""What the reading room costs: the same file read in a child without doors, and in the process."""

from __future__ import annotations

import csv
import json
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import openpyxl
from ckanext.mxcity.files import read_file
from ckanext.mxcity.files import reading as inside

from benchmarks.measure import Result, in_turn

#: Rows and columns of the large table.
ROWS, COLUMNS = 300_000, 20


def measure(rounds: int) -> list[Result]:
    """Read small files of three kinds and a large table; the ratio is room divided by process."""
    with tempfile.TemporaryDirectory(prefix="mxcity-bench-") as name:
        folder = Path(name)
        return [
            _compare(label, path, min(rounds, 3) if label == "large.csv" else rounds)
            for label, path in _files(folder).items()
        ]


def as_table(results: list[Result]) -> str:
    """Return a line a file: milliseconds in the room and in the process, and what the room adds."""
    return "\n".join(
        f"{result.what:<14} room {result.ours * 1000:,.0f} ms, process {result.stock * 1000:,.0f} "
        f"ms, added {(result.ours - result.stock) * 1000:,.0f} ms, ratio {result.ratio:.2f} "
        f"({result.ratio_min:.2f} – {result.ratio_max:.2f}, {result.pairs} pairs)"
        for result in results
    )


def _compare(label: str, path: Path, rounds: int) -> Result:
    return in_turn(
        label,
        lambda: _timed(lambda: read_file(path, path.name)),
        lambda: _timed(lambda: inside.read_file(path, path.name)),
        rounds,
    )


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _files(folder: Path) -> dict[str, Path]:
    small: list[list[object]] = [
        ["colonia", "reportes", "fecha"],
        *(["Centro", n, "2026-01-31"] for n in range(50)),
    ]
    made = {name: folder / name for name in ("small.csv", "small.xlsx", "small.geojson")}
    with made["small.csv"].open("w", newline="") as file:
        csv.writer(file).writerows(small)
    book = openpyxl.Workbook()
    for row in small:
        book.worksheets[0].append(row)
    book.save(made["small.xlsx"])
    features = [
        {
            "type": "Feature",
            "properties": {"a": number},
            "geometry": {"type": "Point", "coordinates": [-100.3, 25.6]},
        }
        for number in range(50)
    ]
    document = {"type": "FeatureCollection", "features": features}
    made["small.geojson"].write_text(json.dumps(document))
    made["large.csv"] = folder / "large.csv"
    chance = random.Random(1)  # the same table each time
    with made["large.csv"].open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(f"c{number}" for number in range(COLUMNS))
        for _ in range(ROWS):
            writer.writerow(chance.randrange(100_000) for _ in range(COLUMNS))
    return made
