"""What a resident types, brought to what is worth asking Solr.  No CKAN here."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources

from ckanext.mxcity.catalogue.solr.text_rules import entries, fold

_WORDS = resources.files("ckanext.mxcity.catalogue.solr") / "vocabulary"
#: Signs of Solr's query language: a field, a phrase, a wildcard, a range, an operator.
_LANGUAGE = re.compile(
    r"\w:\S|[\"*~^\[\]{}\\]|(?:^|\s)[+\-!]\w|(?:^|\s)(?:AND|OR|NOT)(?:\s|$)|&&|\|\|"
)
#: Each word brings its synonyms, and Solr allows a query a limited number of clauses.
_MOST_WORDS = 12
#: Words of the longest framing phrase: "cerca de mi casa".
_LONGEST_FILLER = 4
_NOT_A_WORD = re.compile(r"[^\w.'\-]+|(?<!\w)[.'\-]+|[.'\-]+(?!\w)")


def is_plain(q: str) -> bool:
    """Return whether the text is just words, not an expression of Solr's query language."""
    return bool(q.strip()) and not _LANGUAGE.search(q)


def plain_words(q: str) -> list[str]:
    """Split a plain question into words, without question marks and other punctuation."""
    return _NOT_A_WORD.sub(" ", q).split()


def essence(q: str) -> str:
    """Return a plain question without the words that only frame it.

    "¿Cuándo pasa la basura en mi colonia?" becomes "la basura en mi colonia".  A question made of
    such words alone stays whole.  Of a pasted text the first words are asked.
    """
    typed = plain_words(q)
    kept = _without_fillers(typed)
    meaning = [word for word in kept if fold(word) not in stop_words()]
    return " ".join((kept if meaning else typed)[:_MOST_WORDS])


def _without_fillers(typed: list[str]) -> list[str]:
    """Leave out the framing words and phrases of a question."""
    kept: list[str] = []
    place = 0
    while place < len(typed):
        for length in range(_LONGEST_FILLER, 0, -1):
            if fold(" ".join(typed[place : place + length])) in _fillers():
                place += length
                break
        else:
            kept.append(typed[place])
            place += 1
    return kept


@lru_cache(maxsize=1)
def stop_words() -> frozenset[str]:
    """Return the words without a meaning of their own, folded."""
    return _folded("stop_words.txt")


@lru_cache(maxsize=1)
def _fillers() -> frozenset[str]:
    """Return the framing words, folded."""
    return _folded("fillers.txt")


def _folded(name: str) -> frozenset[str]:
    lines = (_WORDS / name).read_text(encoding="utf-8").splitlines()
    return frozenset(fold(word) for word in entries(lines))
