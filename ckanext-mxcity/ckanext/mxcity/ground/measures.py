"""What kind of figure a column holds, and how figures of that kind may be brought together.

Concentrations, percentages and prices are not added up; what there is at a moment is not added up
across moments. The kinds, and the words that tell them, are in ``measure_kinds.yaml``. No CKAN
import.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from ckanext.mxcity.ground import schema_files
from ckanext.mxcity.ground.text import folded
from ckanext.mxcity.ground.vocabularies import Term, vocabulary

VOCABULARY = "measure_kinds"
#: Where a data dictionary keeps the kind of a column.
KEY = "measure"
#: Of figures that nobody knows: a reader may choose how they are brought together, no default does.
UNKNOWN = "unknown"
_UNKNOWN_WAYS = ("avg", "sum")
#: Words that end like plurals and do not tell what is counted.
_NO_PLURAL = frozenset(
    ("mes", "gas", "cos", "cus", "bus", "iris", "crisis", "tres", "valores", "datos")
)
#: A word that stands for any figure: its kind is that of its unit, or nobody's.
_ANY = frozenset(("valor", "valores", "value", "dato", "cifra", "cifras", "resultado"))
_WORD = re.compile(r"[a-z0-9%]+(?:/[a-z0-9]+)?")
_UNIT = re.compile(r"(?:\ben ((?:[a-z0-9/%]+ ?){1,5})|[(\[]([^)\]]{1,40})[)\]])")


@dataclass(frozen=True)
class Measure:
    """A kind of figure: the ways of bringing rows together that have a meaning, the usual first."""

    key: str
    ways: tuple[str, ...]
    #: Only the rows of the last moment are brought together, where time is not gone along.
    last: bool = False


def measure(key: str) -> Measure:
    """Return a kind by its key; that of unknown figures for a key that is none."""
    term = vocabulary(VOCABULARY).terms.get(key)
    if term is None:
        return Measure(UNKNOWN, _UNKNOWN_WAYS)
    return Measure(term.key, tuple(term.extra["ways"]), bool(term.extra.get("last")))


def kept(info: Mapping[str, Any]) -> str:
    """Return the kind that a data dictionary says of a column; "" if it says none that we know."""
    key = info.get(KEY)
    return key if isinstance(key, str) and key in vocabulary(VOCABULARY).terms else ""


def kind_in(info: Mapping[str, Any], name: str) -> str:
    """Return the kind of a column of figures: what its dictionary says, else what is written of it.

    Args:
        info: what the data dictionary keeps of the column.
        name: its clean name.

    """
    label, notes = (str(info.get(key) or "") for key in ("label", "notes"))
    return kept(info) or kind_of(name, label, notes)


@partial(schema_files.kept, size=4096)
def kind_of(name: str, title: str = "", notes: str = "", unit: str = "") -> str:
    """Return the kind of a column of figures by what is written of it, else ``UNKNOWN``.

    Args:
        name: the clean name, which says most.
        title: the header as it was written.
        notes: the description; only its first sentence is read.
        unit: the unit, where it is known apart.

    """
    named, first = _said(f"{name} {title}"), _said(re.split(r"[.;]", notes, maxsplit=1)[0])
    by_unit = _of_units([folded(unit), *_units(f"{title} {notes}")])
    for term in _terms():
        if _says(term, named):
            return term.key
    if by_unit:
        return by_unit
    for term in _terms():
        if not set(named.split()) & _ANY and _says(term, first):
            return term.key
    return "count" if _is_plural(named) else UNKNOWN


def _terms() -> Iterator[Term]:
    yield from vocabulary(VOCABULARY).terms.values()


def _said(text: str) -> str:
    """Return the words of a text, folded, with one space between them."""
    return " ".join(_WORD.findall(folded(text).replace("_", " ")))


def _says(term: Term, words: str) -> bool:
    return any(_pattern(word).search(words) for word in term.extra["words"])


@lru_cache(maxsize=1024)
def _pattern(word: str) -> re.Pattern[str]:
    """Return what finds a word of the list among folded words."""
    stem = _said(word.rstrip("*"))
    ending = r"[a-z]*" if word.endswith("*") else ""
    return re.compile(rf"(?<!\S){re.escape(stem)}{ending}(?!\S)")


def _units(text: str) -> list[str]:
    """Return what may be a unit in a text: words after "en", and what is in brackets."""
    found = _UNIT.finditer(folded(text))
    return [(match[1] or match[2]).strip() for match in found]


def _of_units(units: list[str]) -> str:
    """Return the kind that the first known unit tells; the longest unit that fits is meant."""
    known = [(unit, term.key) for term in _terms() for unit in term.extra.get("units", ())]
    for said in filter(None, units):
        fitting = [pair for pair in known if said == pair[0] or said.startswith(f"{pair[0]} ")]
        if fitting:
            return max(fitting, key=lambda pair: len(pair[0]))[1]
    return ""


def _is_plural(named: str) -> bool:
    """Tell whether a name begins with what is counted: ``lesionados``, ``sitios``."""
    word = named.partition(" ")[0]
    return len(word) > 3 and word.endswith("s") and word not in _NO_PLURAL
