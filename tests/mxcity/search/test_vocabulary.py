"""The lists of words and how they become rules; no server needed."""

from __future__ import annotations

import pytest
from ckanext.mxcity.catalogue.solr import solr_config, text_rules
from ckanext.mxcity.catalogue.solr.synonyms import (
    VocabularyError,
    read_rules,
    solr_rules,
    spell_rules,
)
from ckanext.mxcity.search.question import essence, is_plain, plain_words
from ckanext.mxcity.search.ranking import QUERY_FIELDS, rank


def test_a_group_stands_both_ways_and_an_arrow_one_way():
    """Equivalents reach each other; a relation reaches from left to right alone."""
    rules = {rule.phrase: rule.others for rule in read_rules(["bache, bacheo", "hoyo => bache"])}
    assert rules == {"bache": {"bacheo": 0.7}, "bacheo": {"bache": 0.7}, "hoyo": {"bache": 0.5}}


def test_rules_carry_plurals_weights_and_no_stop_words():
    """A rule answers to the plural, keeps what was typed at full weight, and drops articles."""
    lines = list(solr_rules(read_rules(["basura, residuo de la casa"]), frozenset({"de", "la"})))
    assert "basuras => basuras, residuo|0.7 casa|0.7" in lines
    assert "residuos de la casa => residuos casa, basura|0.7" in lines or (
        "residuo de la casa => residuo casa, basura|0.7" in lines
    )


def test_a_word_with_enie_answers_without_it():
    """A rule for niño is also found by nino, in both fields."""
    rules = read_rules(["niño, infancia"])
    kept = list(solr_rules(rules, frozenset()))
    assert "nino => nino, infancia|0.7, niño|0.7" in kept
    folded = list(solr_rules(rules, frozenset(), keep_enie=False))
    assert "nino => nino, infancia|0.7" in folded


@pytest.mark.parametrize("line", ["bache", "bache,, hoyo", "a => b => c", "=> b"])
def test_a_line_that_cannot_be_read_is_named(line: str):
    """A mistake in a list says which line it is."""
    with pytest.raises(VocabularyError, match="Not a group"):
        read_rules([line])


def test_spelling_knows_the_everyday_words():
    """An everyday word is put beside the official one in the dictionary."""
    assert "residuos => residuos, basura" in list(spell_rules(read_rules(["basura, residuo"])))


def test_our_lists_are_read_and_are_broad():
    """The lists that ship have several hundred groups, and no word that explodes a query."""
    lines = [*solr_config.vocabulary_lines("synonyms.txt")]
    assert len(list(text_rules.entries(lines))) >= 400
    rules = solr_rules(read_rules(lines), frozenset())
    assert max(len(rule.split(" => ")[1].replace(",", " ").split()) for rule in rules) <= 60


def test_the_state_is_not_among_the_stop_words():
    """The usual Spanish lists have it, and lose "Estado de México"."""
    stops = set(text_rules.entries(solr_config.vocabulary_lines("stop_words.txt")))
    assert not stops & {"estado", "estados", "contra", "entre", "nada", "sobre"}


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("¿Cuándo pasa la basura en mi colonia?", "la basura en mi colonia"),
        ("quiero saber cuánto gana el alcalde", "gana el alcalde"),
        ("datos", "datos"),
        ("¿dónde hay?", "dónde hay"),
        ("covid-19 N.L.", "covid-19 N.L"),
    ],
)
def test_a_question_without_its_frame(asked: str, kept: str):
    """Words that only frame a question are not asked, unless there are no others."""
    assert essence(asked) == kept


@pytest.mark.parametrize("q", ['"obra pública"', "title:bache", "bach*", "+agua -sapal", "a AND b"])
def test_the_query_language_is_left_alone(q: str):
    """Who writes Solr's query language gets it."""
    assert not is_plain(q)
    assert rank({"q": q}).get("mxcity_q", q) == q


def test_punctuation_is_no_language():
    """Question marks, commas and a colon after a word are a resident's, not Solr's."""
    assert is_plain("Monterrey: ¿baches, hoyos?")
    assert plain_words("Monterrey: ¿baches, hoyos?") == ["Monterrey", "baches", "hoyos"]


@pytest.mark.parametrize("own", [{"defType": "dismax"}, {"qf": "title"}])
def test_a_caller_who_says_how_is_obeyed(own: dict[str, str]):
    """A caller's own parser or fields make the search theirs."""
    assert rank({"q": "baches", **own}) == {"q": "baches", **own}


def test_our_fields_are_asked_and_a_callers_minimum_is_kept():
    """A plain question goes to our fields; `mm` of the caller wins."""
    params = rank({"q": "baches", "mm": "1", "fq": "organization:x"})
    assert (params["qf"], params["mm"], params["fq"]) == (QUERY_FIELDS, "1", "organization:x")
    assert rank({"q": "*:*"}) == {"q": "*:*"}


def test_a_pasted_text_is_cut():
    """A page of text pasted into the box does not exceed what Solr allows a query."""
    assert len(essence("bache " * 500).split()) == 12
