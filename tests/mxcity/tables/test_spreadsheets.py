"""CSV for spreadsheets: what one of them would run is shown, and nothing else changes."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from ckan.tests import helpers
from ckanext.mxcity.tables.downloads import neutral
from hypothesis import given, settings
from hypothesis import strategies as st

FORMULAS = (
    "=1+1", "+1+cmd", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", '"=1+1"', "  =1", "'=1", "＝1+1",
    "＠x", "\ufeff=1", "-", "=", "+52 81 8345", "-1-2",
)  # fmt: skip
PLAIN = ("", "a", "-5", "+3.14", "-1,234.50", "0", "a=1", "1-2", "Nuevo León", "(=)")


@pytest.fixture(scope="module")
def app(streets: dict[str, Any]) -> Any:
    """The portal, with the table in it."""
    return helpers._get_test_app()


def rows(text: bytes) -> list[list[str]]:
    """The rows of a CSV, its head left out."""
    return list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))[1:]


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas_get_an_apostrophe(text: str):
    """It stands before the cell, and taking it away gives back what is stored."""
    assert neutral.neutral(text) == "'" + text


@pytest.mark.parametrize("text", PLAIN)
def test_other_text_stays(text: str):
    """Words, numbers and what only holds a sign are as they were."""
    assert neutral.neutral(text) == text


@pytest.mark.parametrize("value", [-5, -1.5, True, None])
def test_what_is_no_text_stays(value: object):
    """A number below zero is one."""
    assert neutral.neutral(value) is value


ODD = st.lists(
    st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), max_size=8)
    | st.text("=+-@'\"\t\r\n ＝0123456789.,a", max_size=6),
    min_size=50, max_size=120,
)  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(texts=ODD)
def test_database_and_portal_agree(streets, texts: list[str]):
    """The database, which writes most of these files, reads every text as Python does."""
    from ckanext.datastore.backend.postgres import get_read_engine

    sql = (
        f"SELECT {neutral.expression('value', 'text').replace('%', '%%')}"
        " FROM unnest(CAST(%s AS text[])) WITH ORDINALITY AS given (value, number) ORDER BY number"
    )
    with get_read_engine().connect() as connection, connection.connection.cursor() as driver:
        driver.execute(sql, (texts,))
        found = [row[0] for row in driver.fetchall()]
    assert found == [neutral.neutral(text) for text in texts]


@pytest.mark.parametrize("address", ["/table/{}.csv", "/datastore/dump/{}"])
def test_files_for_spreadsheets(app, streets, address: str):
    """Only who asks for it gets the variant, and only text that looks like a formula differs."""
    path = address.format(streets["id"])
    plain = rows(app.get(path).get_data())
    safe = rows(app.get(f"{path}?spreadsheet=true").get_data())
    changed = [
        (before, after)
        for row, other in zip(plain, safe, strict=True)
        for before, after in zip(row, other, strict=True)
        if before != after
    ]
    assert changed == [('=Ñáñez, "Sur"\n2', '\'=Ñáñez, "Sur"\n2')]
    assert safe[0][-1] == "-100.3"


def test_page_says_what_the_variant_is(app, streets):
    """The file's page offers it in words."""
    body = app.get(f"/dataset/{streets['package_id']}/resource/{streets['id']}").body
    assert f"/table/{streets['id']}.csv?spreadsheet=true" in body
    assert "apostrophe" in body
