"""What is done with a file inside the reading room: see ``apart``, which asks for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from ckanext.mxcity.files import reading
from ckanext.mxcity.files.documents import is_geojson
from ckanext.mxcity.files.drivers import DRIVERS, leave_only
from ckanext.mxcity.files.kinds import kind_of
from ckanext.mxcity.files.model import Answer, Column, FileRefused, Limits, Refusal
from ckanext.mxcity.files.recipes import Recipe


def read(file: str, name: str, limits: dict[str, Any], recipes: dict[str, Any]) -> Answer:
    """Read a file."""

    def work() -> Answer:
        path, bounds = Path(file), _limits(limits)
        _prepare(path, name, bounds)
        return Answer(reading=reading.read_file(path, name, bounds, _recipes(recipes)))

    return _answered(work)


def write(
    file: str,
    name: str,
    table: str | None,
    target: str,
    limits: dict[str, Any],
    columns: list[dict[str, Any]] | None,
    recipes: dict[str, Any],
) -> Answer:
    """Write a table of a file as the canonical CSV."""

    def work() -> Answer:
        path, bounds = Path(file), _limits(limits)
        _prepare(path, name, bounds)
        known = msgspec.convert(columns, tuple[Column, ...] | None)
        try:
            told = _recipes(recipes)
            rows = reading.write_table(path, name, table, Path(target), bounds, known, told)
        except KeyError:
            return Answer(absent=True)
        return Answer(rows=rows)

    return _answered(work)


def headers(file: str, limits: dict[str, Any], head: int) -> Answer:
    """Return the header of each table of a file."""

    def work() -> Answer:
        with TemporaryDirectory() as folder:
            found = reading.headers_of(Path(file), Path(folder), _limits(limits), head)
        return Answer(headers=[list(header) for header in found])

    return _answered(work)


def _prepare(path: Path, name: str, limits: Limits) -> None:
    """Leave GDAL nothing but the driver of a map, before anything of it is looked at."""
    kind = kind_of(path, name, limits)
    if kind == "json" and is_geojson(path):
        kind = "geojson"
    if kind in DRIVERS:
        if not limits.maps:
            raise FileRefused("maps-closed")
        leave_only(kind)


def _limits(values: dict[str, Any]) -> Limits:
    return msgspec.convert(values, Limits)


def _recipes(values: dict[str, Any]) -> dict[str, Recipe]:
    return msgspec.convert(values, dict[str, Recipe])


def _answered(work: Callable[[], Answer]) -> Answer:
    try:
        return work()
    except FileRefused as error:
        return Answer(refusal=Refusal(error.code, error.params))
