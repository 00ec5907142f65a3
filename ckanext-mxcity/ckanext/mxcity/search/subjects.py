"""Which topic of the catalogue a question is about, by our lists of words.  No CKAN here."""

from __future__ import annotations

import re
from functools import lru_cache

from ckanext.mxcity.catalogue.solr.solr_config import vocabulary_lines
from ckanext.mxcity.catalogue.solr.text_rules import entries, fold, variants, words
from ckanext.mxcity.ground.vocabularies import Term, vocabulary
from ckanext.mxcity.search.question import plain_words, stop_words

#: A heading of the list of synonyms that names the topic of what follows: "# ---- Health [salud]".
_HEADING = re.compile(r"# ---- [^\[]*(?:\[([\w-]+)\])?")
_LONGEST = 4


def topic_of(q: str) -> Term | None:
    """Return the topic of the longest phrase of a question that our lists know."""
    typed = [word for word in map(fold, plain_words(q)) if word]
    for length in range(min(_LONGEST, len(typed)), 0, -1):
        for start in range(len(typed) - length + 1):
            key = _topics().get(" ".join(typed[start : start + length]))
            if key:
                return vocabulary("topics").terms.get(key)
    return None


@lru_cache(maxsize=1)
def _topics() -> dict[str, str]:
    """Return the topic of each phrase; of the titles and notes of topics, of each word."""
    found: dict[str, str] = {}
    key = ""
    for line in vocabulary_lines("synonyms.txt"):
        heading = _HEADING.match(line)
        key = (heading[1] or "") if heading else key
        for entry in entries([line]) if key else ():
            for phrase in entry.split("=>")[0].split(","):
                for form in variants(" ".join(words(fold(phrase)))):
                    found.setdefault(form, key)
    for term in vocabulary("topics").terms.values():
        for text in (term.label(), term.notes.get("es", "")):
            for word in words(fold(text)):
                if word not in stop_words():
                    found.setdefault(word, term.key)
    return found
