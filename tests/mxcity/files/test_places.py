"""The extent of a table is that of the coordinates that it publishes."""

from __future__ import annotations

from pathlib import Path

import pytest
from ckanext.mxcity.files import Recipe
from ckanext.mxcity.files.reading import read_file
from ckanext.mxcity.files.recipes import AS_READ, ColumnRecipe

DEGREES = [("25.601", "-100.301"), ("25.702", "-100.202")]
BOX = (-100.301, 25.601, -100.202, 25.702)
METRES = [("2833000.5", "370000.5"), ("2834000.5", "371000.5")]


def extent(
    folder: Path, header: str, *pairs: list[tuple[str, str]], recipe: Recipe = AS_READ
) -> tuple[float, float, float, float] | None:
    """The extent of a table of these columns of coordinates."""
    path = folder / "a.csv"
    rows = [",".join(cell for pair in row for cell in pair) for row in zip(*pairs, strict=True)]
    path.write_text("\n".join([header, *rows]) + "\n")
    return read_file(path, "a.csv", recipes={"a": recipe}).tables[0].extent


@pytest.mark.parametrize(
    ("header", "pairs", "expected"),
    [
        ("latitud,longitud", [DEGREES], BOX),
        ("longitud,latitud", [DEGREES], BOX),  # exchanged: put right
        ("lat,lon,y,x", [DEGREES, METRES], BOX),
        ("y,x,lat,lon", [METRES, DEGREES], BOX),
        ("y,x", [METRES], None),
        ("latitud,monto", [DEGREES], None),
        ("latitud,longitud", [[*DEGREES, ("0.0", "0.0")]], BOX),
        ("latitud,longitud", [[*DEGREES, ("95.5", "-100.5")]], BOX),
        ("latitud,longitud", [[*DEGREES, ("", "-80.5")]], BOX),
        ("latitud,longitud", [[("0.0", "0.0"), ("0.0", "0.0")]], None),
    ],
)
def test_of_a_table(
    tmp_path: Path, header: str, pairs: list[list[tuple[str, str]]], expected: object
) -> None:
    """What is no place on earth is none of it."""
    assert extent(tmp_path, header, *pairs) == expected


@pytest.mark.parametrize("name", ["latitud", "longitud"])
def test_without_a_coordinate(tmp_path: Path, name: str) -> None:
    """A column that a person left out tells of no place."""
    recipe = Recipe(columns={name: ColumnRecipe(left_out=True)})
    assert extent(tmp_path, "latitud,longitud", DEGREES, recipe=recipe) is None
    both = "lat,lon,latitud,longitud"
    assert extent(tmp_path, both, DEGREES, DEGREES, recipe=recipe) == BOX
