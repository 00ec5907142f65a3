"""A base map is made of the layers that a city has, and of nothing else."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from ckanext.mxcity.city import load_city
from ckanext.mxcity.demo.generators.base_layers import base_layers
from ckanext.mxcity.maps.basemap.build import DEMONSTRATION, Wanted, build
from ckanext.mxcity.maps.basemap.errors import BaseMapError
from ckanext.mxcity.maps.basemap.features import Ground
from ckanext.mxcity.maps.basemap.kinds import KINDS, kind_of
from pmtiles.reader import MmapSource, Reader, all_tiles

CITY = load_city(Path(__file__).parents[3] / "config/cities/monterrey.yaml")
GROUND = Ground(CITY.name, CITY.municipality_code, CITY.bbox)
WANTED = Wanted(GROUND, "INEGI, Marco Geoestadístico")
WEST, SOUTH = CITY.bbox.west + 0.08, CITY.bbox.south + 0.08


def geojson(folder: Path, name: str, *things: tuple[Any, dict[str, Any]]) -> Path:
    """Write a layer of geometries of shapely, each with what it tells."""
    features = [
        {"type": "Feature", "geometry": shapely.geometry.mapping(shape), "properties": told}
        for shape, told in things
    ]
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def ring(west: float, south: float, size: float, hole: bool = False) -> Any:
    """A square, with a square hole in it if asked."""
    inner = shapely.box(west + size / 4, south + size / 4, west + size / 2, south + size / 2)
    outer = shapely.box(west, south, west + size, south + size)
    return outer.difference(inner) if hole else outer


def about(path: Path) -> tuple[dict[str, Any], dict[str, Any], bytes]:
    """The head of an archive, what it says of itself, and its largest tile, unpacked."""
    with path.open("rb") as file:
        source = MmapSource(file)
        reader = Reader(source)
        largest = max((tile for _, tile in all_tiles(source)), key=len)
        return reader.header(), reader.metadata(), gzip.decompress(largest)


@pytest.mark.parametrize(
    ("layer", "kind"),
    [
        ("19mun", "limits"),
        ("19e", "streets"),
        ("gis_osm_roads_free_1", "streets"),
        ("gis_osm_waterways_free_1", "water"),
        ("Colonias_2024", "neighbourhoods"),
        ("Áreas verdes", "parks"),
        ("19a", None),
        ("manzanas", None),
    ],
)
def test_layers_are_recognised(layer: str, kind: str | None) -> None:
    """The names of INEGI, of OpenStreetMap and of cities say what a layer is."""
    found = kind_of(layer, {})
    assert (found.name if found else None) == kind


def test_a_profile_chooses_layers() -> None:
    """What a profile names is taken, and no other layer for the same kind."""
    chosen = {"limits": ["poligonal"]}
    assert kind_of("Poligonal", chosen).name == "limits"
    assert kind_of("19mun", chosen) is None
    assert kind_of("colonias", chosen).name == "neighbourhoods"


def test_the_demonstration_has_every_kind(tmp_path: Path) -> None:
    """Its layers make a base map that says what it is; the same layers make the same file."""
    folder = tmp_path / "layers"
    folder.mkdir()
    for name, features in base_layers(CITY):
        text = json.dumps({"type": "FeatureCollection", "features": features})
        (folder / f"{name}.geojson").write_text(text)
    target = tmp_path / "storage" / "monterrey.pmtiles"
    wanted = Wanted(GROUND, "Mapa base de demostración", demonstration=True)
    first = build(folder, target, wanted)
    assert all(first.counts[kind.name] for kind in KINDS)
    assert (first.changed, first.size) == (True, target.stat().st_size)
    head, told, _ = about(target)
    assert (told["attribution"], told["description"]) == (wanted.source, DEMONSTRATION)
    assert str(tmp_path) not in json.dumps(told), "the file tells nothing of the machine"
    assert (head["min_zoom"], head["max_zoom"]) == (8, 14)
    assert CITY.bbox.west - 0.1 < head["min_lon_e7"] / 1e7 < head["max_lon_e7"] / 1e7
    moment = target.stat().st_mtime_ns
    assert not build(folder, target, wanted).changed
    assert target.stat().st_mtime_ns == moment
    assert [path.name for path in target.parent.iterdir()] == [target.name], "nothing is left over"


def test_a_shapefile_and_a_geopackage_in_another_system(tmp_path: Path) -> None:
    """Layers of INEGI's system of metres are put in their place; what is no layer is said."""
    folder = tmp_path / "marco"
    folder.mkdir()
    metres = shapely.transform(ring(WEST, SOUTH, 0.05, hole=True), _lambert, interleaved=False)
    for path, layer in ((folder / "19mun.shp", None), (folder / "varias.gpkg", "colonias")):
        pyogrio.raw.write(
            path,
            np.array([shapely.to_wkb(metres)], dtype=object),
            [np.array(["19039"], dtype=object), np.array(["Monterrey"], dtype=object)],
            ["CVEGEO", "NOMGEO"],
            geometry_type="Polygon",
            crs="EPSG:6372",
            layer=layer,
        )
    pyogrio.raw.write(
        folder / "varias.gpkg", np.array([shapely.to_wkb(metres)], dtype=object),
        [np.array(["x"], dtype=object)], ["clave"], geometry_type="Polygon", crs="EPSG:6372",
        layer="manzanas", append=True,
    )  # fmt: skip
    report = build(folder, tmp_path / "m.pmtiles", WANTED)
    assert dict(report.counts) == {"limits": 1, "neighbourhoods": 1, "labels": 2}
    assert list(report.unused) == ["manzanas"]
    head, told, tile = about(tmp_path / "m.pmtiles")
    assert head["min_lon_e7"] / 1e7 == pytest.approx(WEST, abs=0.001)
    assert "Monterrey" in tile.decode("utf-8", "replace")
    assert told["attribution"] == WANTED.source


def _lambert(x: Any, y: Any) -> Any:
    from pyproj import Transformer

    return Transformer.from_crs(4326, 6372, always_xy=True).transform(x, y)


def test_layers_of_another_country_are_refused(tmp_path: Path) -> None:
    """The refusal names the layer and both places; the base map before stays."""
    target = tmp_path / "m.pmtiles"
    target.write_bytes(b"the one before")
    folder = tmp_path / "madrid"
    geojson(folder, "barrios", (ring(-3.8, 40.3, 0.2), {"nombre": "Sol"}))
    geojson(folder, "calles", (shapely.LineString([(WEST, SOUTH), (WEST, SOUTH + 0.1)]), {}))
    with pytest.raises(BaseMapError) as refused:
        build(folder, target, WANTED)
    said = refused.value.said("en")
    assert refused.value.code == "elsewhere"
    assert all(word in said for word in ("barrios", "Monterrey", "-3.80", "40.30"))
    assert target.read_bytes() == b"the one before"


@pytest.mark.parametrize("case", ["nothing", "unknown", "broken", "empty", "huge"])
def test_what_is_no_base_map_is_refused(tmp_path: Path, case: str) -> None:
    """A folder of nothing, of unknown layers or of broken, empty or absurd ones has its reason."""
    folder = tmp_path / "layers"
    folder.mkdir()
    if case == "unknown":
        geojson(folder, "manzanas", (ring(WEST, SOUTH, 0.01), {}))
    if case == "broken":
        (folder / "colonias.gpkg").write_bytes(b"not a database")
    if case == "empty":
        geojson(folder, "colonias")
    if case == "huge":
        geojson(folder, "colonias", (ring(1e9, 1e9, 1e8), {"nombre": "x"}))
    with pytest.raises(BaseMapError) as refused:
        build(folder, tmp_path / "m.pmtiles", WANTED)
    codes = {"nothing": {"no-layers"}, "unknown": {"unknown"}, "broken": {"unreadable"}}
    assert refused.value.code in codes.get(case, {"unreadable", "empty", "elsewhere"})
    assert len(refused.value.said("en")) > 20
    assert not (tmp_path / "m.pmtiles").exists()
