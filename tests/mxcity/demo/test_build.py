"""The files of the demonstration: all readable, well sized, the same every time."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from ckanext.mxcity.city import City
from ckanext.mxcity.demo.build import build
from ckanext.mxcity.demo.model import Column, Table
from ckanext.mxcity.demo.spec import facts_of
from ckanext.mxcity.demo.writers import write_xlsx
from ckanext.mxcity.ground.areas import areas
from openpyxl import load_workbook

BIG = 10_000


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def schema_of(path: Path) -> list[dict[str, str]]:
    """Return the columns that the data dictionary beside a file lists."""
    return json.loads(path.with_name(f"{path.stem}_diccionario.json").read_text())["fields"]


def digest(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_every_csv_has_full_rows_and_the_columns_of_its_dictionary(built: Path) -> None:
    """Each CSV parses, no row is ragged, and its dictionary names its columns in order."""
    tables = sorted(built.glob("files/*/*.csv"))
    assert len(tables) > 60
    for path in tables:
        rows = rows_of(path)
        names = [field["name"] for field in schema_of(path)]
        assert rows, path
        assert list(rows[0]) == names, path
        assert all(None not in row and None not in row.values() for row in rows), path
        assert all(field["description"] for field in schema_of(path)), path


def test_values_are_of_the_type_that_the_dictionary_says(built: Path) -> None:
    """Numbers and dates read as such, or are empty."""
    readers = {"integer": int, "number": float, "date": lambda text: text.split("-")[2]}
    for path in built.glob("files/*/*.csv"):
        rows = rows_of(path)
        for field in schema_of(path):
            read = readers.get(field["type"])
            for row in rows[:400] if read else []:
                value = row[field["name"]]
                assert not value or read(value) is not None, (path, field, value)


def test_no_yes_or_no_became_a_boolean(built: Path) -> None:
    """The word "no" in the catalogue's YAML stays a word."""
    for path in built.glob("files/*/*.csv"):
        text = path.read_text(encoding="utf-8")
        assert ",False" not in text, path
        assert ",True" not in text, path


def test_several_tables_have_ten_thousand_rows(built: Path) -> None:
    """At least ten tables are large enough to try previews and queries on."""
    big = [path for path in built.glob("files/*/*.csv") if len(rows_of(path)) >= BIG]
    assert len(big) >= 10


def test_every_map_is_valid_and_lies_in_the_city(built: Path, city: City) -> None:
    """Each GeoJSON file has features of one kind, all inside the city's rectangle."""
    maps = sorted(built.glob("files/*/*.geojson"))
    assert len(maps) >= 15
    kinds = set()
    for path in maps:
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        assert features, path
        kinds |= {feature["geometry"]["type"] for feature in features}
        for feature in features:
            assert feature["properties"], path
            for lon, lat in points(feature["geometry"]["coordinates"]):
                assert city.bbox.west <= lon <= city.bbox.east, path
                assert city.bbox.south <= lat <= city.bbox.north, path
    assert kinds == {"Point", "LineString", "Polygon"}


def points(coordinates: list) -> list[list[float]]:
    if isinstance(coordinates[0], int | float):
        return [coordinates]
    return [point for part in coordinates for point in points(part)]


def test_every_workbook_opens_with_data_and_dictionary(built: Path) -> None:
    """Each XLSX has its rows in the first sheet and the columns' meaning in the second."""
    books = sorted(built.glob("files/*/*.xlsx"))
    assert len(books) >= 8
    for path in books:
        book = load_workbook(path, read_only=True)
        assert book.sheetnames == ["Datos", "Diccionario"], path
        header, *rows = book["Datos"].iter_rows(values_only=True)
        assert rows, path
        assert list(header) == [field["name"] for field in schema_of(path)], path
        book.close()


def test_every_json_table_is_a_list_of_rows(built: Path) -> None:
    """Each JSON table holds objects with the dictionary's names."""
    tables = [
        path for path in built.glob("files/*/*.json") if not path.stem.endswith("_diccionario")
    ]
    assert tables
    for path in tables:
        rows = json.loads(path.read_text(encoding="utf-8"))
        assert list(rows[0]) == [field["name"] for field in schema_of(path)]


def test_mexico_conectado_adds_up(built: Path) -> None:
    """The six kinds of site add up to the 101 322 that the study gives."""
    rows = rows_of(built / "files/mexico-conectado/mexico-conectado.csv")
    assert len(rows) == 6
    assert sum(int(row["sitios"]) for row in rows) == 101_322


def test_the_open_data_scoreboard_has_24_rows_and_its_totals(built: Path) -> None:
    """The totals by state are those of the 24 rows: 14, 7, 1 and 2."""
    folder = built / "files/datos-abiertos-recomendaciones"
    states = [row["estado"] for row in rows_of(folder / "recomendaciones.csv")]
    totals = {row["estado"]: int(row["recomendaciones"]) for row in rows_of(folder / "totales.csv")}
    assert len(states) == 24
    assert totals == {state: states.count(state) for state in states}
    assert list(totals.values()) == [14, 7, 1, 2]


def test_the_internet_series_keeps_its_gaps(built: Path) -> None:
    """Seven years have a figure, the other eleven are empty."""
    rows = rows_of(built / "files/cifras-ocde-2020-internet/internet-mexico.csv")
    known = {row["anio"]: row["porcentaje"] for row in rows if row["porcentaje"]}
    assert len(rows) == 18
    assert list(known) == ["2000", "2001", "2004", "2010", "2014", "2015", "2017"]
    assert known["2017"] == "63.9"


def test_online_services_grew_by_442_per_cent(built: Path) -> None:
    """170 services in 2001 became 922 in 2004."""
    first, last = (
        int(row["servicios"])
        for row in rows_of(built / "files/servicios-en-linea/servicios-en-linea.csv")
    )
    assert int((last - first) / first * 100) == 442


def test_the_delivery_board_tells_missing_from_unknown(built: Path) -> None:
    """Of 192 cells only System 3 allows "missing": 2 of 32 states delivered, 30 did not."""
    rows = rows_of(built / "files/pdn-entrega-estados/pdn-tablero.csv")
    third = [row["entrega"] for row in rows if row["sistema"] == "3"]
    others = {row["entrega"] for row in rows if row["sistema"] not in ("1", "3")}
    first = {row["cve_ent"]: row["entrega"] for row in rows if row["sistema"] == "1"}
    assert len(rows) == 192
    assert third.count("entregado") == 2
    assert third.count("falta") == 30
    assert others == {"desconocido"}
    assert (first["01"], first["14"], first["26"], first["15"]) == (
        "entregado",
        "entregado",
        "desconocido",
        "desconocido",
    )


def test_inegi_codes_are_real_and_keep_their_zero(built: Path) -> None:
    """Every INEGI code written anywhere is one of the catalogue's, as text."""
    seen = set()
    for path in built.glob("files/*/*.csv"):
        for row in rows_of(path):
            seen |= {row[name] for name in ("cve_ent", "cvegeo") if name in row}
    assert len(seen) > 2_500
    assert seen <= set(areas())


def test_the_state_s_municipalities_have_their_population(built: Path, city: City) -> None:
    """The city itself is among them, with its inhabitants of 2020."""
    rows = rows_of(built / "files/poblacion-municipios/poblacion-municipios.csv")
    own = next(row for row in rows if row["cvegeo"] == city.municipality_code)
    assert all(row["cve_ent"] == city.state_code for row in rows)
    assert int(own["pob_total_2020"]) > 1_000_000


def test_lamps_by_neighbourhood_add_up_to_the_city_s_figure(built: Path, city: City) -> None:
    """Shared out among the neighbourhoods, no lamp is lost."""
    rows = rows_of(built / "files/luminarias-por-colonia/luminarias-por-colonia.csv")
    assert sum(int(row["luminarias_led"]) for row in rows) == facts_of(city)["luminaires"]


def test_the_build_is_small(built: Path) -> None:
    """A demonstration takes less than 25 MB."""
    assert sum(path.stat().st_size for path in built.rglob("*") if path.is_file()) < 25_000_000


def test_another_process_writes_the_same_bytes(tmp_path: Path, built: Path, city: City) -> None:
    """Neither the run nor Python's hash seed changes a byte."""
    if city.slug != "leon":
        pytest.skip("one city is enough")
    code = (
        "import sys; from pathlib import Path\n"
        "from ckanext.mxcity.city import load_city\n"
        "from ckanext.mxcity.demo.build import build\n"
        "build(load_city(Path(sys.argv[1])), Path(sys.argv[2]), 'https://datos.example/demo')\n"
    )
    subprocess.run(
        [sys.executable, "-c", code, str(city.profile), str(tmp_path / "again")],
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "7"},
    )
    assert digest(tmp_path / "again") == digest(built)


def test_other_libraries_do_not_change_a_workbook() -> None:
    """What OWSLib tells lxml of namespaces is not in the file, whichever is loaded first."""
    from lxml import etree

    table = Table((Column("a", "string", "Una letra."),), [("x",)])
    before = write_xlsx(table)
    etree.register_namespace("dct", "http://purl.org/dc/terms/")  # as owslib.util does
    assert write_xlsx(table) == before


def test_a_folder_with_other_things_is_refused(tmp_path: Path, city: City) -> None:
    """A folder that holds something else is left alone, and the message says what it holds."""
    (tmp_path / "carta.txt").write_text("mía")
    with pytest.raises(FileExistsError, match="already holds carta.txt"):
        build(city, tmp_path, "https://datos.example/demo")
    assert (tmp_path / "carta.txt").read_text() == "mía"
