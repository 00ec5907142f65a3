"""What the readers of the three norms have in common."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ckanext.mxcity.exchange.norms import messages
from ckanext.mxcity.exchange.norms.errors import NothingSaidError
from ckanext.mxcity.ground import schema_files
from ckanext.mxcity.ground.areas import find_area
from ckanext.mxcity.ground.placenames import places
from ckanext.mxcity.ground.text import folded
from ckanext.mxcity.ground.vocabularies import vocabulary
from ckanext.mxcity.reading import values
from ckanext.mxcity.reading.dates import parse_date
from ckanext.mxcity.reading.mappings import mapping_file
from ckanext.mxcity.reading.records import Draft

STATISTICAL, GEOGRAPHIC = "statistical-operation", "geographic-information"
#: Characters of a place, a value or a name in a note.
_SHORT = 80
_COUNTRY = ("nacional", "estados unidos mexicanos", "mexico", "republica mexicana", "pais")
_CODE = re.compile(r"(?<!\d)\d{5}(?!\d)")
_IIN = re.compile(r"interes nacional\b")


def known_word(mapping: str, field: str, text: str) -> str:
    """Return the first term of which a text has a word, by the words of a mapping file."""
    plain = f" {_words(text)} "
    for term, words in _word_lists(mapping)[field].items():
        if any(f" {word} " in plain for word in words):
            return term
    return ""


def set_areas(draft: Draft, named: Iterable[str]) -> bool:
    """Set codes and level from names of places; False, with a note, if one is not known."""
    codes: set[str] = set()
    known, national = True, False
    for place in named:
        found = _codes(place)
        codes |= found
        if found:
            continue
        if _words(place) in _COUNTRY or known_word("ddi_codebook", "geographic_level", place):
            national = national or _words(place) in _COUNTRY
            continue
        known = False
        draft.warn("unknown-place", messages.UNKNOWN_PLACE, place=place[:_SHORT])
    if codes:
        draft.dataset["area_codes"] = sorted(codes)
    elif national:
        draft.dataset.setdefault("geographic_level", "nacional")
    return known


def set_level(draft: Draft, texts: Iterable[str]) -> None:
    """Set the finest level that the texts name."""
    levels = [known_word("ddi_codebook", "geographic_level", text) for text in texts]
    order = list(vocabulary("geographic_levels").terms)
    named = [level for level in levels if level]
    if named:
        draft.dataset["geographic_level"] = max(named, key=order.index)


def set_period_of_work(draft: Draft, starts: Sequence[str], ends: Sequence[str]) -> None:
    """Set when the work was done: the first of its beginnings, the last of its ends."""
    for field, written, choose in (("start", starts, min), ("end", ends, max)):
        dates = [found for found in map(parse_date, written) if found]
        if dates:
            draft.dataset[f"execution_{field}"] = choose(dates)[:10]


def set_keywords(draft: Draft, words: Iterable[str], themes: Iterable[str]) -> None:
    """Set keywords, mended to what CKAN takes, and the topics that themes mean."""
    parts = [part for word in words for part in values.texts(word)]
    good, _changed = values.clean_tags(dict.fromkeys(parts))
    if good:
        draft.dataset["tag_string"] = ",".join(good)
    topics = values.topics(part for theme in themes for part in (theme, *values.texts(theme)))
    if topics:
        draft.dataset["topics"] = topics


def finished(draft: Draft, kind: str, whole_text: str) -> dict[str, Any]:
    """Return the dataset of a draft, without what is empty and what may only be harvested.

    Raises:
        NothingSaidError: it has no title.

    """
    dataset = draft.dataset
    if not dataset.get("title"):
        raise NothingSaidError()
    if _IIN.search(folded(whole_text)):
        draft.warn("not-iin", messages.NOT_IIN)
    dataset.pop("extras", None)
    made = {"type": kind, **dataset}
    return {name: value for name, value in made.items() if value not in ("", None, [], {})}


def _codes(place: str) -> set[str]:
    written = {code for code in _CODE.findall(place) if find_area(code)}
    return written or set(places(place))


@schema_files.kept
def _word_lists(mapping: str) -> Mapping[str, Mapping[str, Sequence[str]]]:
    words: Mapping[str, Mapping[str, Sequence[str]]] = mapping_file(mapping)["words"]
    return words


def _words(text: str) -> str:
    return re.sub(r"[\W_]+", " ", folded(text[:2000])).strip()
