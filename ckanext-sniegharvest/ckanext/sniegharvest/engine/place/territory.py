"""Work out the territory of a record, and by what it was known; pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ckanext.mxcity.ground.areas import find_area
from ckanext.mxcity.ground.placenames import places

How = Literal["code", "name", "bbox", "publisher", "source", "unknown"]
#: West, south, east, north, in degrees.
Box = tuple[float, float, float, float]
#: Degrees by which a record may reach over the box of an area and still be of it.
MARGIN = 0.05


@dataclass(frozen=True)
class Territory:
    """Level and INEGI codes of a record, and how they were known."""

    level: str
    codes: tuple[str, ...]
    how: How


def locate(
    dataset: Mapping[str, Any],
    defaults: Mapping[str, Any],
    *,
    publisher: str = "",
    boxes: Mapping[str, Box] | None = None,
) -> Territory:
    """Work out the territory: codes, names, bounding box, publisher, then the source's settings.

    Args:
        dataset: a record mapped to our schema; ``area_codes`` has 2 or 5 digits each.
        defaults: the same fields, as the source's settings give them.
        publisher: the name of who publishes the record.
        boxes: boxes of areas by INEGI code, in degrees.

    """
    level = str(dataset.get("geographic_level") or "")
    for how, codes in _ways(dataset, publisher, boxes or {}):
        if codes:
            return Territory(level or _level(codes), codes, how)
    codes = tuple(str(code) for code in defaults.get("area_codes") or ())
    if level:
        return Territory(level, codes, "source" if codes else "code")
    level = str(defaults.get("geographic_level") or "")
    if codes or level:
        return Territory(level or _level(codes), codes, "source")
    return Territory("nacional", (), "unknown")


def _ways(
    dataset: Mapping[str, Any], publisher: str, boxes: Mapping[str, Box]
) -> Iterator[tuple[How, tuple[str, ...]]]:
    declared = (str(code) for code in dataset.get("area_codes") or ())
    yield "code", tuple(code for code in declared if code[:2].isdigit() and find_area(code[:2]))
    yield "name", places(str(dataset.get("title") or ""))
    yield "bbox", _inside(dataset.get("spatial"), boxes)
    yield "publisher", places(publisher)


def _inside(spatial: Any, boxes: Mapping[str, Box]) -> tuple[str, ...]:
    """Return the codes of the areas whose box holds a GeoJSON geometry."""
    if not spatial or not boxes:
        return ()
    try:
        shape = json.loads(spatial) if isinstance(spatial, str) else spatial
        points = list(_points(shape["coordinates"]))
    except (ValueError, KeyError, TypeError):
        return ()
    return tuple(
        code
        for code, (west, south, east, north) in boxes.items()
        if points
        and all(
            west - MARGIN <= x <= east + MARGIN and south - MARGIN <= y <= north + MARGIN
            for x, y in points
        )
    )


def _points(value: Any) -> Iterator[tuple[float, float]]:
    if value and isinstance(value[0], (int, float)):
        yield float(value[0]), float(value[1])
    else:
        for inner in value:
            yield from _points(inner)


def _level(codes: tuple[str, ...]) -> str:
    longest = max(len(code) for code in codes)
    return "municipal" if longest > 2 else "estatal"
