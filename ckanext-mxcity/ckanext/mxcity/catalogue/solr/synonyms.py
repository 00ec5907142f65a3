"""Read the lists of equivalent words and write them as Solr's synonym rules.

A line of a list is one of two:

- ``luminaria, alumbrado público, foco`` -- each stands for all of the line;
- ``mordida => corrupción, sanción`` -- who asks for the left also gets the right, not the reverse.

Written in the singular, with accents: folding and plurals are added here.  What stands in for
another weighs less than the word itself, so that datasets that say it as typed come first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ckanext.mxcity.catalogue.solr.text_rules import entries, fold, variants, words

#: How much an equivalent counts beside the word that was typed, and a one-way relation.
EQUIVALENT_WEIGHT = 0.7
RELATED_WEIGHT = 0.5


class VocabularyError(ValueError):
    """A line of a vocabulary that cannot be read; the message names it."""


@dataclass(frozen=True)
class Rule:
    """What one phrase may stand for: phrases and their weights, the phrase itself left out."""

    phrase: str
    others: dict[str, float]


def read_rules(lines: Iterable[str]) -> list[Rule]:
    """Read the lines of one or more lists and gather, for each phrase, all that it stands for.

    Raises:
        VocabularyError: a line has a single phrase, an empty one, or two arrows.
    """
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for line in entries(lines):
        typed, meant = _sides(line)
        both_ways = "=>" not in line
        for phrase in typed:
            for other in meant:
                if other != phrase:
                    weight = EQUIVALENT_WEIGHT if both_ways else RELATED_WEIGHT
                    found[phrase][other] = max(weight, found[phrase].get(other, 0.0))
    return [Rule(phrase, others) for phrase, others in sorted(found.items())]


def solr_rules(
    rules: Iterable[Rule], stop_words: frozenset[str], *, keep_enie: bool = True
) -> Iterator[str]:
    """Yield explicit, weighted rules for the query analyser of the text fields.

    Args:
        rules: what ``read_rules`` gave.
        stop_words: folded; left out of the right-hand sides, whose holes would break phrases.
        keep_enie: False for the field that folds ñ.
    """
    merged: dict[str, dict[str, float]] = defaultdict(dict)
    for rule in rules:
        for form in variants(rule.phrase):
            for other, weight in rule.others.items():
                target = merged[_spelling(form, keep_enie)]
                spelled = _spelling(other, keep_enie)
                target[spelled] = max(weight, target.get(spelled, 0.0))
    yield from _enie_twins(merged, stop_words, keep_enie)


def spell_rules(rules: Iterable[Rule]) -> Iterator[str]:
    """Yield rules that put the everyday words beside the official ones in the spelling field.

    Only single words: the checker corrects word by word.
    """
    reverse: dict[str, set[str]] = defaultdict(set)
    for rule in rules:
        if " " in rule.phrase or len(rule.phrase) < 4:
            continue
        for other in rule.others:
            if " " not in other:
                reverse[other].add(rule.phrase)
    for official, everyday in sorted(reverse.items()):
        for form in variants(official):
            yield f"{form} => {', '.join([form, *sorted(everyday - {form})])}"


def _sides(line: str) -> tuple[list[str], list[str]]:
    """Split a line into what is typed and what it stands for (the same when both ways)."""
    sides = [[_phrase(part) for part in side.split(",")] for side in line.split("=>")]
    if (
        len(sides) > 2
        or any("" in side for side in sides)
        or (len(sides) == 1 and len(sides[0]) < 2)
    ):
        message = f"Not a group of equivalent words: {line!r}"
        raise VocabularyError(message)
    return sides[0], sides[-1]


def _phrase(text: str) -> str:
    """Fold a phrase and put single spaces between its words."""
    return " ".join(words(fold(text)))


def _spelling(phrase: str, keep_enie: bool) -> str:
    return fold(phrase, keep_enie=keep_enie)


def _enie_twins(
    merged: dict[str, dict[str, float]], stop_words: frozenset[str], keep_enie: bool
) -> Iterator[str]:
    """Yield the rules; a phrase with ñ also answers to its spelling with n.

    Both fields must find a rule for the same words: edismax compares the shapes of their queries.
    """
    for phrase, others in sorted(merged.items()):
        yield _line(phrase, phrase, others, stop_words)
        plain = fold(phrase, keep_enie=False)
        if keep_enie and plain != phrase and plain not in merged:
            yield _line(plain, plain, {**others, phrase: EQUIVALENT_WEIGHT}, stop_words)


def _line(phrase: str, itself: str, others: dict[str, float], stop_words: frozenset[str]) -> str:
    """Write one rule: the phrase, then itself and the others with their weights.

    "lámpara fundida" is left out where "lámpara" is there: it finds nothing more, and Solr allows
    a query a limited number of clauses.
    """
    targets = [_without(itself, stop_words)]
    found = [_singulars(targets[0].split())]
    weighted = [(_without(other, stop_words).split(), weight) for other, weight in others.items()]
    for parts, weight in sorted(weighted, key=lambda item: (len(item[0]), -item[1], item[0])):
        singulars = _singulars(parts)
        if not any(known <= singulars for known in found):
            found.append(singulars)
            targets.append(" ".join(f"{word}|{weight:g}" for word in parts))
    return f"{phrase} => {', '.join(targets)}"


def _singulars(parts: Iterable[str]) -> frozenset[str]:
    """Return words without a final s or es: near enough to see that two phrases are one."""
    return frozenset(part.removesuffix("s").removesuffix("e") for part in parts)


def _without(phrase: str, stop_words: frozenset[str]) -> str:
    """Drop the stop words of a phrase, unless it has no others."""
    kept = [word for word in phrase.split() if word not in stop_words]
    return " ".join(kept) or phrase
