"""GeoJSON: what it says of each figure is taken as it is written, whatever else a column holds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ijson
import numpy as np
import shapely

from ckanext.mxcity.files.documents import refused_json, text_of
from ckanext.mxcity.files.maps.model import Layer, is_numbering, named
from ckanext.mxcity.files.model import FileRefused, Limits
from ckanext.mxcity.files.source import refuse_many, refuse_wide

#: Names of reference systems in a document of before RFC 7946.
_EPSG = re.compile(r"(?:urn:ogc:def:crs:EPSG:[\d.]*:|EPSG:)(\d{4,6})", re.IGNORECASE)
_CRS84 = re.compile(r"urn:ogc:def:crs:OGC:(?:1\.3)?:CRS84", re.IGNORECASE)
#: What is read of a document and of a feature, or only repeats it.
_COLLECTION = ("type", "features", "name", "crs", "bbox", "xy_coordinate_resolution")
_FEATURE = ("type", "properties", "geometry", "id", "bbox")
#: Figures that are read at once.
_BATCH = 2_000
_BROKEN = (ijson.JSONError, UnicodeDecodeError, ValueError, RecursionError)


def read_geojson(path: Path, limits: Limits) -> Iterator[Layer]:
    """Give the one layer of a GeoJSON document."""
    try:
        members, crs = _members(path)
        single = "features" not in members
        names: dict[str, None] = {}
        ids: list[object] = []
        others: dict[str, None] = dict.fromkeys(
            name for name in members if name not in (_FEATURE if single else _COLLECTION)
        )
        shapes = []
        filled = 0
        for batch in _batches(_features(path, single)):
            for feature in batch:
                properties = _properties(feature)
                names.update(dict.fromkeys(properties))
                refuse_wide(len(names) + 2, limits)
                ids.append(feature.get("id"))
                filled += len(properties) + 1
                refuse_many(len(ids), len(names) + 1, limits, filled)
                if len(others) < limits.columns:
                    others.update(dict.fromkeys(name for name in feature if name not in _FEATURE))
            shapes.append(_shapes(batch, len(ids) - len(batch)))
    except _BROKEN as error:
        raise refused_json(error) from error
    numbered = is_numbering(ids) or all(number is None for number in ids)
    yield Layer(
        name=path.stem,
        titles=(*names,) if numbered else ("id", *names),
        rows=_rows(path, single, tuple(names), numbered),
        count=len(ids),
        shapes=np.concatenate(shapes) if shapes else np.array([], dtype=object),
        crs=crs,
        notes=tuple(named("json-members-left-out", others)),
    )


def _members(path: Path) -> tuple[dict[str, None], str | None]:
    """Return the names of a document's members, and its reference system."""
    members: dict[str, None] = {}
    system, declared = None, False
    with path.open("rb") as file:
        for prefix, event, value in ijson.parse(file):
            if prefix == "" and event == "map_key":
                members[value] = None
                declared = declared or value == "crs"
            elif prefix == "crs.properties.name" and event == "string":
                system = value
    if not declared:
        return members, "EPSG:4326"
    if system and _CRS84.fullmatch(system):
        return members, "EPSG:4326"
    known = _EPSG.fullmatch(system or "")
    # A reference system elsewhere, or one that nobody knows, is none.
    return members, f"EPSG:{known[1]}" if known else None


def _features(path: Path, single: bool) -> Iterator[dict[str, Any]]:
    with path.open("rb") as file:
        for feature in ijson.items(file, "" if single else "features.item"):
            # A document may say that it is a collection and have none.
            if single and feature.get("type") != "Feature":
                raise FileRefused("empty")
            if not isinstance(feature, dict) or not {"properties", "geometry"} & set(feature):
                raise FileRefused("json-without-objects")
            yield feature


def _batches(features: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    batch = []
    for feature in features:
        batch.append(feature)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _properties(feature: dict[str, Any]) -> dict[str, Any]:
    properties = feature.get("properties")
    if properties is None:
        return {}
    if not isinstance(properties, dict):
        raise FileRefused("json-without-objects")
    return properties


def _shapes(batch: list[dict[str, Any]], before: int) -> Any:
    """Return the geometries of features, of which ``before`` stand above; FileRefused if broken."""
    written = [feature.get("geometry") for feature in batch]
    # The numbers of a place are floats for whoever draws it.
    texts = np.array(
        [None if shape is None else json.dumps(shape, default=float) for shape in written], object
    )
    shapes = shapely.from_geojson(texts, on_invalid="ignore")
    wrong = shapely.is_missing(shapes) & np.array([text is not None for text in texts])
    if wrong.any():
        row = before + int(wrong.argmax()) + 1
        raise FileRefused("figures-broken", count=int(wrong.sum()), row=row)
    return shapes


def _rows(path: Path, single: bool, names: tuple[str, ...], numbered: bool) -> Iterator[list[str]]:
    for feature in _features(path, single):
        properties = _properties(feature)
        row = [text_of(properties.get(name)) for name in names]
        yield row if numbered else [text_of(feature.get("id")), *row]
