"""What a schema says stands for no value is no value, however the canonical table is written."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest
from ckanext.mxcity.files import canonical
from ckanext.mxcity.files.model import Column
from ckanext.mxcity.files.source import engine
from ckanext.mxcity.files.sql import literal
from hypothesis import given, settings
from hypothesis import strategies as st

NUMBERS = st.from_regex(r"-?(0|[1-9][0-9]{0,2})", fullmatch=True)
MARKS = st.lists(st.one_of(NUMBERS, st.sampled_from(["-", "S/N", "x", "-n", "+9"])), max_size=3)


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB."""
    with engine() as made:
        yield made


@settings(max_examples=200, deadline=None)
@given(st.lists(NUMBERS, min_size=1, max_size=8), MARKS, st.sampled_from(["integer", "number"]))
def test_marks_of_a_schema(
    connection: duckdb.DuckDBPyConnection, cells: list[str], marks: list[str], kind: str
) -> None:
    """A number that is such a mark is left out, below zero or not; any other stays as it is."""
    column = Column("x", "x", kind, "", None, "", 0, absent=tuple(marks))
    listed = ", ".join(literal(cell) for cell in cells)
    rows = connection.execute(
        f"SELECT {canonical.expression('v', column)} FROM (SELECT unnest([{listed}]) AS v)"
    ).fetchall()
    assert [row[0] for row in rows] == [None if cell in marks else cell for cell in cells]
