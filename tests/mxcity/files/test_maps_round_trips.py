"""What is written in a map is what is read of it: whole numbers, letters and blanks."""

from __future__ import annotations

import json
from decimal import Context, Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ckanext.mxcity.files.documents import read_json
from ckanext.mxcity.files.model import DEFAULT
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.mxcity.files import map_files as made

WHOLE = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.sampled_from([9007199254740993, 8112345670, 1001, 0, -(2**63), 2**63 - 1]),
)
WORDS = st.one_of(
    st.none(),
    st.text("aeñÑáéíóúüÁÉÍÓÚÜ¿¡ °\"',;.-0123456789", min_size=1, max_size=20).filter(str.strip),
)
ROWS = st.lists(st.tuples(WHOLE, WORDS), min_size=1, max_size=8)
Row = tuple[int | None, str | None]


def geojson(_: Path, rows: list[Row]) -> bytes:
    """By Python's own writer of JSON."""
    return made.collection([{"id": number, "nombre": word} for number, word in rows])


def by_gdal(folder: Path, rows: list[Row], driver: str, suffix: str) -> bytes:
    """By GDAL."""
    numbers = np.array([number or 0 for number, _ in rows], dtype=np.int64)
    words = np.array([word for _, word in rows], dtype=object)
    masks = {"id": np.array([number is None for number, _ in rows])}
    columns = {"id": numbers, "nombre": words}
    path = made.written(folder, driver, suffix, columns, masks)
    if suffix != ".shp":
        return path.read_bytes()
    return made.zipped({part.name: part.read_bytes() for part in folder.glob("a.*")})


FORMS: dict[str, tuple[str, Any]] = {
    "GeoJSON": ("geojson", geojson),
    "GeoJSON of GDAL": ("geojson", lambda at, rows: by_gdal(at, rows, "GeoJSON", ".geojson")),
    "GeoPackage": ("gpkg", lambda at, rows: by_gdal(at, rows, "GPKG", ".gpkg")),
    "Shapefile": ("shp", lambda at, rows: by_gdal(at, rows, "ESRI Shapefile", ".shp")),
}


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=40, deadline=None)
@given(rows=ROWS)
def test_cells_are_read_as_they_were_written(
    form: str, rows: list[Row], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A number keeps its digits, a text its letters, a blank stays one, in every kind of map."""
    folder = tmp_path_factory.mktemp("map")
    (folder / "made").mkdir()
    kind, make = FORMS[form]
    (table,) = made.layers(folder, kind, make(folder / "made", rows))
    assert [(row["id"], row["nombre"].rstrip()) for row in made.cells(table)] == [
        ("" if number is None else str(number), (word or "").rstrip()) for number, word in rows
    ]


JSON_NUMBERS = st.one_of(
    st.integers(-(10**40), 10**40),
    st.decimals(-(10**12), 10**12, allow_nan=False, allow_infinity=False).map(str),
)


@settings(max_examples=100, deadline=None)
@given(numbers=st.lists(JSON_NUMBERS, min_size=1, max_size=6))
def test_numbers_of_json_keep_every_digit(
    numbers: list[Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """However many digits a number has, and whatever stands above it in its column."""
    folder = tmp_path_factory.mktemp("json")
    texts = [str(number).replace("E+", "e").replace("E", "e") for number in numbers]
    rows = ", ".join(f'{{"n": {text}, "o": {{"n": [{text}]}}}}' for text in texts)
    features = ", ".join(
        f'{{"type": "Feature", "geometry": null, "properties": {{"n": {text}}}}}' for text in texts
    )
    document = f'{{"type": "FeatureCollection", "features": [{features}]}}'.encode()
    (table,) = made.layers(folder, "geojson", document)
    assert [exact(row["n"]) for row in made.cells(table)] == [exact(text) for text in texts]
    (folder / "a.json").write_text(f"[{rows}]", "utf-8")
    found = made.cells(read_json(folder / "a.json", folder, DEFAULT))
    for row, text in zip(found, texts, strict=True):
        assert exact(row["n"]) == exact(text)
        inner = json.loads(row["o"], parse_float=str, parse_int=str)
        assert exact(inner["n"][0]) == exact(text)


def exact(text: str) -> Any:
    """A number with all its digits, to be compared."""
    return Decimal(text).normalize(Context(prec=100))
