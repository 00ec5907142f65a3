"""Every awkward file ends in a table with what was noticed, or in a named refusal."""

# ruff: noqa: E501  # a case is a line

from __future__ import annotations

import codecs
import csv
import io
import json
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import openpyxl
import pyogrio
import pytest
import shapely
from ckanext.mxcity.files import (
    FileReading,
    FileRefused,
    Limits,
    propose_metadata,
    propose_schema,
)
from ckanext.mxcity.files.messages import MESSAGES, text
from ckanext.mxcity.files.reading import read_file, write_table
from hypothesis import given, settings
from hypothesis import strategies as st

SMALL = Limits(size=3_000_000, memory_size=3_000_000, unpacked=5_000_000, columns=300)
PLAIN = "colonia,reportes,fecha\nCentro,3,2024-01-31\nSan Pedro,4,2024-02-01\n"


def workbook(rows: list[list[Any]], **more: list[list[Any]]) -> bytes:
    """A workbook with a sheet of these rows, and others by name."""
    book = openpyxl.Workbook()
    for title, content in ({"Hoja1": rows} | more).items():
        sheet = book.create_sheet(title)
        for row in content:
            sheet.append(row)
    book.remove(book.worksheets[0])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def zipped(entries: dict[str, bytes]) -> bytes:
    """A ZIP archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return file.getvalue()


def ods(rows: list[list[str]]) -> bytes:
    """An OpenDocument spreadsheet."""
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
            for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    content = (
        '<?xml version="1.0"?><office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>'
        f'<office:spreadsheet><table:table table:name="Uno">{cells}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    return zipped(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": b"<x/>",
            "content.xml": content.encode(),
        }
    )


def layer(folder: Path, name: str, driver: str, crs: str | None = "EPSG:4326") -> Path:
    """A map of two points near Monterrey, in a reference system."""
    points = shapely.points([[-100.3, 25.6], [-100.2, 25.7]])
    if crs == "EPSG:32614":
        points = shapely.points([[370000.0, 2832000.0], [371000.0, 2833000.0]])
    path = folder / name
    pyogrio.raw.write(
        path,
        shapely.to_wkb(points),
        [np.array(["Uno", "Dos"], dtype=object), np.array([1, 2])],
        ["nombre", "cuantos"],
        geometry_type="Point",
        crs=crs,
        driver=driver,
    )
    return path


def shapefile(folder: Path, crs: str = "EPSG:32614", without: str = "") -> bytes:
    """A zipped Shapefile, perhaps without one of its parts."""
    layer(folder, "calles.shp", "ESRI Shapefile", crs)
    parts = {path.name: path.read_bytes() for path in folder.glob("calles.*")}
    return zipped({name: content for name, content in parts.items() if name != f"calles.{without}"})


def parquet(folder: Path) -> bytes:
    """A Parquet file with typed columns."""
    path = folder / "a.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT 'Centro' AS colonia, 3 AS reportes, DATE '2024-01-31' AS fecha) "
            f"TO '{path}' (FORMAT parquet)"
        )
    return path.read_bytes()


def read(folder: Path, name: str, content: bytes, limits: Limits = SMALL) -> FileReading:
    """Read a file of this content."""
    path = folder / "upload"
    path.write_bytes(content)
    return read_file(path, name, limits)


def canonical(folder: Path, name: str, table: str | None = None) -> list[list[str]]:
    """The canonical rows of the file that was read last, header first."""
    write_table(folder / "upload", name, table, folder / "out.csv", SMALL)
    with (folder / "out.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


GOOD: dict[str, tuple[str, Any]] = {
    "plain": ("a.csv", PLAIN.encode()),
    "bom": ("a.csv", codecs.BOM_UTF8 + PLAIN.encode()),
    "latin-1": ("a.csv", PLAIN.replace("Centro", "Peñón").encode("latin-1")),
    "cp1252": ("a.csv", PLAIN.replace("Centro", "“Peñón”").encode("cp1252")),
    "utf-16": ("a.csv", PLAIN.encode("utf-16")),
    "utf-16-be": ("a.csv", codecs.BOM_UTF16_BE + PLAIN.encode("utf-16-be")),
    "semicolon": ("a.csv", PLAIN.replace(",", ";").encode()),
    "tab": ("a.tsv", PLAIN.replace(",", "\t").encode()),
    "tab named csv": ("a.csv", PLAIN.replace(",", "\t").encode()),
    "pipe": ("a.txt", PLAIN.replace(",", "|").encode()),
    "crlf": ("a.csv", PLAIN.replace("\n", "\r\n").encode()),
    "no last newline": ("a.csv", PLAIN.strip().encode()),
    "upper case": ("A.CSV", PLAIN.encode()),
    "path in name": ("../../etc/a.csv", PLAIN.encode()),
    "quoted": ("a.csv", b'colonia,reportes,fecha\n"Centro, ""sur""",3,2024-01-31\nx,4,2024-02-01\n'),
    "line in cell": ("a.csv", b'colonia,reportes,fecha\n"Centro\nsur",3,2024-01-31\nx,4,2024-02-01\n'),
    "blank rows": ("a.csv", PLAIN.replace("\nSan", "\n\nSan").encode()),
    "titles above": ("a.csv", ("Reportes 2024,,\n,,\n" + PLAIN).encode()),
    "nul": ("a.csv", PLAIN.replace("Centro", "Cen\x00tro").encode() + b"x" * 5000 + b",1,2024-03-01\n"),
    "xlsx": ("a.xlsx", workbook([["colonia", "reportes", "fecha"], ["Centro", 3, "2024-01-31"],
                                  ["San Pedro", 4, "2024-02-01"]])),
    "xlsx with titles": ("a.xlsx", workbook([["Informe"], [], ["colonia", "reportes", "fecha"],
                                              ["Centro", 3, "2024-01-31"], ["x", 4, "2024-02-01"]])),
    "xlsx with totals": ("a.xlsx", workbook([["colonia", "reportes", "fecha"], ["Centro", 3, "2024-01-31"],
                                              ["x", 4, "2024-02-01"], ["Total", 7, None]])),
    "ods": ("a.ods", ods([["colonia", "reportes", "fecha"], ["Centro", "3", "2024-01-31"],
                          ["San Pedro", "4", "2024-02-01"]])),
    "json": ("a.json", json.dumps([{"colonia": "Centro", "reportes": 3, "fecha": "2024-01-31"},
                                   {"colonia": "x", "reportes": 4, "fecha": "2024-02-01"}]).encode()),
    "json inside": ("a.json", json.dumps({"datos": [{"colonia": "C", "reportes": 3, "fecha": "2024-01-31"}],
                                          "n": 1}).encode()),
    "parquet": ("a.parquet", parquet),
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_the_same_table_in_every_form(tmp_path: Path, name: str) -> None:
    """However a table was saved, its columns are the same, and have the same types."""
    file, content = GOOD[name]
    found = read(tmp_path, file, content(tmp_path) if callable(content) else content)
    table = found.table()
    assert [(column.name, column.type) for column in table.columns] == [
        ("colonia", "string"), ("reportes", "integer"), ("fecha", "date"),
    ]  # fmt: skip
    assert table.period is not None
    assert table.period[0] == "2024-01-31"
    rows = canonical(tmp_path, file)
    assert rows[0] == ["colonia", "reportes", "fecha"]
    assert rows[1][1:] == ["3", "2024-01-31"]
    assert len(rows) - 1 == table.row_count


REFUSED: dict[str, tuple[str, Any, str]] = {
    "empty": ("a.csv", b"", "empty"),
    "blank": ("a.csv", b"   \n \n", "empty"),
    "only header": ("a.csv", b"a,b,c\n", "only-header"),
    "too large": ("a.csv", b"a,b\n" + b"1,2\n" * 800_000, "too-large"),
    "no extension": ("datos", PLAIN.encode(), "unknown-extension"),
    "program": ("a.exe", b"MZ" + b"\x00" * 100, "binary"),
    "binary": ("a.csv", bytes(range(256)) * 20, "binary"),
    "picture": ("a.csv", b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "not-a-table"),
    "pdf": ("a.xlsx", b"%PDF-1.7\n", "not-a-table"),
    "svg": ("a.csv", b'<svg xmlns="http://www.w3.org/2000/svg"><script>x</script></svg>', "not-a-table"),
    "web page": ("a.csv", b"<!DOCTYPE html><html><body>404</body></html>", "web-page"),
    "xml": ("a.csv", b"<?xml version='1.0'?><rows/>", "xml"),
    "xlsx named csv": ("a.csv", workbook([["a"], [1]]), "other-content"),
    "csv named xlsx": ("a.xlsx", PLAIN.encode(), "other-content"),
    "json named csv": ("a.csv", b'[{"a": 1}]', "other-content"),
    "broken zip": ("a.xlsx", b"PK\x03\x04" + b"\x00" * 200, "broken-archive"),
    "cut workbook": ("a.xlsx", workbook([["a"], [1]])[:-200], "broken-archive"),
    "hollow workbook": ("a.xlsx", zipped({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x"}), "broken-workbook"),
    "document": ("a.xlsx", zipped({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}), "not-a-table"),
    "zip of csv": ("a.zip", zipped({"a.csv": PLAIN.encode()}), "archive-without-table"),
    "bomb": ("a.xlsx", zipped({"[Content_Types].xml": b"<x/>", "xl/a.xml": b"\x00" * 60_000_000}), "unpacks-too-large"),
    "path in zip": ("a.zip", zipped({"../../a.shp": b"x"}), "path-in-archive"),
    "absolute path in zip": ("a.zip", zipped({"/etc/a.shp": b"x"}), "path-in-archive"),
    "encrypted workbook": ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 512
                           + "EncryptedPackage".encode("utf-16-le"), "password"),
    "broken xls": ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "broken-workbook"),
    "empty workbook": ("a.xlsx", workbook([]), "empty"),
    "cut json": ("a.json", b'[{"a": 1}, {"a":', "broken-json"),
    "json scalar": ("a.json", b'{"a": 1}', "json-without-list"),
    "json numbers": ("a.json", b"[1, 2]", "json-without-objects"),
    "deep json": ("a.json", b"[" * 100_000, "deep-json"),
    "wide": ("a.csv", (",".join(f"c{n}" for n in range(2000)) + "\n" + ",".join("1" * 2000) + "\n").encode(), "too-many-columns"),
    "wide workbook": ("a.xlsx", workbook([[f"c{n}" for n in range(400)], list(range(400))]), "too-many-columns"),
    "broken parquet": ("a.parquet", b"PAR1" + b"\x00" * 100 + b"PAR1", "broken-parquet"),
    "other database": ("a.gpkg", b"SQLite format 3\x00" + b"\x00" * 200, "not-geopackage"),
    "broken geopackage": ("a.gpkg", b"SQLite format 3\x00" + b"\x00" * 52 + b"GPKG" + b"\x00" * 200, "broken-map"),
    "coordinates without end": ("a.geojson", b'{"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32614"}}, "features": [{"type": "Feature", "properties": {"a": 1}, "geometry": {"type": "Point", "coordinates": [1e12, 1e12]}}]}', "coordinates-infinite"),
    "broken geojson": ("a.geojson", b'{"type": "FeatureCollection", "features": [{"type"', "broken-json"),
    "empty geojson": ("a.geojson", b'{"type": "FeatureCollection", "features": []}', "empty"),
    "kml with entities": ("a.kml", b'<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY a "b">]><kml xmlns="http://www.opengis.net/kml/2.2">&a;</kml>', "unsafe-xml"),
    "broken kml": ("a.kml", b'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>', "broken-map"),
    "shapefile without dbf": ("a.zip", lambda folder: shapefile(folder, without="dbf"), "shapefile-incomplete"),
    "shapefile without prj": ("a.zip", lambda folder: shapefile(folder, without="prj"), "crs-missing"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refusals_are_named(tmp_path: Path, name: str) -> None:
    """What cannot be taken has a reason and a way on, in Spanish."""
    file, content, code = REFUSED[name]
    with pytest.raises(FileRefused) as refused:
        read(tmp_path, file, content(tmp_path) if callable(content) else content)
    assert refused.value.code == code
    said = text(code, refused.value.params)
    assert "?" not in said
    assert said != text(code, refused.value.params, "en")


COLUMNS: dict[str, tuple[list[str], str, list[str]]] = {
    "numbers": (["1.5", "-2", "+3.25"], "number", ["1.5", "-2", "3.25"]),
    "decimal comma": (["1,5", "-2,25", "3,0"], "number", ["1.5", "-2.25", "3.0"]),
    "thousands": (["1,234.50", "12", "1,000,000"], "number", ["1234.50", "12", "1000000"]),
    "european thousands": (["1.234,50", "12,1", "1.000.000"], "number", ["1234.50", "12.1", "1000000"]),
    "spaced thousands": (["101 322", "12", "1 000 000"], "number", ["101322", "12", "1000000"]),
    "hard spaces": (["101\u00a0322", "12", "7"], "number", ["101322", "12", "7"]),
    "money": (["$1,200.00", "$ 3", "-$4.5"], "number", ["1200.00", "3", "-4.5"]),
    "percent": (["12.5%", "3 %", "0%"], "number", ["12.5", "3", "0"]),
    "ordinals": (["1º", "23", "3.er"], "integer", ["1", "23", "3"]),
    "English ordinals": (["23rd", "35th", "1st"], "integer", ["23", "35", "1"]),
    "more than": (["más de 230", "450", "cerca de 65"], "string", ["más de 230", "450", "cerca de 65"]),
    "bounds": (["> 230", "450+", "1.5 o más"], "string", ["> 230", "450+", "1.5 o más"]),
    "a sentence of years": (["5.1% (2000), 7% (2001)", "14.1% (2004)", "x"], "string",
                            ["5.1% (2000), 7% (2001)", "14.1% (2004)", "x"]),
    "scientific": (["1.5e3", "2.5E-2", "1e-07"], "number", ["1.5e3", "2.5E-2", "1e-07"]),
    "powers that are codes": (["5E1", "1E5", "12D3"], "string", ["5E1", "1E5", "12D3"]),
    "days first": (["31/01/2024", "1/2/2024", "28/02/2024"], "date", ["2024-01-31", "2024-02-01", "2024-02-28"]),
    "months first": (["01/31/2024", "2/1/2024", "02/28/2024"], "date", ["2024-01-31", "2024-02-01", "2024-02-28"]),
    "dashes": (["31-01-2024", "01-02-2024", "28-02-2024"], "date", ["2024-01-31", "2024-02-01", "2024-02-28"]),
    "short years": (["31/01/24", "01/02/24", "28/02/24"], "date", ["2024-01-31", "2024-02-01", "2024-02-28"]),
    "moments": (["31/01/2024 10:30", "01/02/2024 9:05", "28/02/2024 23:59"], "datetime",
                ["2024-01-31T10:30:00", "2024-02-01T09:05:00", "2024-02-28T23:59:00"]),
    "yes and no": (["Sí", "no", "SI"], "boolean", ["true", "false", "true"]),
    "missing": (["1", "N/D", "3"], "integer", ["1", "", "3"]),
    "codes": (["01", "19", "09"], "string", ["01", "19", "09"]),
    "long numbers": (["12345678901234567", "2", "3"], "string", ["12345678901234567", "2", "3"]),
    "words": (["uno", "2", "tres"], "string", ["uno", "2", "tres"]),
    "formula": (["=1+1", "@x", "-x"], "string", ["=1+1", "@x", "-x"]),
    "nothing": (["", "-", "s/d"], "string", ["", "-", "s/d"]),
}  # fmt: skip


@pytest.mark.parametrize("name", COLUMNS)
def test_values_are_written_one_way(tmp_path: Path, name: str) -> None:
    """Numbers, days and answers come out in one form, whatever the clerk's habits."""
    values, kind, expected = COLUMNS[name]
    rows = "\n".join(f'x,"{value}"' for value in values)
    found = read(tmp_path, "a.csv", f"nombre,valor\n{rows}\n".encode())
    assert found.table().columns[1].type == kind
    assert [row[1] for row in canonical(tmp_path, "a.csv")[1:]] == expected


@pytest.mark.parametrize(
    ("header", "values", "expected", "role"),
    [
        ("cve_ent", ["1", "9", "19"], ["01", "09", "19"], "area"),
        ("cvegeo", ["1001", "19039", "9002"], ["01001", "19039", "09002"], "area"),
        ("cve_mun", ["39", "1", "48"], ["039", "001", "048"], None),
        ("cve_ent", ["99", "1", "2"], ["99", "01", "02"], "area"),
        ("entidad", ["Jalisco", "Colima", "1"], ["Jalisco", "Colima", "1"], None),
    ],
)
def test_codes_get_their_zeros_back(
    tmp_path: Path, header: str, values: list[str], expected: list[str], role: str | None
) -> None:
    """INEGI's codes that a spreadsheet made numbers of are codes again, and it is said."""
    rows = "\n".join(f"{value},x" for value in values)
    found = read(tmp_path, "a.csv", f"{header},nombre\n{rows}\n".encode())
    column = found.table().columns[0]
    assert (column.type, column.role) == ("string", role)
    assert [row[0] for row in canonical(tmp_path, "a.csv")[1:]] == expected
    if values[0] != expected[0] and role != "period":
        assert "zeros-lost" in [note.code for note in column.notes] or "99" in values


def notes(reading: FileReading) -> set[str]:
    """The codes of everything that was noticed."""
    table = reading.table()
    columns = [note.code for column in table.columns for note in column.notes]
    return {note.code for note in (*reading.notes, *table.notes)} | set(columns)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.csv", PLAIN.replace("Centro", "Peñón").encode("latin-1"), "encoding"),
        ("a.csv", PLAIN.encode() + b"sobra,1,2024-01-01,9\n", "long-rows"),
        ("a.csv", b"a,a,b\n1,2,x\n", "column-repeated"),
        ("a.csv", b"a,,b\n1,2,x\n", "column-without-name"),
        ("a.csv", b"fecha,x\n01/02/2024,a\n03/04/2024,b\n", "ambiguous-dates"),
        ("a.csv", b"fecha,x\n12/31/2024,a\n03/04/2024,b\n", "month-first"),
        ("a.csv", b"n,x\n" + b"1,a\n" * 30 + b"uno,a\n", "other-values"),
        ("a.csv", b"cvegeo,x\n99999,a\n19039,b\n", "unknown-areas"),
        ("a.xlsx", workbook([["Informe"], [], ["a", "b"], ["x", 1]]), "title-rows"),
        ("a.xlsx", workbook([["a", "b"], ["x", 1], ["Total", 1]]), "totals-left-out"),
    ],
)
def test_what_is_noticed_is_said(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    """What was changed or looks wrong is told in Spanish, and the table is read."""
    found = read(tmp_path, name, content)
    assert code in notes(found)
    assert text(code, {}) != text(code, {}, "en")


def test_other_values_stay_as_they_were(tmp_path: Path) -> None:
    """A value that is not of its column's type is not lost: the checks name it."""
    read(tmp_path, "a.csv", b"n,x\n" + b"1,a\n" * 30 + b"uno,a\n")
    assert canonical(tmp_path, "a.csv")[-1] == ["uno", "a"]


def test_every_sheet_is_a_table(tmp_path: Path) -> None:
    """A header of two rows is joined, sheets have their names, an empty sheet is none."""
    content = workbook(
        [["Municipio", 2023, None, 2024, None], [None, "Mujeres", "Hombres", "Mujeres", "Hombres"],
         ["Monterrey", 1, 2, 3, 4]],
        Segunda=[["a", "b"], ["x", 1.5]],
        Vacia=[],
    )  # fmt: skip
    found = read(tmp_path, "a.xlsx", content)
    assert [table.name for table in found.tables] == ["Hoja1", "Segunda"]
    assert [column.title for column in found.table("Hoja1").columns][1:] == [
        "2023 · Mujeres", "2023 · Hombres", "2024 · Mujeres", "2024 · Hombres",
    ]  # fmt: skip
    assert canonical(tmp_path, "a.xlsx", "Segunda") == [["a", "b"], ["x", "1.5"]]


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "mac_roman", "cp850", "utf-8"])
def test_short_tables_keep_their_accents(tmp_path: Path, encoding: str) -> None:
    """Two accents in a table of a line are enough to tell the encodings of Mexican offices apart."""
    content = "Sanción,Año,Niñez\nAmonestación,2024,José\n".encode(encoding)
    assert [c.title for c in read(tmp_path, "a.csv", content).table().columns] == [
        "Sanción", "Año", "Niñez",
    ]  # fmt: skip
    assert canonical(tmp_path, "a.csv")[1] == ["Amonestación", "2024", "José"]


def test_rows_are_where_the_sheet_has_them(tmp_path: Path) -> None:
    """Titles above and blank rows between are counted, to the file and back."""
    rows = [["Informe"], [], ["a", "b"], ["x", 1], [], ["y", 2], [], [], ["z", 3]]
    table = read(tmp_path, "a.xlsx", workbook(rows)).table()
    assert [table.file_row(row) for row in (0, 2, 3, 4)] == [0, 4, 6, 9]
    assert [table.canonical_row(row) for row in (4, 6, 9)] == [2, 3, 4]
    plain = read(tmp_path, "a.csv", b"Informe,\n,\na,b\nx,1\ny,2\n").table()
    assert [plain.file_row(row) for row in (2, 3)] == [4, 5]


MAPS: dict[str, tuple[str, Callable[[Path], bytes]]] = {
    "GeoJSON": ("a.geojson", lambda folder: layer(folder, "a.geojson", "GeoJSON").read_bytes()),
    "GeoPackage": ("a.gpkg", lambda folder: layer(folder, "a.gpkg", "GPKG").read_bytes()),
    "Shapefile": ("a.zip", lambda folder: shapefile(folder)),
    "KML": ("a.kml", lambda folder: layer(folder, "a.kml", "KML").read_bytes()),
}


@pytest.mark.parametrize("name", MAPS)
def test_maps_are_tables_in_degrees(tmp_path: Path, name: str) -> None:
    """Each kind of map gives its rows with a geometry in WGS 84, and where it lies."""
    file, make = MAPS[name]
    (tmp_path / "made").mkdir()
    found = read(tmp_path, file, make(tmp_path / "made"))
    table = found.table()
    assert table.row_count == 2
    assert table.columns[-1].role == "geometry"
    west, south, east, north = table.extent or (0, 0, 0, 0)
    assert -101 < west < east < -100
    assert 25 < south < north < 26
    geometry = json.loads(canonical(tmp_path, file)[1][-1])
    assert geometry["type"] == "Point"
    assert json.loads(propose_metadata(found)["spatial"])["type"] == "Polygon"


def test_coordinates_in_columns_have_an_extent(tmp_path: Path) -> None:
    """Latitude and longitude are known by name, and points at 0, 0 are nowhere."""
    found = read(tmp_path, "a.csv", b"lat,lon,x\n25.6,-100.3,a\n25.7,-100.1,b\n0.0,0.0,c\n")
    assert found.table().extent == (-100.3, 25.6, -100.1, 25.7)
    assert [column.role for column in found.table().columns] == ["latitude", "longitude", None]


NOTICED = {
    "ordinals": (["1º", "2º", "3º"], "ordinals"),
    "percents": (["81%", "3 %", "97.3%"], "percents"),
    "bounds": (["más de 230", "450", "65"], "bounds"),
}


@pytest.mark.parametrize("name", NOTICED)
def test_what_is_left_out_of_a_figure_is_said(tmp_path: Path, name: str) -> None:
    """A sign that goes, or a word that stays, is told to the clerk."""
    values, code = NOTICED[name]
    content = "x,valor\n" + "".join(f"a,{value}\n" for value in values)
    column = read(tmp_path, "a.csv", content.encode()).table().columns[1]
    assert [note.code for note in column.notes] == [code]


def test_a_bound_among_figures_is_named_not_cut(tmp_path: Path) -> None:
    """One "more than" in a column of figures is never published as a figure."""
    rows = "".join(f"a,{n}\n" for n in range(30)) + "a,más de 230\n"
    found = read(tmp_path, "a.csv", f"x,valor\n{rows}".encode())
    assert found.table().columns[1].type == "integer"
    assert canonical(tmp_path, "a.csv")[-1][1] == "más de 230"
    assert "other-values" in [note.code for note in found.table().columns[1].notes]


def test_exchanged_coordinates_are_put_right(tmp_path: Path) -> None:
    """Values under each other's name are published under their own, and it is said."""
    table = read(tmp_path, "a.csv", b"lat,lon,x\n-100.3,25.6,a\n-100.1,25.7,b\n").table()
    assert table.extent == (-100.3, 25.6, -100.1, 25.7)
    assert [note.code for note in table.columns[0].notes] == ["coordinates-swapped"]
    assert canonical(tmp_path, "a.csv")[:2] == [["lon", "lat", "x"], ["-100.3", "25.6", "a"]]


def test_metres_are_no_degrees(tmp_path: Path) -> None:
    """UTM coordinates have no role and no extent, and the clerk is told."""
    table = read(tmp_path, "a.csv", b"x,y,n\n370000.5,2832000.1,a\n371000.5,2833000.1,b\n").table()
    assert table.extent is None
    assert [column.role for column in table.columns] == [None, None, None]
    assert [note.code for note in table.columns[0].notes] == ["coordinates-not-degrees"]


def test_areas_and_years_are_proposed(tmp_path: Path) -> None:
    """The municipalities and years of the rows are those of the dataset, zeros and all."""
    content = b"cve_ent,cvegeo,anio,n\n1,1001,2019,5\n9,9002,2024,6\n9,9002,2020,6\n"
    found = propose_metadata(read(tmp_path, "a.csv", content))
    assert found["area_codes"] == ["01001", "09002"]
    assert found["temporal_coverage"] == [{"start": "2019-01-01", "end": "2024-12-31"}]
    unknown = read(tmp_path, "a.csv", b"cvegeo,n\n99999,1\n98999,2\n")
    assert "area_codes" not in propose_metadata(unknown)


@pytest.mark.parametrize(
    ("keys", "areas"),
    [
        (["00", "19", "01"], ["01", "19"]),
        (["00"], []),
        (["00", "19", "19039", "01001"], ["01001", "19039"]),
        (["19", "01", "19039"], ["01", "19039"]),
        (["19000", "01001"], ["01001", "19"]),
        (["190390001", "010010001"], ["01001", "19039"]),
        (["1903900010001", "190390001010A"], ["19039"]),
        (["1903900010001001", "19039"], ["19039"]),
        (["19039", "99039", "N/D"], ["19039"]),
    ],
)
def test_areas_are_told_by_keys_of_every_length(
    tmp_path: Path, keys: list[str], areas: list[str]
) -> None:
    """A state's own rows tell of it where none of its municipalities do; the country of none."""
    content = "cvegeo,n\n" + "".join(f"{key},{n}.5\n" for n, key in enumerate(keys))
    found = read(tmp_path, "a.csv", content.encode())
    assert propose_metadata(found).get("area_codes", []) == areas


def test_proposals(tmp_path: Path) -> None:
    """A reading proposes the schema and the period, for a person to correct."""
    found = read(tmp_path, "a.csv", PLAIN.encode())
    schema = propose_schema(found.table())
    assert [field["type"] for field in schema["fields"]] == ["string", "integer", "date"]
    assert propose_metadata(found)["temporal_coverage"] == [
        {"start": "2024-01-31", "end": "2024-02-01"}
    ]


def test_a_database_without_layers_is_refused(tmp_path: Path) -> None:
    """A SQLite database that is no GeoPackage is not read."""
    path = tmp_path / "db"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE secret (a)")
    with pytest.raises(FileRefused):
        read(tmp_path, "a.gpkg", path.read_bytes())


@settings(max_examples=40, deadline=None)
@given(
    cells=st.lists(
        st.lists(
            st.text(
                st.characters(codec="utf-8", exclude_characters="\x00\r", exclude_categories=("Cs", "Cc")),
                min_size=1, max_size=12,
            ).map(lambda word: f"p{word}q"),
            min_size=3, max_size=3,
        ),
        min_size=2, max_size=8,
    ),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)  # fmt: skip
def test_any_dialect_reads_back(
    tmp_path_factory: pytest.TempPathFactory,
    cells: list[list[str]],
    delimiter: str,
    encoding: str,
) -> None:
    """A table of words is the same, whatever delimiter and encoding it was written with."""
    folder = tmp_path_factory.mktemp("dialect")
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([["uno", "dos", "tres"], *cells])
    read(folder, "a.csv", file.getvalue().encode(encoding))
    assert canonical(folder, "a.csv")[1:] == [[cell.strip() for cell in row] for row in cells]


def test_every_code_is_told_in_spanish() -> None:
    """Every sentence and hint has a translation."""
    same = [code for code in MESSAGES if text(code, {}) == text(code, {}, "en")]
    assert same == []
