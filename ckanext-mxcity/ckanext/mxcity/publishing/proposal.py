"""Proposes the metadata of a file; a clerk corrects them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import msgspec

from ckanext.mxcity.city.settings import city
from ckanext.mxcity.files import FileReading, propose_metadata
from ckanext.mxcity.ground.areas import STATE_DIGITS
from ckanext.mxcity.ground.reference_systems import epsg


def metadata(reading: FileReading) -> dict[str, Any]:
    """Return proposed metadata: the usual values of this city, then those read in the file."""
    profile = city()
    known: dict[str, Any] = {
        "license_id": "CC-BY-4.0",
        "language": ["es"],
        "geographic_level": "municipal",
    }
    if profile:
        known["area_codes"] = [profile.municipality_code]
    told = propose_metadata(reading)
    codes = told.get("area_codes", ())
    if codes and all(len(code) == STATE_DIGITS for code in codes):
        known["geographic_level"] = "estatal"
    roles = {column.role for table in reading.tables for column in table.columns}
    if "latitude" in roles or "geometry" in roles:
        known["geographic_level"] = "punto"
    # Only geographic information has it: offered for the case that this is what the file is.
    system = epsg(reading.crs or "")
    if system:
        known["reference_system"] = system
    return {**known, **told}


def renewed(
    described: dict[str, Any], before: dict[str, Any] | None, reading: FileReading
) -> dict[str, Any]:
    """Return what a person wrote, with what the portal proposed put right by another reading.

    Args:
        described: the metadata as they stand in the form; what a person changed in them stays.
        before: the reading that they were proposed by, as plain data.
        reading: the one that there is now.

    """
    if not described or before is None:
        return described
    old, new = metadata(msgspec.convert(before, FileReading)), metadata(reading)
    found = dict(described)
    for name in {*old, *new}:
        if _written(described.get(name)) == _written(old.get(name)):
            found[name] = new.get(name, "")
    return found


def _written(value: Any) -> str:
    """Return a value as a form sends it: one of a list alone, and nothing as an empty text."""
    while isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, str):
        return value
    return json.dumps(value, sort_keys=True) if value else ""


def title_of(name: str) -> str:
    """Return a title from the name of a file: words with spaces, the first with a capital."""
    words = re.sub(r"[_\-.\s]+", " ", Path(name).stem).strip()
    return words[:1].upper() + words[1:] if words else ""
