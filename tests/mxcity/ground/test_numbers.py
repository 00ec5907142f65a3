"""Whole numbers are read in one way, by every address and action that takes one."""

from __future__ import annotations

import sys
import unicodedata
from typing import Any
from urllib.parse import quote

import pytest
from ckan.tests import factories
from ckanext.mxcity.ground.numbers import whole_number, without_groups
from hypothesis import given
from hypothesis import strategies as st

#: A sign of every script that Python takes for a digit, and is none of 0 to 9.
STRANGE = sorted(
    {
        unicodedata.name(chr(code)).split(" DIGIT")[0]: chr(code)
        for code in range(128, sys.maxunicode)
        if chr(code).isdigit() or chr(code).isnumeric()
    }.values()
)


@given(st.integers(0, 999_999_999))
def test_digits_are_their_number(number: int) -> None:
    for written in (str(number), f" {number} ", f"{number:09d}"):
        assert whole_number(written) == number


@given(st.text() | st.floats().map(str) | st.sampled_from(STRANGE))
def test_a_text_is_a_number_or_none_and_never_an_error(text: str) -> None:
    found = whole_number(text)
    assert (found is None) == (not text.strip().isascii() or not text.strip().isdecimal()
                               or len(text.strip()) > 9)  # fmt: skip


@pytest.mark.parametrize("text", [None, "", "-1", "+1", "1.0", "1e3", "1_000", "0x10", True])
def test_other_ways_to_write_are_none(text: Any) -> None:
    assert whole_number(text) is None


ADDRESSES = (
    "/api/3/action/mxcity_search_suggest?q=agua&limit={}",
    "/api/3/action/mxcity_area_autocomplete?q=monte&limit={}",
    "/api/3/action/dcat_catalog_show?page={}",
    "/api/3/action/harvest_job_list?limit={}",
    "/api/3/action/harvest_job_list?offset={}",
    "/api/3/action/datahub_change_list?organization_id=numeros&limit={}",
    "/api/3/action/datahub_change_list?organization_id=numeros&offset={}",
    "/api/3/action/package_search?rows={}",
    "/catalog.ttl?page={}",
)


@pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index")
def test_every_address_refuses_what_is_no_number(app: Any) -> None:
    """400 or 409 with the argument's name, or the answer of an address that forgives: no error."""
    factories.Organization(name="numeros")
    headers = {"Authorization": factories.SysadminWithToken()["token"]}
    for address in ADDRESSES:
        for written in ("²", "٣", "½", "-1", "1e3", "9" * 40, "mil"):
            answer = app.get(address.format(quote(written)), headers=headers, status=None)
            assert answer.status_code < 500, (address, written, answer.body[:300])


@pytest.mark.parametrize(
    ("written", "read"),
    [("1,000", "1000"), ("-12,500.25", "-12500.25"), ("12,345,678", "12345678")],
)
def test_thousands_lose_their_commas(written: str, read: str) -> None:
    assert without_groups(written) == read


@pytest.mark.parametrize("text", ["1,00", "0,100", "1,0000", "1,000,00", "mil", ""])
def test_other_commas_stay(text: str) -> None:
    assert without_groups(text) == text
