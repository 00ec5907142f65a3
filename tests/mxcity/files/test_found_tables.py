"""Files that were misread once: each is read as a person who looks at its bytes reads it."""

# ruff: noqa: E501  # a case is a line

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest.register_assert_rewrite("tests.mxcity.files.expected")

from tests.mxcity.files.expected import (  # noqa: E402  # what it asserts is shown in full
    Expected,
    Table,
    compare,
    one,
    refused,
)

MAP = "nombre pisos:integer geometry:geojson"
#: The ten figures of each Shapefile, the third and others with letters beyond ASCII.
FIGURES = {
    0: 'Centro|0|{"type":"Point","coordinates":[-100.3,25.6]}',
    2: 'Mitras Norte|2|{"type":"Point","coordinates":[-100.28,25.62]}',
    4: 'Ñandú|4|{"type":"Point","coordinates":[-100.26,25.64]}',
    9: 'Güemes|9|{"type":"Point","coordinates":[-100.21,25.69]}',
}

FILES: dict[str, Expected] = {
    "02_decimal_comma3.csv": one(40, "estacion concentracion:number", {0: "E0|0.100", 1: "E1|0.107", 39: "E39|0.373"}),
    "09_na_category.csv": one(4, "region clave valor:integer", {0: "Norte|NA|1", 1: "Noreste|NE|2", 2: "Santo Domingo|SD|3", 3: "Nadadores|ND|4"}),
    "10_no_especificado.csv": one(3, "sexo defunciones:integer", {0: "Hombre|10", 2: "No especificado|3"}),
    "13_iter_confidential_late.csv": one(199, "entidad mun loc pobtot:integer pobfem:integer", {0: "19|001|0001|0|", 1: "19|002|0002|3|1", 30: "19|031|0031|90|", 198: "19|046|0199|594|198"}, marks_as_missing={"count": 7, "marks": "* (7)"}),
    "14_paren_neg.csv": one(30, "concepto importe:number", {0: "C0|-1200.50", 1: "C1|2301.00", 3: "C3|-1203.50", 29: "C29|30329.00"}, parentheses={"value": "($1,200.50)", "row": 2}, units_left_out={"value": "($1,200.50)"}),
    "18_iso_tz.csv": one(40, "sensor momento:datetime valor:integer", {0: "S0|2025-07-01T10:00:00Z|0", 39: "S0|2025-07-12T10:39:00Z|39"}),
    "20_iso_ms.csv": one(40, "sensor momento:datetime valor:integer", {0: "S0|2025-07-01T10:00:00.250|0", 39: "S0|2025-07-12T10:39:00.250|39"}),
    "24_rfc2822_shift.csv": refused("rows-wider", count=20, row=2, columns=3),
    "25_more_cells.csv": one(3, "asunto verbo objeto columna_4 columna_5 columna_6 columna_7", {0: "uno|es|algo||||", 1: "dos|es|algo|pero|trae|mas|celdas", 2: "tres|es|algo||||"}, header_guessed={"row": 1}, long_rows={"count": 1, "row": 3}, column_without_name=[{"number": n} for n in (4, 5, 6, 7)]),
    "31_header_newline.csv": one(2, "clave_inegi nombre_del_municipio", {0: "19039|Monterrey", 1: "19026|Guadalupe"}),
    "33_trailing_commas.csv": one(20, "a:integer b:integer c:integer", {0: "0|0|0", 19: "19|19|19"}, empty_columns={"count": 3}),
    "42_mixed_eol.csv": one(3, "colonia n:integer", {0: "Centro|1", 1: "Cumbres|2", 2: "Mitras|3"}),
    "49_no_header.csv": one(3, "columna_1:integer columna_2:number columna_3:number", {0: "19039|25.67|-100.31", 2: "19046|25.74|-100.28"}, no_header={"row": 1}, column_without_name=[{"number": n} for n in (1, 2, 3)]),
    "50_title_total.csv": one(2, "colonia reportes:integer costo:number", {0: "Centro|10|100.5", 1: "Cumbres|20|200"}, title_rows={"rows": 2}, totals_left_out={"rows": 1, "row": 7}, foot_left_out={"rows": 1, "row": 8, "text": "Fuente: SSP"}),
    "53_cvegeo_loc_lostzero.csv": one(29, "cvegeo pob:integer", {0: "010010001|1", 28: "010010029|29"}, zeros_lost={"value": "10010001", "right": "010010001"}),
    "54_cvegeo_ageb.csv": one(29, "cvegeo pob:integer", {0: "1903900010001|1", 28: "1903900010029|29"}),
    "56_national_total.csv": one(3, "entidad nom_ent pobtot:integer", {0: "00|Total nacional|126014024", 1: "01|Aguascalientes|1425607", 2: "19|Nuevo León|5784442"}, zeros_lost={"value": "0", "right": "00"}),
    "60_positive_lon.csv": one(30, "latitud:number longitud:number", {0: "25.600|100.300", 29: "25.629|100.329"}, coordinates_lost_sign={"count": 30, "row": 2}),
    "68_personal_invented.csv": one(39, "nombre curp rfc telefono domicilio", {0: "Persona Inventada 0|XEXX010100HNEXXXA0|XEXX010100AB0|8112340000|Calle Falsa 0, Col. Centro", 38: "Persona Inventada 38|XEXX010108HNEXXXA8|XEXX010108AB8|8112340038|Calle Falsa 38, Col. Centro"}),
    "76_comment_top.csv": one(2, "clave valor:integer", {0: "19039|3", 1: "19026|4"}, title_rows={"rows": 2}),
    "81_ckan_records.json": one(2, "clave n:integer", {0: "01|1", 1: "02|2"}),
    "85_gj_swapped100.geojson": refused("coordinates-exchanged", count=10, row=1),
    "c5_iter_mun_loc_lost_zeros.csv": one(3, "entidad nom_ent mun nom_mun loc pobtot:integer", {0: "01|Aguascalientes|001|Aguascalientes|0001|5", 1: "01|Aguascalientes|002|Asientos|0001|7", 2: "19|Nuevo León|039|Monterrey|0001|9"}, zeros_lost=[{"value": "1", "right": "01"}, {"value": "1", "right": "001"}, {"value": "1", "right": "0001"}]),
    "gj_cvegeo_null.geojson": one(8, "cvegeo folio geometry:geojson", {0: '01001|8112345670|{"type":"Point","coordinates":[-100.3,25.6]}', 2: '01001||{"type":"Point","coordinates":[-100.28,25.6]}', 3: '|8112345673|{"type":"Point","coordinates":[-100.27,25.6]}', 7: '19039|8112345677|{"type":"Point","coordinates":[-100.23,25.6]}'}, zeros_lost={"value": "1001", "right": "01001"}),
    "h1_header_newline20.csv": one(20, "clave_inegi nombre_del_municipio n:integer", {0: "01|Obispado|1", 1: "02|Mitras|2", 19: "20|Centro|20"}, zeros_lost={"value": "1", "right": "01"}),
    "mixed_one_bad_byte.csv": one(41, "colonia n:integer", {0: "Peñón 0|0", 39: "Peñón 39|39", 40: "café|41"}, mixed_encoding={"count": 1, "row": 42, "text": "café"}),
    "quote_open_row100.csv": refused("quote-open", row=102),
    "s04_utf8_cpg_lies1252.zip": one(10, MAP, FIGURES, encoding_said_otherwise={"said": "1252"}),
    "s06_two_layers.zip": Expected((Table(10, MAP, FIGURES, "colonias"), Table(10, MAP, FIGURES, "delegaciones"))),
    "s07_case.zip": one(10, MAP, FIGURES),
    "semicolon_decimal_2cols.csv": one(12, "latitud:number longitud:number", {0: "25.686000|-100.316000", 11: "25.686407|-100.316583"}),
    "shp_with_stowaway.zip": one(10, MAP, FIGURES, members_left_out={"count": 1, "names": "datos/padron.csv"}, carries_more=True),
    "two_header_lines.csv": one(3, "nummun nommun cve tasa:number", {0: "01001|Aguascalientes|01|41.7", 2: "19039|Monterrey|19|70.1"}, header_repeated={"count": 1, "row": 2}),
    "x02_titles_total_source.xlsx": one(12, "clave colonia reportes:integer costo:number", {0: "001|Centro|0|0", 4: "005|Ñandú|12|10", 11: "012|Obispado|33|27.5"}, title_rows={"rows": 2}, totals_left_out={"rows": 1, "row": 17}, foot_left_out={"rows": 1, "row": 19, "text": "Fuente: SSP, corte al 31/10/2025"}),
    "x04_merged_distinct.xlsx": one(6, "municipio viviendas_total:integer viviendas_habitadas:integer poblacion_hombres:integer poblacion_mujeres:integer", {0: "M0|0|1|2|3", 5: "M5|5|6|7|8"}),
    "x05_merged_vertical4.xlsx": one(6, "clave municipio colonia fecha:date 2024_hombres:integer 2024_mujeres:integer", {0: "0|M0|Centro|2025-01-01|0|1", 5: "5|M5|San Jerónimo|2025-01-01|5|6"}),
    "x06_merged_3row.xlsx": one(6, "municipio actual_fase_1_num:integer actual_fase_1_pct:number actual_fase_2_num:integer actual_fase_2_pct:number", {0: "M0|0|0|2|0", 1: "M1|1|0.1|3|0.2", 5: "M5|5|0.5|7|1"}),
    "x07_merged_body.xlsx": one(9, "delegacion colonia n:integer", {0: "Delegación 0|Centro|0", 1: "Delegación 0|Obispado|1", 2: "Delegación 0|Mitras Norte|2", 4: "Delegación 1|Ñandú|1", 8: "Delegación 2|Peñón|2"}, merged_filled={"count": 6, "row": 3}),
    "x08_serial_dates.xlsx": one(20, "folio fecha:integer monto:integer", {0: "0|45658|0", 19: "19|45677|38"}, dates_as_serials={"column": "fecha", "value": 45658, "day": "2025-01-01"}),
    "x11_sparse.xlsx": refused("too-many-columns", columns=16384),
    "x14_formula_nocache.xlsx": one(10, "a:integer b c:integer", {0: "0||0", 2: "2||2", 3: "3||", 9: "9||9"}, formulas_without_value={"count": 10}, error_cells={"count": 1, "row": 5}, carries_more=True),
    "x20_zero_format.xlsx": one(10, "clave n:integer", {0: "001|0", 9: "010|9"}),
    "xl_comment.xlsx": one(2, "colonia n:integer", {0: "Centro|1", 1: "Cumbres|2"}, comments={"count": 1, "cells": "A2"}, carries_more=True),
}  # fmt: skip
#: Made by the program that lies beside the others: too large to keep.
LARGE: dict[str, Expected] = {
    "zeros_late.csv": one(6029, "seccion lista:integer", {0: "9000|0", 5999: "3001|5999", 6000: "0001|1", 6028: "0029|29"}, zeros_kept={"count": 29, "value": "0001", "row": 6002}),
    "long_row_late.csv": one(50_500, "id calle texto columna_4 columna_5", {0: "0|Calle 0|normal||", 50_000: "50000|Calle X|normal|sobra|sobra2", 50_499: "50499|Calle 50499|normal||"}, long_rows={"count": 1, "row": 50_002}, column_without_name=[{"number": 4}, {"number": 5}]),
    "quote_row50000.csv": refused("quote-open", row=50_002),
}  # fmt: skip


@pytest.fixture(scope="module")
def found(shared_inputs: Path) -> Path:
    """The folder with the files."""
    return shared_inputs / "found" / "tables"


@pytest.fixture(scope="module")
def large(found: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the large ones."""
    folder = tmp_path_factory.mktemp("large")
    subprocess.run([sys.executable, str(found / "make_large.py"), str(folder)], check=True)
    return folder


def test_there_is_an_answer_for_every_file(found: Path, large: Path) -> None:
    """A file that is added to the folder gets its line here."""
    assert {path.name for path in found.iterdir()} == {*FILES, "make_large.py"}
    assert {path.name for path in large.iterdir()} == set(LARGE)


@pytest.mark.parametrize("name", FILES)
def test_file(found: Path, tmp_path: Path, name: str) -> None:
    """Rows, cells, types and all that is said."""
    compare(found / name, FILES[name], tmp_path)


@pytest.mark.parametrize("name", LARGE)
def test_large_file(large: Path, tmp_path: Path, name: str) -> None:
    """What stands far below the first rows counts as they do."""
    compare(large / name, LARGE[name], tmp_path)
