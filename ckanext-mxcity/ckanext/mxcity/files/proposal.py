"""What a reading proposes for a clerk to correct: a table schema, and facts of the dataset."""

from __future__ import annotations

import json
from typing import Any

from ckanext.mxcity.files.messages import text
from ckanext.mxcity.files.model import Box, Column, FileReading, TableReading


def describe(column: Column) -> str:
    """Return what the file tells of a column for the data dictionary: its unit; "" for nothing."""
    return text("column-unit", {"unit": column.unit}) if column.unit else ""


def propose_schema(table: TableReading) -> dict[str, Any]:
    """Return a Frictionless Table Schema of the canonical table."""
    fields = []
    for column in table.taken:
        field: dict[str, Any] = {"name": column.name, "type": column.type, "title": column.title}
        if column.example:
            field["example"] = column.example
        if column.role:
            field["mxcity:role"] = column.role
        if not column.missing:
            field["constraints"] = {"required": True}
        fields.append(field)
    return {"fields": fields, "missingValues": [""]}


def propose_metadata(reading: FileReading) -> dict[str, Any]:
    """Return the fields of a dataset that the tables tell of: period, areas, extent."""
    found: dict[str, Any] = {}
    periods = [table.period for table in reading.tables if table.period]
    if periods:
        start, end = min(low for low, _ in periods), max(high for _, high in periods)
        found["temporal_coverage"] = [{"start": start, "end": end}]
    codes = sorted({code for table in reading.tables for code in table.areas})
    if codes:
        found["area_codes"] = codes
    extents = [table.extent for table in reading.tables if table.extent]
    if extents:
        found["spatial"] = json.dumps(_polygon(extents))
    return found


def _polygon(extents: list[Box]) -> dict[str, Any]:
    west, south = min(box[0] for box in extents), min(box[1] for box in extents)
    east, north = max(box[2] for box in extents), max(box[3] for box in extents)
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}
