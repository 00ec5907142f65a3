"""The controlled lists and the areas of the country."""

from __future__ import annotations

from importlib import resources

import pytest
from ckanext.mxcity.ground.areas import (
    area_name,
    areas,
    restored_zero,
    search_areas,
    with_ancestors,
)
from ckanext.mxcity.ground.vocabularies import UnknownVocabularyError, localised, vocabulary

FOLDER = resources.files("ckanext.mxcity.schemas") / "vocabularies"
NAMES = sorted(
    item.name.removesuffix(".yaml")
    for item in FOLDER.iterdir()
    if item.name.endswith(".yaml") and item.name != "areas.yaml"
)


@pytest.mark.parametrize("name", NAMES)
def test_vocabulary_says_where_it_comes_from(name: str) -> None:
    """Every list has version, source and title, and a label in both languages for each term."""
    found = vocabulary(name)
    assert found.version
    assert len(found.source) > 3
    assert {"es", "en"} <= set(found.title)
    assert found.terms
    for term in found.terms.values():
        assert term.labels["es"]
        assert term.labels["en"]


@pytest.mark.parametrize("name", NAMES)
def test_no_two_terms_share_a_name(name: str) -> None:
    """Every key, label and alias leads to its own term."""
    found = vocabulary(name)
    for term in found.terms.values():
        for said in (term.key, *term.labels.values(), *term.extra.get("aliases", [])):
            assert found.find(said) == term, said


@pytest.mark.parametrize("name", ["nothing", "../dataset", "", "areas/x"])
def test_unknown_vocabulary(name: str) -> None:
    """A list that does not exist is named, and no other file is read."""
    with pytest.raises(UnknownVocabularyError, match="There is no vocabulary"):
        vocabulary(name)


def test_ways_to_say_a_term() -> None:
    """Case, accents, http or https and a last slash make no difference."""
    licences = vocabulary("licences")
    for said in (
        "cc-by",
        "CC-BY-4.0",
        "HTTP://creativecommons.org/licenses/by/4.0",
        "libre uso mx",
    ):
        assert licences.find(said) is not None, said
    assert licences.find("otra cosa") is None
    assert vocabulary("periodicity").find("ÚNICA VEZ") == vocabulary("periodicity").terms["NEVER"]


def test_topics_have_icon_and_theme() -> None:
    """Every topic has an icon, an EU theme and a sentence in plain Spanish."""
    for term in vocabulary("topics").terms.values():
        assert term.extra["icon"]
        assert term.extra["theme"].isupper()
        assert term.notes["es"].endswith(".")


def test_frequencies_have_iso_or_none() -> None:
    """Every periodicity says its ISO 8601 repetition or that it has none, and its URI."""
    found = vocabulary("periodicity")
    for term in found.terms.values():
        assert term.extra["iso8601"] is None or term.extra["iso8601"].startswith("R/P")
        assert found.uri(term.key) == f"{found.uri_base}{term.key}"


def test_language_falls_back() -> None:
    """es_MX falls back to es, an unknown language to Spanish."""
    texts = {"es": "Agua", "en": "Water"}
    assert [localised(texts, language) for language in ("es_MX", "en_GB", "fr")] == [
        "Agua",
        "Water",
        "Agua",
    ]


def test_areas_of_the_country() -> None:
    """All 32 states and 2,478 municipalities are there, and codes are text of the right length."""
    states = [area for area in areas().values() if area.is_state]
    municipalities = [area for area in areas().values() if not area.is_state]
    assert (len(states), len(municipalities)) == (32, 2478)
    assert all(len(area.code) == 2 for area in states)
    assert all(len(area.code) == 5 for area in municipalities)
    assert all(area.state_code == area.code[:2] for area in municipalities)
    assert {area.state_code for area in municipalities} == {area.code for area in states}


def test_names_of_areas() -> None:
    """A municipality is named with its state; an unknown code stays as it is."""
    assert area_name("19039") == "Monterrey, Nuevo León"
    assert area_name("11020") == "León, Guanajuato"
    assert area_name("01") == "Aguascalientes"
    assert area_name("99999") == "99999"


def test_widest_area_first() -> None:
    """A block's code is preceded by its state's and its municipality's."""
    assert list(with_ancestors("190390001")) == ["19", "19039", "190390001"]
    assert list(with_ancestors("19")) == ["19"]


@pytest.mark.parametrize(
    ("code", "restored"), [("1", "01"), ("9010", "09010"), ("0", None), ("39", None), ("x", None)]
)
def test_lost_zero(code: str, restored: str | None) -> None:
    """Only a code that exists with its zero is proposed."""
    assert restored_zero(code) == restored


def test_search_of_areas() -> None:
    """Accents do not matter; what begins with the text comes first, then the more populous."""
    assert search_areas("nuevo leon")[0].code == "19"
    assert search_areas("monterrey")[0].code == "19039"
    assert search_areas("leon")[0].code == "11020"
    assert search_areas("11020")[0].code == "11020"
    assert search_areas("garza")[0].name == "San Nicolás de los Garza"
    assert search_areas("  ") == []
    assert len(search_areas("san", limit=7)) == 7
