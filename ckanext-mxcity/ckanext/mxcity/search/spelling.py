"""Whether a word of a question is misspelt, and which one is meant.  No CKAN here.

A correction is *sure* where it can hardly be anything else: the words sound alike, or two letters
have changed places, or one of many is wrong.  Any other is at most *offered*.  What ends otherwise
is another word more often than a slip (moderno, moderna), and so is a short one (contry, contra).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ckanext.mxcity.catalogue.solr.text_rules import fold

#: Letters of a word that may be corrected for its sound or its order, and for one wrong letter.
SURE, SURE_OF_A_LETTER = 7, 9
#: Letters of a word for which another is offered that differs in one letter, and in two.
OFFERED, OFFERED_IN_TWO = 5, 9
#: How Mexican Spanish sounds: the first that fits, in this order.
_SOUNDS = [
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("ñ", "n"),
        ("ch", "1"),
        ("h", ""),
        ("ll", "y"),
        ("qu(?=[ei])|q|c(?![ei])", "k"),
        ("gu(?=[ei])", "2"),
        ("g(?=[ei])", "j"),
        ("sc(?=[ei])|[zc]|x", "s"),
        ("ks", "s"),
        ("[vw]", "b"),
        ("n(?=[bp])", "m"),
        (r"(.)\1", r"\1"),
    )
]


@dataclass(frozen=True)
class Spelling:
    """A question with its sure corrections, and with all that may be offered; None without any."""

    sure: str | None = None
    offered: str | None = None


def correct(
    words: Sequence[str],
    candidates: Mapping[str, Sequence[str]],
    is_known: Callable[[str], bool],
) -> Spelling:
    """Return the corrections of a question.

    Args:
        words: as they were typed.
        candidates: for a word that is in no dataset, folded: words that are, the likeliest first.
        is_known: tells of a word that it is right, whatever is in the datasets.

    """
    sure, offered = list(words), list(words)
    for place, word in enumerate(words):
        near = candidates.get(fold(word), ())
        if is_known(word) or any(same_root(fold(word), other) for other in near):
            continue
        certain = _certain(fold(word), near)
        if certain:
            sure[place] = certain
        offered[place] = certain or _offered(fold(word), near) or word
    return Spelling(_changed(words, sure), _changed(words, offered))


def same_root(one: str, other: str) -> bool:
    """Return whether two words are one, in the singular and in the plural."""
    return bool(_singulars(one) & _singulars(other))


def sound(word: str) -> str:
    """Return how a folded word sounds; two of one sound are spelt alike by ear."""
    for pattern, said in _SOUNDS:
        word = pattern.sub(said, word)
    return word


def distance(one: str, other: str) -> int:
    """Return how many letters are missing, too many, wrong, or have changed places."""
    rows = [list(range(len(other) + 1))]
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, second in enumerate(other, 1):
            cost = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (letter != second))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == second:
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
    return rows[-1][-1]


def _certain(word: str, near: Sequence[str]) -> str | None:
    """Return the word that is meant, if it can hardly be another."""
    for is_sure in (_sounds_alike, _in_another_order, _but_one_letter):
        found = [other for other in near if is_sure(word, other)]
        if found:
            alone = all(same_root(found[0], other) for other in found)
            return found[0] if alone else None
    return None


def _sounds_alike(word: str, other: str) -> bool:
    return len(word) >= SURE and sound(word) == sound(other)


def _in_another_order(word: str, other: str) -> bool:
    alike = sorted(word) == sorted(other) and distance(word, other) == 1
    return len(word) >= SURE and alike and word[-1] == other[-1]


def _but_one_letter(word: str, other: str) -> bool:
    ends = word[-2:] == other[-2:] and sound(word)[:1] == sound(other)[:1]
    return len(word) >= SURE_OF_A_LETTER and ends and distance(word, other) == 1


def _offered(word: str, near: Sequence[str]) -> str | None:
    """Return the nearest word that may be meant."""
    most = 2 if len(word) >= OFFERED_IN_TWO else 1 if len(word) >= OFFERED else 0
    by_distance = [(distance(word, other), place) for place, other in enumerate(near)]
    return next((near[place] for far, place in sorted(by_distance) if 0 < far <= most), None)


def _singulars(word: str) -> set[str]:
    return {word, word.removesuffix("s"), word.removesuffix("es")}


def _changed(words: Sequence[str], others: list[str]) -> str | None:
    return " ".join(others) if others != list(words) else None
