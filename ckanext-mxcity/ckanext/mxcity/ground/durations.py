"""Durations as RDF writes them. No CKAN import."""

from __future__ import annotations

from datetime import timedelta

from rdflib.xsd_datetime import parse_xsd_duration


def minutes(text: str) -> int | None:
    """Return the minutes of a duration such as PT5M or PT1H, at least one; None if it is none."""
    try:
        length = parse_xsd_duration(text)
    except ValueError:
        return None
    if not isinstance(length, timedelta) or length <= timedelta(0):  # months have no length
        return None
    return max(1, round(length / timedelta(minutes=1)))
