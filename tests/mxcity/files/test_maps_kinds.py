"""GeoJSON, KML and GeoPackage: what is in them is in a table, or is named."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from ckanext.mxcity.files import FileRefused

from tests.mxcity.files import map_files as made


def point(*place: float) -> dict[str, Any]:
    """A figure of one place."""
    return {"type": "Point", "coordinates": place}


def line(*places: tuple[float, float]) -> dict[str, Any]:
    """A figure of several places."""
    return {"type": "LineString", "coordinates": places}


def test_properties_of_geojson_are_as_they_are_written(tmp_path: Path) -> None:
    """Numbers beside fractions and words, moments with their zone, lists, blanks."""
    rows = [
        {"folio": 8112345670, "dato": 1.5, "t": "2024-01-01T10:00:00.123-06:00", "si": True},
        {"folio": None, "dato": 9007199254740993, "t": "2024-01-01T10:00:00Z", "mas": {"a": [1]}},
        {"folio": 1001, "dato": "n/d", "t": None, "si": False, "mas": [1, "ñ"]},
    ]
    (table,) = made.layers(tmp_path, "geojson", made.collection(rows))
    assert [list(row.values()) for row in made.cells(table)] == [
        ["8112345670", "1.5", "2024-01-01T10:00:00.123-06:00", "true", ""],
        ["", "9007199254740993", "2024-01-01T10:00:00Z", "", '{"a": [1]}'],
        ["1001", "n/d", "", "false", '[1, "ñ"]'],
    ]


def test_a_key_stays_a_key_beside_a_blank(tmp_path: Path) -> None:
    """It joins with other tables, for it got no point."""
    rows = [{"cvegeo": 19039, "n": 1}, {"cvegeo": None, "n": None}, {"cvegeo": 19026, "n": 3}]
    made.reading(tmp_path, "a.geojson", made.collection(rows))
    assert [row[:2] for row in made.published(tmp_path, "a.geojson")[1:]] == [
        ["19039", "1"], ["", ""], ["19026", "3"],
    ]  # fmt: skip


def test_rows_without_a_figure_stay_rows(tmp_path: Path) -> None:
    """A figure is no condition of a row."""
    content = made.collection([{"a": 1}, {"a": 2}, None], [point(-100.3, 25.6), None, None])
    found = made.reading(tmp_path, "a.geojson", content)
    assert found.table().columns[-1].missing == 2
    assert [row[0] for row in made.published(tmp_path, "a.geojson")[1:]] == ["1", "2", ""]
    content = made.collection([{"a": 1}, {"a": 2}], [None, None])
    assert made.reading(tmp_path, "b.geojson", content).table().extent is None


def test_ids_of_features_are_kept_unless_they_only_count(tmp_path: Path) -> None:
    """They stand outside of the properties."""
    document = json.loads(made.collection([{"a": 1}, {"a": 2}]))
    for ids, titles in (((0, 1), ("a",)), ((1, 2), ("a",)), ((7, 5), ("id", "a"))):
        for feature, number in zip(document["features"], ids, strict=True):
            feature["id"] = number
        folder = tmp_path / str(ids[0])
        folder.mkdir()
        (table,) = made.layers(folder, "geojson", json.dumps(document).encode())
        assert table.titles[:-1] == titles
    assert [row["id"] for row in made.cells(table)] == ["7", "5"], "in the file's order"


def test_other_members_of_geojson_are_named(tmp_path: Path) -> None:
    """Whoever downloads the file would see them."""
    content = made.collection([{"a": 1}], name="calles", responsable={"curp": "X"})
    found = made.reading(tmp_path, "a.geojson", content)
    assert made.codes(found)["json-members-left-out"] == {"count": 1, "names": "responsable"}
    assert found.carries_more
    one = {"type": "Feature", "properties": {"a": 1}, "geometry": None, "autor": "X"}
    found = made.reading(tmp_path, "b.geojson", json.dumps(one).encode())
    assert made.codes(found)["json-members-left-out"]["names"] == "autor"
    assert found.table().row_count == 1


SYSTEMS = {
    "of 2008": ("urn:ogc:def:crs:EPSG::32614", (370000.0, 2832000.0), "crs-changed"),
    "short": ("EPSG:32614", (370000.0, 2832000.0), "crs-changed"),
    "degrees": ("urn:ogc:def:crs:OGC:1.3:CRS84", made.PLACE, None),
    "a file": ("/etc/passwd", made.PLACE, "crs-assumed"),
    "a pipeline": ("+proj=longlat +nadgrids=/etc/passwd", made.PLACE, "crs-assumed"),
}


@pytest.mark.parametrize("case", SYSTEMS)
def test_reference_systems_of_geojson(tmp_path: Path, case: str) -> None:
    """Those of EPSG by number; what names something else is none."""
    name, place, code = SYSTEMS[case]
    crs = {"type": "name", "properties": {"name": name}}
    found = made.reading(
        tmp_path, "a.geojson", made.collection([{"a": 1}], [point(*place)], crs=crs)
    )
    west, south, _, _ = found.table().extent or (0, 0, 0, 0)
    assert (-101 < west < -100, 25 < south < 26) == (True, True)
    assert {"crs-changed", "crs-assumed"} & set(made.codes(found)) == ({code} if code else set())


def test_heights_are_said_to_be_left_out(tmp_path: Path) -> None:
    """A third coordinate is no part of the table."""
    found = made.reading(tmp_path, "a.geojson", made.collection([{"a": 1}], [point(-100, 25, 540)]))
    assert "heights-left-out" in made.codes(found)
    assert json.loads(made.published(tmp_path, "a.geojson")[1][-1])["coordinates"] == [-100, 25]


#: Figures; what is noticed of them, and the first row where; whether they have an extent.
PLACES: dict[str, tuple[list[Any], dict[str, Any], bool]] = {
    "right": ([point(-100.3, 25.6), point(0, 0)], {}, True),
    "of another country": ([point(2.3, 48.8)], {}, True),
    "exchanged in the east": ([None, point(20.9, -89.6)], {"coordinates-look-swapped": 2}, False),
    "one exchanged": (
        [point(-89.6, 20.9), line((20.9, -89.6), (20.8, -89.5))],
        {"coordinates-look-swapped": 2},
        True,
    ),
    "without a sign": (
        [point(100.3, 25.6), point(99.1, 19.4)], {"coordinates-lost-sign": 1}, False,
    ),
    "one without a sign": (
        [point(-100.3, 25.6), point(100.3, 25.6)], {"coordinates-lost-sign": 2}, True,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", PLACES)
def test_places_that_look_wrong_are_named_not_changed(tmp_path: Path, case: str) -> None:
    """A map that would lie in Mexico if it were otherwise has no extent, but its own figures."""
    shapes, expected, extent = PLACES[case]
    content = made.collection([{"a": 1}] * len(shapes), shapes)
    found = made.reading(tmp_path, "a.geojson", content)
    said = made.codes(found)
    looks = {code: params["row"] for code, params in said.items() if "coordinates" in code}
    assert looks == expected
    assert (found.table().extent is not None) == extent
    rows = [row[-1] for row in made.published(tmp_path, "a.geojson")[1:]]
    wanted = ["" if shape is None else shapely.geometry.shape(shape) for shape in shapes]
    assert [row and shapely.from_geojson(row) for row in rows] == wanted


IMPOSSIBLE = {
    "exchanged": ("coordinates-exchanged", [point(25.6, -100.3), point(25.7, -100.4)], 2, 1),
    "one exchanged": ("coordinates-exchanged", [point(-100.3, 25.6), point(25.7, -100.4)], 1, 2),
    "metres": ("coordinates-beyond", [point(370000, 2832000)], 1, 1),
    "one beyond": ("coordinates-beyond", [None, point(-100.3, 25.6), point(-100.3, 95)], 1, 3),
    "a ring that is open": (
        "figures-broken",
        [point(-100, 25), {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0]]]}], 1, 2,
    ),
    "a kind that is none": ("figures-broken", [{"type": "Circle", "coordinates": [0, 0]}], 1, 1),
}  # fmt: skip


@pytest.mark.parametrize("case", IMPOSSIBLE)
def test_figures_that_are_no_place_are_refused(tmp_path: Path, case: str) -> None:
    """With their count, and where the first is."""
    code, shapes, count, row = IMPOSSIBLE[case]
    with pytest.raises(FileRefused) as refused:
        made.reading(tmp_path, "a.geojson", made.collection([{"a": 1}] * len(shapes), shapes))
    assert (refused.value.code, refused.value.params) == (code, {"count": count, "row": row})


MARKS = """<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>Obras</name>
<Schema name="s" id="s"><SimpleField name="folio" type="int"/></Schema>
<Style id="x"><LineStyle><width>2</width></LineStyle></Style>
<Placemark><name>Uno</name><styleUrl>#x</styleUrl><visibility>1</visibility>
<ExtendedData><SchemaData schemaUrl="#s"><SimpleData name="folio">8112345670</SimpleData>
</SchemaData></ExtendedData><Point><altitudeMode>clampToGround</altitudeMode><coordinates>-100.3,25.6,0
</coordinates></Point></Placemark>
<Placemark><name>Dos</name><ExtendedData><Data name="clave"><value>0012</value></Data>
</ExtendedData></Placemark>
<Folder><name>Obras</name><Placemark id="q"><name>Tres</name>
<TimeStamp><when>2024-01-01T10:00:00-06:00</when></TimeStamp><MultiGeometry>
<Point><coordinates>-100.3,25.6</coordinates></Point><Polygon><outerBoundaryIs><LinearRing>
<coordinates>-100,25 -100,26 -99,26 -100,25</coordinates></LinearRing></outerBoundaryIs></Polygon>
</MultiGeometry></Placemark></Folder><Folder><name>vacía</name></Folder>%s</Document></kml>"""


def test_placemarks_are_rows_with_all_that_they_say(tmp_path: Path) -> None:
    """With a schema or without; how a map is drawn is no column."""
    found = made.reading(tmp_path, "a.kml", (MARKS % "").encode())
    assert [table.name for table in found.tables] == ["Obras", "Obras 2"]
    assert not found.carries_more
    first = made.published(tmp_path, "a.kml")
    assert [row[:3] for row in first] == [
        ["name", "folio", "clave"], ["Uno", "8112345670", ""], ["Dos", "", "0012"],
    ]  # fmt: skip
    assert (bool(first[1][3]), first[2][3]) == (True, "")
    assert made.codes(found)["columns-left-out"]["names"] == "visibility, altitudeMode"
    second = made.published(tmp_path, "a.kml", "Obras 2")
    assert second[0] == ["id", "name", "timestamp", "geometry"]
    assert json.loads(second[1][3])["type"] == "GeometryCollection"
    folder = tmp_path / "raw"
    folder.mkdir()
    tables = made.layers(folder, "kml", (MARKS % "").encode())
    assert made.cells(tables[1])[0]["timestamp"] == "2024-01-01T10:00:00-06:00"


@pytest.mark.parametrize(
    "part",
    [
        "<GroundOverlay><name>a</name></GroundOverlay>",
        "<NetworkLink><Link><href>http://a.mx</href></Link></NetworkLink>",
        "<Placemark><name>a</name><Model/></Placemark>",
        "<description>CURP</description>",
        "<Style><BalloonStyle><text>CURP</text></BalloonStyle></Style>",
    ],
)
def test_other_parts_of_kml_are_named(tmp_path: Path, part: str) -> None:
    """The file is not published with them."""
    found = made.reading(tmp_path, "a.kml", (MARKS % part).encode())
    assert "kml-left-out" in made.codes(found)
    assert found.carries_more


@pytest.mark.parametrize(
    "figure",
    [
        "<Point><coordinates>-100.3,abc</coordinates></Point>",
        "<Point><coordinates>-100.3</coordinates></Point>",
        "<LineString><coordinates>-100.3,25.6</coordinates></LineString>",
        "<MultiGeometry><Track/></MultiGeometry>",
    ],
)
def test_broken_figures_of_kml_are_refused_with_their_row(tmp_path: Path, figure: str) -> None:
    """They are counted within their folder."""
    content = MARKS % f"<Placemark><name>a</name>{figure}</Placemark>"
    with pytest.raises(FileRefused) as refused:
        made.reading(tmp_path, "a.kml", content.encode())
    assert (refused.value.code, refused.value.params["row"]) == ("figures-broken", 3)


def geopackage(folder: Path, statements: str = "") -> bytes:
    """A GeoPackage of three points, changed by SQL."""
    days = ["2024-01-01T10:00:00", "2024-01-02T10:00:00", "NaT"]
    columns = {
        "folio": np.array([9007199254740993, 0, 8112345670]),
        "alta": np.array(days, "datetime64[ms]"),
        "activo": np.array([True, False, False]),
        "medida": np.array([1.5, np.nan, 0.1]),
    }
    masks = {"folio": np.array([False, True, False]), "activo": np.array([False, False, True])}
    path = made.written(folder, "GPKG", ".gpkg", columns, masks)
    with sqlite3.connect(path) as database:
        for (trigger,) in database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            database.execute(f'DROP TRIGGER "{trigger}"')
        database.executescript(statements)
    database.close()
    return path.read_bytes()


def test_values_of_a_geopackage_are_kept(tmp_path: Path) -> None:
    """Whole numbers and yes or no beside blanks, moments, the numbers of figures that count not."""
    (tmp_path / "made").mkdir()
    content = geopackage(
        tmp_path / "made", "UPDATE a SET fid = 70 WHERE fid = 3; CREATE INDEX i ON a (medida);"
    )
    (table,) = made.layers(tmp_path, "gpkg", content)
    rows = made.cells(table)
    assert [row["fid"] for row in rows] == ["1", "2", "70"]
    assert [row["folio"] for row in rows] == ["9007199254740993", "", "8112345670"]
    assert [row["activo"] for row in rows] == ["true", "false", ""]
    assert [row["medida"] for row in rows] == ["1.5", "", "0.1"]
    assert [row["alta"][:19] for row in rows] == ["2024-01-01T10:00:00", "2024-01-02T10:00:00", ""]


def test_values_of_another_type_than_their_column_are_kept(tmp_path: Path) -> None:
    """SQLite holds a text, a fraction or bytes in a column of whole numbers."""
    (tmp_path / "made").mkdir()
    statements = """UPDATE a SET folio = 'A-1', medida = 'n/d' WHERE fid = 1;
      UPDATE a SET folio = 1.5, activo = 7, alta = 'ayer' WHERE fid = 2;
      UPDATE a SET folio = x'00ff' WHERE fid = 3;"""
    (table,) = made.layers(tmp_path, "gpkg", geopackage(tmp_path / "made", statements))
    rows = [[cell[:10] for cell in row.values()] for row in made.cells(table)]
    assert rows == [
        ["A-1", "2024-01-01", "true", "n/d"], ["1.5", "ayer", "7", ""], ["00ff", "", "", "0.1"],
    ]  # fmt: skip


def test_a_geopackage_with_broken_pages_is_refused(tmp_path: Path) -> None:
    """Whatever library finds it out."""
    (tmp_path / "made").mkdir()
    content = geopackage(tmp_path / "made")
    with pytest.raises(FileRefused) as refused:
        made.reading(tmp_path, "a.gpkg", content[:4096] + bytes(len(content) - 4096))
    assert refused.value.code == "broken-map"


def test_every_table_of_a_geopackage_is_accounted_for(tmp_path: Path) -> None:
    """Layers, tables without figures, and what nobody declared."""
    (tmp_path / "made").mkdir()
    statements = "CREATE TABLE padron (curp TEXT); INSERT INTO padron VALUES ('X');"
    content = geopackage(tmp_path / "made", statements)
    found = made.reading(tmp_path, "a.gpkg", content)
    said = made.codes(found).get("tables-left-out", {}).get("names")
    assert "padron" in {said, *(table.name for table in found.tables)}
    assert found.carries_more == bool(said)


def test_layers_without_rows_are_named(tmp_path: Path) -> None:
    """An empty layer is no table, and no reason to refuse the others."""
    (tmp_path / "made").mkdir()
    content = geopackage(tmp_path / "made")
    path = tmp_path / "made" / "a.gpkg"
    pyogrio.raw.write(
        path, np.array([], dtype=object), [np.array([], dtype=np.int64)], ["n"], layer="parques",
        geometry_type="Point", crs="EPSG:4326", driver="GPKG", append=True,
    )  # fmt: skip
    found = made.reading(tmp_path, "a.gpkg", path.read_bytes())
    assert content
    assert made.codes(found)["layers-empty"] == {"count": 1, "names": "parques"}
    assert [table.name for table in found.tables] == ["a"]
