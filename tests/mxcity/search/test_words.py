"""What our analysers make of words, asked of the real core."""

from __future__ import annotations

import pytest
from ckanext.mxcity.catalogue.solr import solr_config
from ckanext.mxcity.catalogue.solr.synonyms import read_rules, solr_rules
from ckanext.mxcity.search.question import essence
from ckanext.mxcity.search.ranking import rank

from .conftest import ask_solr, solr_core

#: Pairs that a resident means as one: accents, plurals, both.
ONE = [
    ("León", "leon"), ("licitación", "licitaciones"), ("licitaciones", "licitacion"),
    ("contratación", "contrataciones"), ("año", "años"), ("policía", "policias"),
    ("índice", "índices"), ("índice", "indice"), ("vialidad", "vialidades"), ("ley", "leyes"),
    ("luz", "luces"), ("país", "países"), ("país", "pais"), ("cárcel", "carceles"),
    ("crimen", "crímenes"), ("municipio", "municipios"), ("municipales", "municipal"),
    ("presupuesto", "presupuestos"), ("Juárez", "juarez"), ("San Nicolás", "san nicolas"),
    ("Güemes", "guemes"), ("bache", "baches"), ("semáforo", "semaforos"),
    ("servidor", "servidores"), ("transporte", "transportes"), ("análisis", "analisis"),
    ("tránsito", "transito"), ("obra", "obras"), ("avance", "avances"), ("base", "bases"),
    ("serie", "series"), ("clase", "clases"), ("enlace", "enlaces"), ("cruz", "CRUZ"),
]  # fmt: skip
#: Pairs that differ in one letter and are not the same.
TWO = [
    ("año", "ano"), ("años", "anos"), ("niño", "nino"), ("casa", "caso"), ("puerto", "puerta"),
    ("medio", "media"), ("monte", "monta"), ("gasto", "gasta"), ("Peña", "pena"),
    ("piña", "pina"), ("caña", "cana"), ("Abasolo", "abasola"),
]  # fmt: skip


def analysed(text: str, field_type: str = "text_mx", side: str = "index") -> list[str]:
    """The terms that Solr makes of a text, in order."""
    params = {"analysis.fieldtype": field_type, "wt": "json"}
    params["analysis.fieldvalue" if side == "index" else "analysis.query"] = text
    answer = ask_solr(f"{solr_core()}/analysis/field", **params).json()
    steps = answer["analysis"]["field_types"][field_type][side]
    return [token["text"] for token in steps[-1]]


@pytest.mark.parametrize(("one", "other"), ONE)
def test_the_same_word(one: str, other: str):
    """Accents, capitals and the plural do not part two spellings of a word."""
    assert analysed(one) == analysed(other) != []


@pytest.mark.parametrize(("one", "other"), TWO)
def test_another_word(one: str, other: str):
    """Words that differ in more than that stay apart, and ñ is a letter of its own."""
    assert analysed(one) != analysed(other)


def test_who_types_without_enie_is_understood():
    """The second field, ranked below, reads año and ano alike."""
    assert analysed("año niños", "text_mx_folded") == analysed("ano ninos", "text_mx_folded")


@pytest.mark.parametrize("field_type", ["text_mx", "text_mx_folded", "text_mx_exact"])
def test_decomposed_text_is_the_same_text(field_type: str):
    """A name copied from a Mac (letters and marks apart) gives the same terms."""
    assert analysed("Leo\u0301n Pen\u0303a an\u0303os", field_type) == analysed(
        "León Peña años", field_type
    )


def test_the_state_is_not_a_stop_word():
    """ "Estado de Nuevo León" and "estado de fuerza" keep their first word; articles go."""
    assert analysed("El Estado de Nuevo León") == ["estado", "nuevo", "leon"]
    assert analysed("contra entre nada sobre") == ["contra", "entre", "nada", "sobre"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("basura", "residuo"), ("baches", "bacheo"), ("focos", "luminaria"),
        ("camiones", "autobu"), ("chamba", "empleo"), ("kinder", "preescolar"),
        ("mordidas", "corrupcion"), ("choques", "siniestro"), ("coladera", "alcantarillado"),
        ("N.L.", "nuevo"), ("mty", "monterrey"), ("gto", "guanajuato"), ("edomex", "estado"),
        ("san nico", "nicola"), ("gral", "general"), ("ninos", "niño"),
    ],
)  # fmt: skip
def test_everyday_words_reach_official_ones(typed: str, meant: str):
    """A question is asked with the official word too."""
    assert meant in analysed(typed, side="query")


def test_the_longest_question_is_answered():
    """As many words as are asked, each with the most synonyms, are not too much for Solr."""
    rules = solr_config.vocabulary_lines("synonyms.txt")
    phrases = [line.split(" => ") for line in solr_rules(read_rules(rules), frozenset())]
    words = sorted((p for p in phrases if " " not in p[0]), key=lambda p: -len(p[1]))
    long = essence(" ".join(phrase for phrase, _ in words[:40]))
    asked = {**rank({"q": long}), "wt": "json"}
    assert ask_solr(f"{solr_core()}/select", **asked).ok


def test_synonyms_of_a_question_are_not_written_in_the_index():
    """A new synonym needs no reindexing: texts are indexed as they are."""
    assert analysed("basura") == ["basura"]


def test_what_was_typed_keeps_its_form_in_the_exact_field():
    """The exact field neither stems nor folds what is asked."""
    assert analysed("Índices", "text_mx_exact", "query") == ["índices"]
    assert analysed("Índices", "text_mx_exact") == ["indices", "índices"]
