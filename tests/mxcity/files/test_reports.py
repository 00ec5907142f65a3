"""Each public report in the reference has files of its trait, and the reference has each."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.mxcity.files.made_tables import FILES

REFERENCE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "reading.md"
#: By report: the files of its trait, whose tables and notes ``test_made_tables`` compares.
REPORTS = {
    "OSGeo/gdal 9172": ["header_line_breaks.csv"],
    "duckdb/duckdb 15783": ["lone_return.csv"],
    "duckdb/duckdb 14114": ["long_row.csv", "quote_open.csv"],
    "duckdb/duckdb 14883": ["quote_inside.csv"],
    "duckdb/duckdb 25827": ["delimiter_inside.csv"],
    "datagouv/csv-detective 44": ["header_twice.csv"],
    "wireservice/csvkit 806": ["code_na.csv"],
    "wireservice/csvkit 805": ["decimal_comma.csv", "decimal_comma_quoted.csv",
                               "decimal_comma_or_thousands.csv"],
    "pola-rs/polars 18797": ["thousands_point.csv", "thousands_point_alone.csv"],
    "frictionlessdata/frictionless-py 1024": ["merged_three_rows.xlsx"],
    "frictionlessdata/tabulator-py 171": ["merged_body.xlsx"],
    "frictionlessdata/frictionless-py 100": ["bad_byte.csv", "latin.csv"],
    "portolan-sdi/portolan-cli 783": ["letters_without_cpg.zip", "letters_cpg_lies.zip",
                                      "letters_cpg_says_utf8.zip"],
    "tafia/calamine 432": ["sparse_corner.xlsx", "sparse_row.xlsx"],
    "geopandas/geopandas 2339": ["ids_with_blanks.geojson"],
    "ckan/ckanext-xloader 51": ["more_cells.csv"],
    "ckan/ckanext-xloader 15": ["equal_names.csv"],
    "ckan/ckanext-xloader 206": ["blank_lines.csv"],
    "dathere/qsv 275": ["day_first.csv", "day_or_month.csv", "day_short_year.csv"],
    "dathere/datapusher-plus 173": ["wider_rows.csv"],
    "ckan/ckan 7924": ["zone_utc.csv", "zone_offset.csv", "zone_mixed.csv"],
    "nao1215/filesql 149": ["zeros_late.csv"],
    "OpenRefine/OpenRefine 6527": ["mark_twice.csv"],
    "gbif/portal-feedback 1936": ["day_of_spreadsheet.xlsx", "day_as_serial.xlsx"],
}  # fmt: skip


def rows() -> list[list[str]]:
    """The table of reports."""
    text = REFERENCE.read_text("utf-8").partition("## Public reports")[2]
    lines = [line for line in text.splitlines() if re.match(r"\| \w[\w.-]+/", line)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_every_report_is_there_once() -> None:
    """The reference has the reports that there are files for, and says what is done with each."""
    found = [report.partition(",")[0] for report, _, _ in rows()]
    assert sorted(found) == sorted(REPORTS)
    assert all(trait and done for _, trait, done in rows())


@pytest.mark.parametrize("report", REPORTS)
def test_every_report_has_its_files(report: str) -> None:
    """They are among those that are compared cell by cell."""
    assert REPORTS[report]
    assert set(REPORTS[report]) <= set(FILES)
