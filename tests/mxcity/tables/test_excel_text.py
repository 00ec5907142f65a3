"""Every text of a table is in its workbook, character by character."""

from __future__ import annotations

import io

import pytest
from ckanext.mxcity.files.workbooks.xlsx_rows import unescaped
from ckanext.mxcity.ground.excel import escaped
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

#: Texts that are nearly, or are, what Excel writes for a character.
_NEAR = st.text(st.sampled_from("_x0041F\x01\r"), max_size=30)


@given(st.text() | _NEAR)
@example("_x0041\x01")
@example("_x0041_x0042_")
@example("\x01x0041_")
def test_texts_are_read_back(text: str) -> None:
    """What Excel's own escape hides is found again, and a text that looks like one is no escape."""
    assert unescaped(escaped(text)) == text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a\x01b", "a_x0001_b"),
        ("a\rb\n", "a_x000D_b\n"),
        ("\ufffe", "_xFFFE_"),
        ("\ud800", "_xD800_"),
        ("_x0041_", "_x005F_x0041_"),
        ("_x004_", "_x004_"),
        ("Ñ\t😀", "Ñ\t😀"),
    ],
)
def test_only_what_xml_does_not_keep_is_escaped(text: str, written: str) -> None:
    """The escape is Excel's; every other text stays as it is, and a workbook takes it."""
    assert escaped(text) == written
    book = Workbook()
    book.active["A1"] = escaped(text)
    target = io.BytesIO()
    book.save(target)
    assert load_workbook(target).active["A1"].value == written
