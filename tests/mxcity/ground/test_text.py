"""Texts are compared in one way, wherever they come from."""

from __future__ import annotations

import unicodedata

import pytest
from ckanext.mxcity.ground.text import folded, folded_address, folded_words
from ckanext.mxcity.ground.vocabularies import vocabulary
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ciudad de MÉXICO", " ciudad de méxico"), ("Nuevo Leo\u0301n", "nuevo leon"), ("Año", "ano")],
)
def test_case_and_accents_make_no_difference(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize("written", ["obra_publica", "Obra  pública", "«Obra», pública."])
def test_words_are_the_same_however_they_are_parted(written: str) -> None:
    assert folded_words(written) == "obra publica"


@given(st.text())
def test_what_is_folded_stays_as_it_is(text: str) -> None:
    for fold in (folded, folded_words):
        once = fold(text)
        # Some letters (ŉ, ǰ) are folded to what has a mark of its own again.
        assert fold(fold(once)) == fold(once)
        assert not any(map(unicodedata.combining, once))


def test_a_term_is_found_by_its_address_with_or_without_www() -> None:
    """The lists and the readers of other portals agree about addresses."""
    licences = vocabulary("licences")
    key, address = next(
        (term.key, term.extra["uri"]) for term in licences.terms.values() if term.extra.get("uri")
    )
    bare = folded_address(address)
    for written in (bare, f"http://{bare}/", f"https://www.{bare}", f"HTTPS://{bare}"):
        found = licences.find(written)
        assert found is not None
        assert found.key == key
