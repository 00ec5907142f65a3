"""What the portal proposes for the metadata of a file, for a clerk to correct."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ckanext.mxcity.areas import STATE_DIGITS
from ckanext.mxcity.config import city
from ckanext.mxcity.dataset_types.reference_systems import epsg
from ckanext.mxcity.files import FileReading, propose_metadata


def metadata(reading: FileReading) -> dict[str, Any]:
    """Return the metadata that hold for most files of this city, with what the file tells."""
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


def title_of(name: str) -> str:
    """Return a title from the name of a file: words with spaces, the first with a capital."""
    words = re.sub(r"[_\-.\s]+", " ", Path(name).stem).strip()
    return words[:1].upper() + words[1:] if words else ""
