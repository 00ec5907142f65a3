"""Names of Mexican states and municipalities in a text. Pure.

Names of municipalities repeat, and many are common words or names of persons: one counts only
beside its state ("Juárez, Nuevo León"), or after a word like "municipio de" where the state is
named too or no other municipality has the name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from ckanext.mxcity.ground.areas import areas
from ckanext.mxcity.ground.text import folded

#: What states are called besides their official name; "México" alone is the country.
SHORT = {
    "05": "Coahuila",
    "15": "Estado de México",
    "16": "Michoacán",
    "30": "Veracruz",
}
COUNTRY = "mexico"
BEFORE = ("municipio de ", "ayuntamiento de ", "alcaldia ")
LONGEST = 8  # words of a name


def places(text: str) -> tuple[str, ...]:
    """INEGI codes of the municipalities that a text names, else of the states; sorted."""
    words = _words(text).split()
    states = _states()
    towns = _municipalities()
    named = {states[part] for part, _ in _parts(words) if part in states}
    found: set[str] = set()
    spans = [(start, start + len(part.split())) for part, start in _parts(words) if part in towns]
    for part, start in _parts(words):
        if part not in towns or _inside(start, start + len(part.split()), spans):
            continue
        before = f" {' '.join(words[:start])} "
        after = f"{' '.join(words[start + len(part.split()) :])} "
        codes = [code for code in towns[part] if _beside(after, code[:2])]
        if not codes and before.endswith(tuple(f" {intro}" for intro in BEFORE)):
            codes = [code for code in towns[part] if code[:2] in named]
            if not codes and len(towns[part]) == 1:
                codes = towns[part]
        if len(codes) == 1:
            found.update(codes)
    return tuple(sorted(found or named))


def _inside(start: int, end: int, spans: list[tuple[int, int]]) -> bool:
    """Say whether a name is but a piece of a longer one: San Pedro, of San Pedro Garza García."""
    return any(low <= start and end <= high and (low, high) != (start, end) for low, high in spans)


def _beside(after: str, state: str) -> bool:
    return any(
        after.startswith((f"{name} ", f"de {name} "))
        for name, code in _states().items()
        if code == state
    )


def _parts(words: list[str]) -> Iterator[tuple[str, int]]:
    """Every run of words, and where it begins."""
    for start in range(len(words)):
        for end in range(start + 1, min(len(words), start + LONGEST) + 1):
            yield " ".join(words[start:end]), start


def _words(text: str) -> str:
    return re.sub(r"[\W_]+", " ", folded(text[:1000])).strip()


@lru_cache(maxsize=1)
def _states() -> dict[str, str]:
    names = {_words(area.name): code for code, area in areas().items() if area.is_state}
    names |= {_words(name): code for code, name in SHORT.items()}
    names.pop(COUNTRY, None)
    return names


@lru_cache(maxsize=1)
def _municipalities() -> dict[str, list[str]]:
    names: dict[str, list[str]] = {}
    for code, area in areas().items():
        if not area.is_state:
            names.setdefault(_words(area.name), []).append(code)
    return names
