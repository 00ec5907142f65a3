"""What Mexico's norm for geographic metadata (NTM 2010) asks for, from an ISO 19115 record."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from lxml import etree

from ckanext.mxcity.ground import schema_files
from ckanext.mxcity.ground.text import folded
from ckanext.mxcity.reading import iso, rules
from ckanext.mxcity.reading.mappings import mapping_file
from ckanext.mxcity.reading.records import Draft

_NAME = "ntm_2010"
_RULES = rules.rules(_NAME)
_PATHS = {rule.field: rule.paths for rule in _RULES.dataset}
_EPSG = re.compile(r"epsg\W*(?:[\d.]*[:/])?\W*(\d{4,6})\b|^\s*(\d{4,6})\s*$", re.IGNORECASE)
_NUMBER = re.compile(r"\s*([-+]?[\d,]*\.?\d+(?:[eE][-+]?\d{1,3})?)\s*([a-zµ]*)", re.IGNORECASE)
_SCALE = re.compile(r"(?:1\s*[:/]\s*)?([\d,. ]+)")
#: How many metres a unit has; degrees are none.
_METRES = {
    "": 1.0, "m": 1.0, "meter": 1.0, "meters": 1.0, "metre": 1.0, "metres": 1.0, "metro": 1.0,
    "metros": 1.0, "cm": 0.01, "km": 1000.0, "kilometros": 1000.0, "ft": 0.3048,
}  # fmt: skip


def map_geography(draft: Draft, root: etree._Element) -> None:
    """Fill in the fields of a dataset of geographic information."""
    out = draft.dataset
    rules.fill(
        draft,
        out,
        _RULES.dataset,
        lambda paths: " ".join(iso.first(root, *paths).split()),
        lambda paths: [text for text in _texts(root, paths) if text],
    )
    topics = [topic for topic in _texts(root, _PATHS["iso_topics"]) if topic in _topics()]
    made: dict[str, Any] = {
        "iso_topics": list(dict.fromkeys(topics)),
        "reference_system": _reference_system(root),
        "scale_denominator": _scale(iso.first(root, *_PATHS["scale_denominator"])),
        "spatial_resolution": _metres(root, "spatial_resolution"),
        "positional_accuracy": _metres(root, "positional_accuracy"),
    }
    for field in ("spatial_representation", "geometry_type"):
        found = (_word(field, text) for text in _texts(root, _PATHS[field]))
        made[field] = next(filter(None, found), "")
    draft.unmapped -= _RULES.known
    out.update({name: value for name, value in made.items() if value not in ("", None, [])})


def _texts(root: etree._Element, paths: Sequence[str]) -> list[str]:
    return [
        iso.content(element) or _code(element) for path in paths for element in iso.find(root, path)
    ]


def _code(element: etree._Element) -> str:
    return next((str(e.get("codeListValue")) for e in element.iter() if e.get("codeListValue")), "")


def _reference_system(root: etree._Element) -> str:
    """Return ``EPSG:nnnn`` from a number, an address or a name."""
    for text in _texts(root, _PATHS["reference_system"]):
        found = _EPSG.search(text)
        if found:
            return f"EPSG:{found[1] or found[2]}"
        known = _word("reference_system", text)
        if known:
            return known
    return ""


def _scale(text: str) -> int | None:
    """Return 50000 from ``50000``, ``1:50,000`` or ``1:50 000``."""
    found = _SCALE.fullmatch(text.strip())
    digits = re.sub(r"\D", "", re.sub(r"\.0+$", "", found[1])) if found else ""
    return int(digits) if 0 < len(digits) < 12 and int(digits) else None


def _metres(root: etree._Element, field: str) -> float | None:
    """Return a length in metres, None where it is in degrees or no number."""
    for path in _PATHS[field]:
        for element in iso.find(root, path):
            found = _NUMBER.fullmatch(iso.content(element))
            if not found:
                continue
            unit = next((str(e.get("uom")) for e in element.iter() if e.get("uom")), found[2])
            factor = _METRES.get(unit.rsplit("#", 1)[-1].rsplit(":", 1)[-1].lower())
            length = round(float(found[1].replace(",", "")) * (factor or 0), 6)
            if 0 < length < math.inf:
                return int(length) if length == int(length) else length
    return None


def _word(field: str, text: str) -> str:
    plain = _plain(text)
    return next((term for term, words in _words()[field].items() if plain in words), "")


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", " ", folded(text)).strip()


@schema_files.kept
def _words() -> Mapping[str, Mapping[str, Sequence[str]]]:
    words: Mapping[str, Mapping[str, Sequence[str]]] = mapping_file(_NAME)["words"]
    return words


@schema_files.kept
def _topics() -> frozenset[str]:
    return frozenset(mapping_file(_NAME)["topics"])
