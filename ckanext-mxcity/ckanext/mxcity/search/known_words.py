"""Words that are right as they are typed, and those that are a subject of data.  No CKAN here."""

from __future__ import annotations

from functools import lru_cache

from ckanext.mxcity.catalogue.solr.solr_config import vocabulary_lines
from ckanext.mxcity.catalogue.solr.text_rules import entries, fold, plural, words
from ckanext.mxcity.ground.areas import areas

_LISTS = ("synonyms.txt", "places.txt", "stop_words.txt", "fillers.txt", "generic.txt")


def is_known(word: str) -> bool:
    """Return whether a word needs no correction: one of our lists, or of the name of a place."""
    folded = fold(word)
    return any(folded in _words(name) for name in _LISTS) or folded in _area_words()


def is_subject(word: str) -> bool:
    """Return whether data may be about a word: not a place, nor what all data are about."""
    folded = fold(word)
    if folded in _words("generic.txt"):
        return False
    return folded not in _words("places.txt") or folded in _words("synonyms.txt", alone=True)


@lru_cache(maxsize=16)
def _words(name: str, *, alone: bool = False) -> frozenset[str]:
    """Return the words of a list, folded, in the singular and the plural.

    Args:
        name: the file.
        alone: leaves out those that are but a part of a phrase.

    """
    found: set[str] = set()
    for line in entries(vocabulary_lines(name)):
        for phrase in line.replace("=>", ",").split(","):
            parts = words(fold(phrase))
            for word in parts if len(parts) == 1 or not alone else ():
                found |= {word, plural(word)}
    return frozenset(found)


@lru_cache(maxsize=1)
def _area_words() -> frozenset[str]:
    """Return the words of the names of states and municipalities, folded."""
    return frozenset(word for area in areas().values() for word in words(fold(area.name)))
