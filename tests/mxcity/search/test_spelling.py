"""Which words are corrected, and which are not; no server needed."""

from __future__ import annotations

import pytest
from ckanext.mxcity.search.known_words import is_known, is_subject
from ckanext.mxcity.search.question import essence
from ckanext.mxcity.search.second_tries import second_tries
from ckanext.mxcity.search.spelling import Spelling, correct, distance, sound
from ckanext.mxcity.search.subjects import topic_of


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("lumniarias", "luminarias"), ("licitasiones", "licitaciones"),
        ("recolecion", "recoleccion"), ("vibliotecas", "bibliotecas"),
        ("presupesto", "presupuesto"), ("hospitlaes", "hospitales"), ("ospitales", "hospitales"),
    ],
)  # fmt: skip
def test_a_slip_is_corrected(typed: str, meant: str):
    """What sounds alike, letters that changed places, one wrong letter of many."""
    assert correct([typed], {typed: [meant]}, lambda word: False).sure == meant


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("mitras", "metros"), ("contry", "contra"), ("topo", "tipo"), ("chico", "caido"),
        ("renta", "venta"), ("boca", "boda"), ("moderna", "moderno"), ("estanzuela", "estanzuelas"),
        ("residencial", "presidencial"), ("bares", "baches"), ("tirada", "tienda"),
        ("contrato", "contrata"), ("rivera", "ribera"),
    ],
)  # fmt: skip
def test_another_word_is_not_put_in_its_place(typed: str, near: str):
    """A short word, another ending, another beginning: no correction is sure."""
    assert correct([typed], {typed: [near]}, lambda word: False).sure is None


def test_two_words_that_may_be_meant_are_not_sure():
    """Where there is a choice, it is the resident's."""
    near = {"transpotre": ["transporte", "transportes"], "casamenta": ["casamento", "cazamenta"]}
    assert correct(["transpotre"], near, lambda word: False).sure == "transporte"
    two = {"proyesto": ["proyecto", "proyesta"]}
    assert correct(["proyesto"], two, lambda word: False) == Spelling(None, "proyecto")


def test_a_known_word_is_neither_corrected_nor_offered_another():
    """Whatever is near it in the datasets."""
    assert correct(["lumniarias"], {"lumniarias": ["luminarias"]}, lambda word: True) == Spelling()


@pytest.mark.parametrize(
    "word",
    [
        "debe",
        "renta",
        "recibo",
        "calor",
        "dengue",
        "presa",
        "boca",
        "bares",
        "garza",
        "García",
        "Pedro",
        "niños",
        "viaticos",
    ],
)
def test_words_of_our_lists_and_of_places_are_known(word: str):
    """In the singular and the plural, with accents and without."""
    assert is_known(word)


def test_distance_and_sound():
    """Letters that changed places are one slip; b and v sound alike."""
    assert [distance("cilcovias", "ciclovias"), distance("mitras", "metros")] == [1, 2]
    assert sound("vachez") == sound("baches")


def test_a_word_is_left_out_before_one_is_changed():
    """A name that no dataset has is right; a city alone is no subject."""
    slip = Spelling("hospitales monterrey", "hospitales monterrey")
    assert not is_subject("monterrey")
    assert not is_subject("municipio")
    assert is_subject("baches")
    assert is_subject("mitras")
    loose, *rest = second_tries("baches en mitras", Spelling())
    assert (loose.words, loose.relaxed, rest) == ("baches en mitras", True, [])
    first, second = second_tries("hospitlaes en monterrey", slip)
    assert (first.words, first.relaxed) == ("hospitales monterrey", False)
    assert (second.words, second.relaxed) == ("hospitlaes en", True)
    assert [trial.words for trial in second_tries("dengue en monterrey", Spelling())] == [
        "dengue en"
    ]
    assert second_tries("dengue", Spelling()) == []


@pytest.mark.parametrize(
    ("asked", "topic"),
    [
        ("dengue", "salud"), ("mosquitos", "salud"), ("viáticos del alcalde", "finanzas"),
        ("presa la boca", "agua"), ("¿hay hospitales?", "salud"), ("balaceras", "seguridad"),
    ],
)  # fmt: skip
def test_a_question_has_a_nearest_topic(asked: str, topic: str):
    """By the lists of everyday words, and by what the topics say of themselves."""
    found = topic_of(asked)
    assert found is not None
    assert found.key == topic


def test_a_question_may_have_no_topic():
    """Words that no list has lead nowhere."""
    assert topic_of("xilófonos") is None


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("a qué hora pasa la basura", "la basura"),
        ("qué días pasa la basura", "días la basura"),
        ("camiones por hora", "camiones por hora"),
    ],
)
def test_a_phrase_that_frames_a_question_is_left_out_whole(asked: str, kept: str):
    """Who asks when something comes does not ask for hours."""
    assert essence(asked) == kept
