"""What to ask when nothing has all the words of a question.  No CKAN here."""

from __future__ import annotations

from dataclasses import dataclass

from ckanext.mxcity.catalogue.solr.text_rules import fold
from ckanext.mxcity.search.known_words import is_known, is_subject
from ckanext.mxcity.search.question import essence, stop_words
from ckanext.mxcity.search.spelling import Spelling


@dataclass(frozen=True)
class Trial:
    """Words to ask for, all of them or any."""

    words: str
    relaxed: bool


def second_tries(q: str, spelling: Spelling) -> list[Trial]:
    """Return what to ask, in this order, until something is found.

    A word is left out before one is changed: a name that no dataset has is right as it is. What
    is left has to be a subject: who asks for the hospitals of a city is not shown all of the city.
    """
    asked = essence(q).split()
    words = [word for word in asked if fold(word) not in stop_words()]
    subjects = [word for word in words if is_subject(word)]
    # With its small words, since phrases of our lists have them: "poner un negocio".
    left = [word for word in asked if word in subjects or word not in words]
    looser = [Trial(" ".join(left if subjects else asked), relaxed=True)] if len(words) > 1 else []
    corrected = [Trial(spelling.sure, relaxed=False)] if spelling.sure else []
    if any(is_known(word) for word in subjects):
        return [*looser, *corrected]
    return [*corrected, *looser]
