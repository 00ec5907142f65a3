"""Moments without a time zone where it matters in which one they are."""

from __future__ import annotations

from collections.abc import Sequence

from ckanext.mxcity.files.model import Column, Note
from ckanext.mxcity.files.ways import way_of

#: Parts of a name that say that its moments are of Greenwich.
_UTC = ("utc", "gmt", "zulu")


def of_others(columns: Sequence[Column]) -> str:
    """Return the zone that the moments of a table tell, in a column of their own; "" for none."""
    found = (column.example[19:] for column in columns if _is_zoned(column))
    return next((zone.lstrip(".0123456789") for zone in found), "")


def doubt(column: Column, zone: str) -> list[Note]:
    """Return the note of moments without a zone that are called of Greenwich, or are beside others.

    Args:
        column: of moments.
        zone: what another column of the table tells.

    """
    if column.type != "datetime" or not column.format or _is_zoned(column):
        return []
    if any(part in _UTC for part in column.name.split("_")):
        zone = "Z"
    return [Note("zone-unsaid", {"zone": zone}, column.name)] if zone else []


def _is_zoned(column: Column) -> bool:
    way = way_of(column.format, moments=True)
    return column.type == "datetime" and (way.zoned or bool(way.zone))
