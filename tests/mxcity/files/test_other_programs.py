"""What LibreOffice and GDAL make of a table is read as what was written before.

They are large, and not installed by ``./portal test``: see CONTRIBUTING.md.
"""

from __future__ import annotations

import csv
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from round_trips import NIGHTLY

from tests.mxcity.files.random_tables import Table, tables
from tests.mxcity.files.test_round_trips import plain, read_back

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]

#: A program takes a second or more to start, so that many tables go through it together.
TABLES, ROUNDS = 20, settings(max_examples=10 if NIGHTLY else 1, deadline=None)
SAME_NAMES = st.lists(tables(plain=True), min_size=TABLES, max_size=TABLES)


def program(name: str) -> str:
    """Where a program is; without it the test is skipped."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def run(*command: str | Path) -> None:
    """Run a program that has to end well."""
    done = subprocess.run(list(map(str, command)), capture_output=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr.decode()


def written(folder: Path, number: int, table: Table, suffix: str) -> Path:
    """A table as a file."""
    path = folder / f"t{number}{suffix}"
    if suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([table.names, *table.rows])
        return path
    book = openpyxl.Workbook()
    book.active.append(table.names)
    for row in table.rows:
        book.active.append([float(cell) if isinstance(cell, Decimal) else cell for cell in row])
    book.save(path)
    return path


def compared(path: Path, table: Table) -> None:
    """The table that is read of a file has the cells of the one that was meant."""
    _, (_, *rows), said = read_back(path)
    wanted = table.published()
    assert len(rows) == len(wanted)
    for number, kind in enumerate(table.kinds):
        if kind == "day" and "ambiguous-dates" in said:
            continue
        found = [plain(row[number]) for row in rows]
        assert found == [plain(row[number]) for row in wanted], (path, kind, said)


@pytest.mark.parametrize("suffix", [".ods", ".xls", ".xlsx", ".csv"])
@ROUNDS
@given(made=SAME_NAMES)
def test_libreoffice(
    suffix: str, made: list[Table], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A workbook that LibreOffice saved in another kind has the same table."""
    soffice = program("soffice")
    folder = tmp_path_factory.mktemp("office")
    sources = [written(folder, number, table, ".xlsx") for number, table in enumerate(made)]
    out = folder / "out"
    run(
        soffice, "--headless", f"-env:UserInstallation=file://{folder}/profile",
        "--convert-to", suffix[1:], "--outdir", out, *sources,
    )  # fmt: skip
    for source, table in zip(sources, made, strict=True):
        compared(out / f"{source.stem}{suffix}", table)


@pytest.mark.parametrize(
    ("suffix", "driver"), [(".xlsx", "XLSX"), (".ods", "ODS"), (".csv", "CSV"), (".gpkg", "GPKG")]
)
@ROUNDS
@given(made=SAME_NAMES)
def test_gdal(
    suffix: str, driver: str, made: list[Table], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A table that GDAL copied as text into another kind is the same."""
    ogr2ogr = program("ogr2ogr")
    folder = tmp_path_factory.mktemp("gdal")
    for number, table in enumerate(made):
        source, target = written(folder, number, table, ".csv"), folder / f"o{number}{suffix}"
        run(ogr2ogr, "-f", driver, target, source, "-oo", "AUTODETECT_TYPE=NO")
        compared(target, table)
