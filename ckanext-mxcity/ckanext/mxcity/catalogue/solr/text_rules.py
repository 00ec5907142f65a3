"""How our vocabularies become the text files that Solr's analysers read.

No CKAN and no Solr here: words in, lines out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

#: Letters with marks that occur in names and loan words; beyond them Solr reads text as it is.
_LETTERS = [chr(code) for code in range(0x00C0, 0x0180)]
_MARKS = "\u0300\u0301\u0302\u0303\u0308\u0327"
_WORD = re.compile(r"\w+(?:[.']\w+)*")
_VOWELS = "aeiou"
#: Function words that keep their form when a phrase is put in the plural.
_INVARIABLE = frozenset(
    [
        "a",
        "al",
        "con",
        "de",
        "del",
        "e",
        "el",
        "en",
        "la",
        "las",
        "los",
        "o",
        "para",
        "por",
        "sin",
        "y",
    ]
)


def fold(text: str, *, keep_enie: bool = True) -> str:
    """Return the text in lower case without accents; ñ stays a letter of its own unless told."""
    composed = unicodedata.normalize("NFC", text.lower())
    return "".join(letter if letter == "ñ" and keep_enie else _base(letter) for letter in composed)


def words(text: str) -> list[str]:
    """Split like Solr's standard tokenizer does on our vocabularies ("N.L." is one word)."""
    return _WORD.findall(text)


def fold_map(*, keep_enie: bool) -> Iterator[str]:
    """Yield the lines of a mapping file that folds accents, in composed and decomposed text."""
    for letter in _LETTERS:
        if letter in "ñÑ" and keep_enie:
            continue
        if _base(letter) != letter:
            yield f'"{letter}" => "{_base(letter)}"'
    if keep_enie:
        yield '"n\\u0303" => "ñ"'
        yield '"N\\u0303" => "Ñ"'
    for mark in _MARKS:
        yield f'"\\u{ord(mark):04x}" => ""'


def compose_map() -> Iterator[str]:
    """Yield the lines of a mapping file that composes letters and marks and folds nothing."""
    for letter in _LETTERS:
        pair = unicodedata.normalize("NFD", letter)
        if len(pair) == 2 and pair[1] in _MARKS:
            yield f'"{pair[0]}\\u{ord(pair[1]):04x}" => "{letter}"'


def plural(word: str) -> str:
    """Return the regular plural of a folded Spanish word; a word that has one already stays."""
    if not word or word in _INVARIABLE or not word[-1].isalpha() or word[-1] == "s":
        return word
    if word[-1] == "z":
        return f"{word[:-1]}ces"
    return f"{word}s" if word[-1] in _VOWELS else f"{word}es"


def variants(phrase: str) -> list[str]:
    """Return a folded phrase as typed, with its first word in the plural, and with all of them.

    Initials and whole sentences stay as they are.
    """
    parts = phrase.split()
    if len(phrase) < 4 or len(parts) > 3:
        return [phrase]
    first = " ".join([plural(parts[0]), *parts[1:]])
    every = " ".join(plural(part) for part in parts)
    return list(dict.fromkeys([phrase, first, every]))


def entries(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines of a vocabulary file that say something: no comments, no blanks."""
    for line in lines:
        text = line.split("#", 1)[0].strip()
        if text:
            yield text


def _base(letter: str) -> str:
    """Return a letter without its marks; the letter itself where it has none."""
    return "".join(
        part for part in unicodedata.normalize("NFD", letter) if not unicodedata.combining(part)
    )
