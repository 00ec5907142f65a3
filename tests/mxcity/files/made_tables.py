"""Files of the traits that tables of cities have, each with what is expected of it.

A name begins with the trait: what stands behind it in ``docs/reference/reading.md``.
"""

# ruff: noqa: E501  # a case is a line

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import openpyxl
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from tests.mxcity.files import map_files as maps
from tests.mxcity.files.expected import Expected, Table, one, refused

POINT = '{"type":"Point","coordinates":[-100.3,25.6]}'
Content = bytes | Callable[[], bytes]


def text(*lines: str, encoding: str = "utf-8", end: str = "\n") -> bytes:
    """A text file of these lines."""
    return "".join(line + end for line in lines).encode(encoding)


def book(
    rows: list[list[Any]],
    *merged: str,
    change: Callable[[Any], object] = lambda sheet: None,
    epoch: datetime = CALENDAR_WINDOWS_1900,
) -> Callable[[], bytes]:
    """A workbook of a sheet with these rows, cells merged, and a change."""

    def made() -> bytes:
        workbook = openpyxl.Workbook()
        workbook.properties.creator = None
        workbook.epoch = epoch
        sheet = workbook.active
        for row in rows:
            sheet.append(row)
        for cells in merged:
            sheet.merge_cells(cells)
        change(sheet)
        file = io.BytesIO()
        workbook.save(file)
        return file.getvalue()

    return made


def formatted(cells: str, form: str) -> Callable[[Any], object]:
    """Give the cells of a sheet a format of numbers."""

    def change(sheet: Any) -> None:
        for row in sheet[cells]:
            for cell in row:
                cell.number_format = form

    return change


def struck(sheet: Any) -> None:
    """Strike a number out, and a word in a text."""
    sheet["B2"].font = Font(strike=True)
    sheet["A3"] = CellRichText("Cum", TextBlock(InlineFont(strike=True), "bres"))


def commented(sheet: Any) -> None:
    """Comment on a cell."""
    sheet["A2"].comment = openpyxl.comments.Comment("Lo dijo una persona", "x")


def shapes(names: list[str], encoding: str, cpg: str = "", **more: bytes) -> bytes:
    """A zipped Shapefile whose texts are in an encoding, and what lies beside it."""
    table = maps.names_table([name.encode(encoding) for name in names])
    return maps.zipped(maps.shapefile(table, len(names), cpg=cpg) | more)


def other_case(names: list[str]) -> bytes:
    """A zipped Shapefile whose table is named in capitals."""
    parts = maps.shapefile(
        maps.names_table([name.encode() for name in names]), len(names), cpg="UTF-8"
    )
    parts["COLONIAS.DBF"] = parts.pop("colonias.dbf")
    return maps.zipped(parts)


def two_layers() -> bytes:
    """An archive of two Shapefiles."""
    parts = maps.shapefile(maps.names_table([b"Centro"]), 1, "colonias", "UTF-8")
    return maps.zipped(parts | maps.shapefile(maps.names_table([b"Norte"]), 1, "zonas", "UTF-8"))


def places(*points: tuple[float, float]) -> bytes:
    """A GeoJSON of these points."""
    found = [{"type": "Point", "coordinates": point} for point in points]
    return maps.collection([{"n": number} for number in range(len(points))], found)


NAMES = ["Peñón", "Ñandú", "Güemes"]
NAMED = {0: f"Peñón|{POINT}", 1: f"Ñandú|{POINT}", 2: f"Güemes|{POINT}"}
MAP = "nombre geometry:geojson"
MANY = [f"{number},Calle {number},normal" for number in range(10)]

FILES: dict[str, tuple[Content, Expected]] = {
    # Numbers.
    "decimal_comma.csv": (text("estacion;valor", "E0;0,100", "E1;0,107", "E2;1,100"), one(3, "estacion valor:number", {0: "E0|0.100", 2: "E2|1.100"})),
    "decimal_comma_or_thousands.csv": (text("estacion;valor", "A;1,100", "B;2,300"), one(2, "estacion valor:number", {0: "A|1.100", 1: "B|2.300"}, numbers_ambiguous={"value": "1,100", "row": 2, "taken": "1.100", "other": "1100"})),
    "decimal_comma_quoted.csv": (text("concepto,importe", 'Uno,"2523,10"', 'Dos,"12,5"'), one(2, "concepto importe:number", {0: "Uno|2523.10", 1: "Dos|12.5"})),
    "thousands_point.csv": (text("concepto;importe", "Uno;1.137,50", "Dos;2.000,00"), one(2, "concepto importe:number", {0: "Uno|1137.50", 1: "Dos|2000.00"})),
    "thousands_point_alone.csv": (text("concepto;importe", "Uno;1.100", "Dos;2.300"), one(2, "concepto importe:number", {0: "Uno|1100", 1: "Dos|2300"}, numbers_ambiguous={"value": "1.100", "row": 2, "taken": "1100", "other": "1.100"})),
    "two_ways.csv": (text("concepto;importe", "Uno;1.137,50", "Dos;2,000.00"), one(2, "concepto importe", {0: "Uno|1.137,50", 1: "Dos|2,000.00"}, numbers_contradict={"value": "1.137,50", "row": 2, "other": "2,000.00", "other_row": 3})),
    "parentheses.csv": (text("concepto,importe", 'Uno,"($1,200.50)"', 'Dos,"$2,301.00"'), one(2, "concepto importe:number", {0: "Uno|-1200.50", 1: "Dos|2301.00"}, parentheses={"value": "($1,200.50)", "row": 2}, units_left_out={"value": "($1,200.50)"})),
    "euros.csv": (text("concepto,importe", "Uno,€ 12", "Dos,€ 13.5"), one(2, "concepto importe:number", {0: "Uno|12", 1: "Dos|13.5"}, units_left_out={"value": "€ 12"})),
    "pesos.csv": (text("concepto,importe", "Uno,12 M.N.", "Dos,13.50 M.N."), one(2, "concepto importe:number", {0: "Uno|12", 1: "Dos|13.50"}, units_left_out={"value": "12 M.N."})),
    "percent.csv": (text("zona,avance", "Norte,12 %", "Sur,7.5 %"), one(2, "zona avance:number", {0: "Norte|12", 1: "Sur|7.5"}, percents={})),
    "percent.xlsx": (book([["zona", "avance"], ["Norte", 0.12], ["Sur", 0.07]], change=formatted("B2:B3", "0%")), one(2, "zona avance:number", {0: "Norte|12", 1: "Sur|7"}, percent_shown={"column": "avance"}, percents={})),
    "percent_mixed.csv": (text("zona,avance", "Norte,12%", "Sur,0.12"), one(2, "zona avance", {0: "Norte|12%", 1: "Sur|0.12"}, percents_mixed={"value": "12%", "row": 2, "other": "0.12", "other_row": 3, "format": "thousands-comma"})),
    "marks.csv": (text("localidad,mujeres", *(f"L{n},{'*' if n % 5 == 0 else n}" for n in range(10))), one(10, "localidad mujeres:integer", {0: "L0|", 1: "L1|1", 9: "L9|9"}, marks_as_missing={"count": 2, "marks": "* (2)"})),
    "currency.xlsx": (book([["obra", "costo"], ["A", 1200.5], ["B", 300]], change=formatted("B2:B3", '"$"#,##0.00')), one(2, "obra costo:number", {0: "A|1200.5", 1: "B|300"}, unit_shown={"column": "costo", "unit": "$"})),
    "currencies.xlsx": (book([["obra", "costo"], ["A", 1200.5], ["B", 300]], change=lambda sheet: (formatted("B2:B2", '"$"#,##0.00')(sheet), formatted("B3:B3", "[$US$-409] #,##0.00")(sheet))), one(2, "obra costo", {0: "A|$1200.5", 1: "B|US$300"}, units_shown={"column": "costo", "units": "$, US$"}, units_mixed={"value": "US$300", "row": 3, "other": "$1200.5", "other_row": 2})),
    "currency_of_some.xlsx": (book([["obra", "costo"], ["A", 1200], ["B", 300]], change=formatted("B2:B2", '[$€-2]\\ #,##0.00')), one(2, "obra costo", {0: "A|€1200", 1: "B|300"}, units_shown={"units": "€"}, units_mixed={"value": "€1200", "row": 2, "other": "300", "other_row": 3})),
    "weights.xlsx": (book([["ruta", "residuos"], ["A", 12], ["B", 7.25]], change=formatted("B2:B3", '0.0" kg"')), one(2, "ruta residuos:number", {0: "A|12", 1: "B|7.25"}, unit_shown={"column": "residuos", "unit": "kg"})),
    # Categories and codes.
    "categories.csv": (text("sexo,total", "Hombre,10", "No especificado,3", "No aplica,2", "Sin dato,1"), one(4, "sexo total:integer", {1: "No especificado|3", 2: "No aplica|2", 3: "Sin dato|1"})),
    "code_na.csv": (text("region,clave,valor", "Norte,NA,1", "Santo Domingo,SD,2", "Nadadores,ND,3"), one(3, "region clave valor:integer", {0: "Norte|NA|1", 1: "Santo Domingo|SD|2", 2: "Nadadores|ND|3"})),
    "zeros_late.csv": (text("seccion,lista", *(f"{9000 - n},{n}" for n in range(5_050)), "0027,1"), one(5_051, "seccion lista:integer", {0: "9000|0", 5_050: "0027|1"}, zeros_kept={"count": 1, "value": "0027", "row": 5_052})),
    "zeros_lost.csv": (text("ENTIDAD,MUN,LOC,POBTOT", "1,1,1,5", "19,39,1,9"), one(2, "entidad mun loc pobtot:integer", {0: "01|001|0001|5", 1: "19|039|0001|9"}, zeros_lost=[{"value": "1", "right": "01"}, {"value": "1", "right": "001"}, {"value": "1", "right": "0001"}])),
    "zero_format.xlsx": (book([["clave", "n"], [1, 5], [20, 6]], change=formatted("A2:A3", "000")), one(2, "clave n:integer", {0: "001|5", 1: "020|6"})),
    "dash_format.xlsx": (book([["clave", "n"], [1039, 5], [20, 6]], change=formatted("A2:A3", '00"-"000')), one(2, "clave n:integer", {0: "01-039|5", 1: "00-020|6"})),
    "phone_format.xlsx": (book([["tel", "n"], [8112345678, 5], [2345678, 6]], change=formatted("A2:A3", "[<=9999999]###-####;(###) ###-####")), one(2, "tel n:integer", {0: "(811) 234-5678|5", 1: "234-5678|6"})),
    "powers_are_codes.csv": (text("clave,n", "5E1,1", "1E5,2", "12D3,3"), one(3, "clave n:integer", {0: "5E1|1", 2: "12D3|3"})),
    "hash_codes.csv": (text("#1,3", "#2,4", "#3,5"), one(3, "columna_1 columna_2:integer", {0: "#1|3", 2: "#3|5"}, no_header={"row": 1}, column_without_name=[{"number": 1}, {"number": 2}])),
    "hash_codes_below.csv": (text("folio,n", "#1,3", "B2,4", "#3,5"), one(3, "folio n:integer", {0: "#1|3", 1: "B2|4", 2: "#3|5"})),
    "hash_header.csv": (text("#calle,n", "Juárez,3", "Hidalgo,4"), one(2, "calle n:integer", {0: "Juárez|3"})),
    "hash_words.csv": (text("#calle,colonia", "Juárez,Centro", "Hidalgo,Norte"), one(2, "calle colonia", {0: "Juárez|Centro"}, header_guessed={"row": 1})),
    "key_ageb.csv": (text("cvegeo,pob", "1903900010001,4", "190390001010A,5"), one(2, "cvegeo pob:integer", {0: "1903900010001|4", 1: "190390001010A|5"})),
    "key_block.csv": (text("cvegeo,pob", "1903900010001001,4", "1903900010001002,5"), one(2, "cvegeo pob:integer", {0: "1903900010001001|4"})),
    "key_locality.csv": (text("cvegeo,pob", "10010001,4", "190390001,5"), one(2, "cvegeo pob:integer", {0: "010010001|4", 1: "190390001|5"}, zeros_lost={"value": "10010001", "right": "010010001"})),
    "key_country.csv": (text("entidad,pob", "0,126014024", "1,1425607", "19,5784442"), one(3, "entidad pob:integer", {0: "00|126014024", 1: "01|1425607"}, zeros_lost={"value": "0", "right": "00"})),
    # Days and moments.
    "midnight.csv": (text("folio,momento", "F1,2026-01-05", "F2,2026-01-05 13:20", "F3,2026-01-06 08:00"), one(3, "folio momento:datetime", {0: "F1|2026-01-05T00:00:00", 1: "F2|2026-01-05T13:20:00"}, midnight_supposed={"value": "2026-01-05", "row": 2})),
    "midnight.xlsx": (book([["folio", "momento"], ["F1", datetime(2026, 1, 5)], ["F2", datetime(2026, 1, 5, 13, 20)]]), one(2, "folio momento:datetime", {0: "F1|2026-01-05T00:00:00", 1: "F2|2026-01-05T13:20:00"}, midnight_supposed={"value": "2026-01-05", "row": 2})),
    "day_alone.csv": (text("folio,fecha", *(f"F{n},{n + 10}/02/2026" for n in range(10))), one(10, "folio fecha:date", {0: "F0|2026-02-10"})),
    "zone_of_others.csv": (text("folio,momento,visto_utc", "F1,2026-01-05T10:00-06:00,2026-01-05T16:00", "F2,2026-01-05T11:00-06:00,2026-01-05T17:00"), one(2, "folio momento:datetime visto_utc:datetime", {0: "F1|2026-01-05T10:00:00-06:00|2026-01-05T16:00:00"})),
    "births.csv": (text("folio,nacimiento", "F1,31/12/68", "F2,15/02/99", "F3,15/02/01"), one(3, "folio nacimiento:date", {0: "F1|1968-12-31", 1: "F2|1999-02-15", 2: "F3|2001-02-15"}, century_supposed={"value": "31/12/68", "row": 2})),
    "zone_utc.csv": (text("sensor,momento", "S0,2025-07-01T10:00:00Z", "S1,2025-07-02T10:01:00Z"), one(2, "sensor momento:datetime", {0: "S0|2025-07-01T10:00:00Z"})),
    "zone_offset.csv": (text("sensor,momento", "S0,2025-07-01T10:00:00-06:00", "S1,2025-07-02T10:01:00-06:00"), one(2, "sensor momento:datetime", {0: "S0|2025-07-01T10:00:00-06:00"})),
    "zone_mixed.csv": (text("sensor,momento", "S0,2025-07-01T10:00:00Z", "S1,2025-07-02T10:01:00"), one(2, "sensor momento", {0: "S0|2025-07-01T10:00:00Z", 1: "S1|2025-07-02T10:01:00"}, zones_mixed={"value": "2025-07-01T10:00:00Z", "row": 2, "other_row": 3})),
    "milliseconds.csv": (text("sensor,momento", "S0,2025-07-01 10:00:00.250", "S0,2025-07-01 10:00:00.750"), one(2, "sensor momento:datetime", {0: "S0|2025-07-01T10:00:00.250", 1: "S0|2025-07-01T10:00:00.750"})),
    "day_first.csv": (text("folio,fecha", "F1,31/12/2024", "F2,01/02/2025"), one(2, "folio fecha:date", {0: "F1|2024-12-31", 1: "F2|2025-02-01"})),
    "day_or_month.csv": (text("folio,fecha", "F1,03/02/2024", "F2,01/02/2025"), one(2, "folio fecha:date", {0: "F1|2024-02-03", 1: "F2|2025-02-01"}, ambiguous_dates={})),
    "day_short_year.csv": (text("folio,fecha", "F1,31/12/24", "F2,01/02/25"), one(2, "folio fecha:date", {0: "F1|2024-12-31", 1: "F2|2025-02-01"}, short_years={"value": "31/12/24", "row": 2, "first": 1969, "last": 2068})),
    "day_in_words.csv": (text("folio,fecha", "F1,1 de enero de 2025", "F2,15 de marzo de 2025"), one(2, "folio fecha:date", {0: "F1|2025-01-01", 1: "F2|2025-03-15"})),
    "day_short_month.csv": (text("folio,fecha", "F1,01-ene-2025", "F2,15-mar-2025"), one(2, "folio fecha:date", {0: "F1|2025-01-01", 1: "F2|2025-03-15"})),
    "day_of_spreadsheet.xlsx": (book([["folio", "fecha"], ["F1", date(2025, 1, 1)], ["F2", date(2025, 3, 15)]]), one(2, "folio fecha:date", {0: "F1|2025-01-01", 1: "F2|2025-03-15"})),
    "day_as_serial.xlsx": (book([["folio", "fecha"], *([f"F{n}", 45658 + n] for n in range(6))]), one(6, "folio fecha:integer", {0: "F0|45658"}, dates_as_serials={"column": "fecha", "value": 45658, "day": "2025-01-01"})),
    # Text, its letters and its rows.
    "bad_byte.csv": (text("colonia,n", "Peñón,1", "Ñandú,2") + b"caf\xe9,3\n", one(3, "colonia n:integer", {0: "Peñón|1", 2: "café|3"}, mixed_encoding={"count": 1, "row": 4, "text": "café"})),
    "latin.csv": (text("colonia,n", "Peñón,1", "Ñandú,2", "Álamo,3", "Güemes,4", encoding="cp1252"), one(4, "colonia n:integer", {0: "Peñón|1", 2: "Álamo|3"}, encoding={"encoding": "cp1252"})),
    "utf16.csv": (text("colonia,n", "Peñón,1", encoding="utf-16"), one(1, "colonia n:integer", {0: "Peñón|1"}, encoding={"encoding": "utf-16"})),
    "mark_twice.csv": (b"\xef\xbb\xbf\xef\xbb\xbf" + text('"colonia","n"', '"Peñón",1'), one(1, "colonia n:integer", {0: "Peñón|1"})),
    "lone_return.csv": (b"colonia,n\r\nCentro,1\nCumbres,2\rMitras,3\r\n", one(3, "colonia n:integer", {1: "Cumbres|2", 2: "Mitras|3"})),
    "header_line_breaks.csv": (text('"tramo\nvial","nombre\ndel lugar",n', "T1,Obispado,1", "T2,Mitras,2", "T3,Cumbres,3"), one(3, "tramo_vial nombre_del_lugar n:integer", {0: "T1|Obispado|1", 2: "T3|Cumbres|3"})),
    "quote_open.csv": (text("id,calle,texto", *MANY, '10,"Calle sin cerrar,normal', *MANY), refused("quote-open", row=12)),
    "quote_inside.csv": (text("id,calle,texto", *MANY, '10,Calle "La Loma",normal', *MANY), one(21, "id calle texto", {10: '10|Calle "La Loma"|normal'})),
    "delimiter_inside.csv": (text("comentario", "Todo bien", "Bien; gracias", "Regular"), one(3, "comentario", {1: "Bien; gracias"}, header_guessed={"row": 1})),
    "delimiter_of_degrees.csv": (text("latitud;longitud", "25,686;-100,316", "25,687;-100,317"), one(2, "latitud:number longitud:number", {0: "25.686|-100.316"})),
    "single_quotes.csv": (text("zona,n,m", "'Centro, sur',1,2", "Norte,1,2", "Sur,3,4"), one(3, "zona n m:integer columna_4:integer", {0: "'Centro|sur'|1|2", 1: "Norte|1|2|"}, long_rows={"count": 1, "row": 2}, column_without_name={"number": 4})),
    "long_row.csv": (text("id,calle,texto", *MANY, "10,Calle X,normal,sobra"), one(11, "id calle texto columna_4", {0: "0|Calle 0|normal|", 10: "10|Calle X|normal|sobra"}, long_rows={"count": 1, "row": 12}, column_without_name={"number": 4})),
    "short_row.csv": (text("id,calle,texto", *MANY, "10,Calle X"), one(11, "id calle texto", {10: "10|Calle X|"}, short_rows={"count": 1, "row": 12})),
    "wider_rows.csv": (text("id,fecha,valor", *(f"{n},Fri, 0{n} Oct 2024,{n}" for n in range(5))), refused("rows-wider", count=5, row=2, columns=3)),
    "blank_lines.csv": (text("a,b,c,,", "0,0,0,,", "", "1,1,1,,", ",,,,", "2,2,2,,", "", ""), one(3, "a:integer b:integer c:integer", {0: "0|0|0", 2: "2|2|2"}, blank_rows={"count": 2}, empty_columns={"count": 2})),
    "bracket.csv": (text("[grupo],n", "a,1", "b,2"), one(2, "grupo n:integer", {0: "a|1"})),
    "less_than.csv": (text("<5,5-14,zona", "1,2,Norte", "3,4,Sur"), one(2, "5:integer 5_14:integer zona", {0: "1|2|Norte"})),
    "formula.csv": (text("liga,n", '"=HYPERLINK(""http://x"")",1', "b,2"), one(2, "liga n:integer", {0: '=HYPERLINK("http://x")|1'})),
    "tabs.tsv": (text("zona\tn", "Norte, sur\t1", "Sur\t2"), one(2, "zona n:integer", {0: "Norte, sur|1"})),
    "bars.txt": (text("zona|n", "Norte, sur|1", "Sur|2"), one(2, "zona n:integer", {1: "Sur|2"})),
    "controls.csv": (b"zona,n\nNorte\x07,1\n\x0cSur,2\n\x1a", one(2, "zona n:integer", {0: "Norte|1", 1: "Sur|2"}, controls_removed={"count": 3, "row": 2, "signs": "Ctrl-G, Ctrl-L, Ctrl-Z"})),
    "utf32.csv": (text("colonia,n", "Peñón,1", encoding="utf-32"), one(1, "colonia n:integer", {0: "Peñón|1"}, encoding={"encoding": "utf-32"})),
    "utf32_without_mark.csv": (text("colonia,n", "Peñón,1", encoding="utf-32-be"), one(1, "colonia n:integer", {0: "Peñón|1"}, encoding={"encoding": "utf-32-be"})),
    # Headers and feet.
    "no_header.csv": (text("19039,25.67,-100.31", "19026,25.68,-100.25"), one(2, "columna_1:integer columna_2:number columna_3:number", {0: "19039|25.67|-100.31"}, no_header={"row": 1}, column_without_name=[{"number": n} for n in (1, 2, 3)])),
    "more_cells.csv": (text("asunto,verbo,objeto", "uno,es,algo", "dos,es,algo,pero,mas", "tres,es,algo"), one(3, "asunto verbo objeto columna_4 columna_5", {1: "dos|es|algo|pero|mas", 2: "tres|es|algo||"}, header_guessed={"row": 1}, long_rows={"count": 1, "row": 3}, column_without_name=[{"number": 4}, {"number": 5}])),
    "comments_above.csv": (text("# Fuente: INEGI; corte: 2025", "# Unidad, pesos", "clave,valor", "A1,3", "A2,4"), one(2, "clave valor:integer", {0: "A1|3", 1: "A2|4"}, title_rows={"rows": 2})),
    "header_twice.csv": (text("NUMMUN;TASA", "NUMMUN;TASA", "01001;41.7", "19039;70.1"), one(2, "nummun tasa:number", {0: "01001|41.7"}, header_repeated={"count": 1, "row": 2})),
    "header_on_each_page.csv": (text("zona,n", "Norte,1", "Sur,2", "zona,n", "Este,3", "", "zona,n", "Oeste,4"), one(4, "zona n:integer", {1: "Sur|2", 2: "Este|3", 3: "Oeste|4"}, header_repeated={"count": 2, "row": 4}, blank_rows={"count": 1})),
    "header_on_each_page.xlsx": (book([["zona", "n"], ["Norte", 1], ["zona", "n"], ["Este", 3]]), one(2, "zona n:integer", {0: "Norte|1", 1: "Este|3"}, header_repeated={"count": 1, "row": 3})),
    "words_like_the_header.csv": (text("uno,dos", "Juan,Norte", "uno,dos", "Eva,Sur"), one(3, "uno dos", {1: "uno|dos"}, header_guessed={"row": 1}, header_again={"count": 1, "row": 3})),
    "equal_names.csv": (text("zona,total,total", "Norte,1,2", "Sur,3,4"), one(2, "zona total:integer total_2:integer", {0: "Norte|1|2"}, column_repeated={"title": "total", "name": "total_2"})),
    "title_and_total.csv": (text("Secretaría,,", "Reporte 2025,,", ",,", "colonia,reportes,costo", "Centro,10,100.5", "Cumbres,20,200", "Total,30,300.5", "Fuente: SSP,,"), one(2, "colonia reportes:integer costo:number", {1: "Cumbres|20|200"}, title_rows={"rows": 2}, totals_left_out={"rows": 1, "row": 7, "text": "Total 30 300.5"}, foot_left_out={"rows": 1, "row": 8, "text": "Fuente: SSP"})),
    "total_and_source.xlsx": (book([["Reportes, 2025"], [], ["Clave", "Colonia", "Reportes"], ["001", "Centro", 3], ["002", "Obispado", 6], [None, "Total", 9], [], ["Fuente: SSP"]]), one(2, "clave colonia reportes:integer", {0: "001|Centro|3", 1: "002|Obispado|6"}, title_rows={"rows": 1}, totals_left_out={"rows": 1, "row": 6}, foot_left_out={"rows": 1, "row": 8, "text": "Fuente: SSP"})),
    "total_is_category.xlsx": (book([["medida", "valor"], ["Mínimo", 1], ["Máximo", 9], ["Suma", 40], ["Promedio", 3], ["Total", 12]]), one(5, "medida valor:integer", {2: "Suma|40", 4: "Total|12"}, total_kept={"rows": 3, "row": 6})),
    "merged_body.xlsx": (book([["Delegación", "Colonia", "n"], ["D0", "Centro", 0], [None, "Obispado", 1], ["D1", "Cumbres", 2], [None, "Ñandú", 3]], "A2:A3", "A4:A5"), one(4, "delegacion colonia n:integer", {1: "D0|Obispado|1", 3: "D1|Ñandú|3"}, merged_filled={"count": 2, "row": 3})),
    "merged_header_down.xlsx": (book([["Clave", "Lugar", "2024", None], [None, None, "Hombres", "Mujeres"], [1, "Centro", 1, 2], [2, "Sur", 3, 4]], "A1:A2", "B1:B2", "C1:D1"), one(2, "clave lugar 2024_hombres:integer 2024_mujeres:integer", {0: "1|Centro|1|2"})),
    "merged_groups.xlsx": (book([["Municipio", "Viviendas", None, "Población", None], [None, "Total", "Habitadas", "Hombres", "Mujeres"], ["M0", 0, 1, 2, 3], ["M1", 1, 2, 3, 4]], "A1:A2", "B1:C1", "D1:E1"), one(2, "municipio viviendas_total:integer viviendas_habitadas:integer poblacion_hombres:integer poblacion_mujeres:integer", {1: "M1|1|2|3|4"})),
    "merged_three_rows.xlsx": (book([["Municipio", "Actual", None, None, None], [None, "Fase 1", None, "Fase 2", None], [None, "núm", "pct", "núm", "pct"], ["M0", 0, 0.5, 2, 0.1], ["M1", 1, 0.1, 3, 0.2]], "A1:A3", "B1:E1", "B2:C2", "D2:E2"), one(2, "municipio actual_fase_1_num:integer actual_fase_1_pct:number actual_fase_2_num:integer actual_fase_2_pct:number", {0: "M0|0|0.5|2|0.1"})),
    # Workbooks and what they carry.
    "sparse_corner.xlsx": (book([["a", "b"], [1, 2]], change=lambda sheet: sheet.cell(1_048_576, 16_384, "x")), refused("too-many-columns", columns=16_384)),
    "sparse_row.xlsx": (book([["a", "b"], [1, 2]], change=lambda sheet: sheet.cell(400_000, 1, "x")), refused("rows-far-apart", row=400_000)),
    "comment.xlsx": (book([["colonia", "n"], ["Centro", 1], ["Cumbres", 2]], change=commented), one(2, "colonia n:integer", {0: "Centro|1"}, comments={"count": 1, "cells": "A2"}, carries_more=True)),
    "struck_out.xlsx": (book([["colonia", "n"], ["Centro", 1], ["Cumbres", 2]], change=struck), one(2, "colonia n:integer", {0: "Centro|1"}, struck_out={"count": 2, "cells": "B2, A3", "row": 2})),
    "first_days.xlsx": (book([["folio", "fecha"], *([f"F{n}", n] for n in (1, 59, 61, 45000))], change=formatted("B2:B5", "dd/mm/yyyy")), one(4, "folio fecha:date", {0: "F1|1900-01-01", 1: "F59|1900-02-28", 2: "F61|1900-03-01", 3: "F45000|2023-03-15"}, days_early={"count": 3, "row": 2})),
    "no_day.xlsx": (book([["folio", "fecha"], ["F1", 60]], change=formatted("B2:B2", "dd/mm/yyyy")), one(1, "folio fecha:date", {0: "F1|1900-02-29"}, other_values={"count": 1, "row": 2, "value": "1900-02-29"}, days_early={"count": 1, "row": 2})),
    "since_1904.xlsx": (book([["folio", "n", "fecha"], ["F1", 1, date(2020, 1, 1)], ["F2", 2, date(2024, 2, 29)]], epoch=CALENDAR_MAC_1904), one(2, "folio n:integer fecha:date", {0: "F1|1|2020-01-01", 1: "F2|2|2024-02-29"}, days_of_1904={"count": 2, "row": 2})),
    "formulas.xlsx": (book([["a", "b", "c"], [1, "=A2*2", 1], [2, "=A3*2", "#DIV/0!"], [3, "=A4*2", 3]]), one(3, "a:integer b c:integer", {0: "1||1", 1: "2||"}, formulas_without_value={"count": 3}, error_cells={"count": 1, "row": 3}, carries_more=True)),
    "side_tables.xlsx": (book([["zona", "n", None, "año", "m"], ["Norte", 1, None, 2024, 5], ["Sur", 2, None, 2025, 6]]), one(2, "zona n:integer ano:integer m:integer", {0: "Norte|1|2024|5"}, side_tables={"column": "año"}, empty_columns={"count": 1})),
    # Maps and documents.
    "stowaway.zip": (lambda: shapes(NAMES, "utf-8", "UTF-8", **{"padron.csv": b"nombre\nx\n"}), one(3, MAP, NAMED, members_left_out={"count": 1, "names": "padron.csv"}, carries_more=True)),
    "two_layers.zip": (two_layers, Expected((Table(1, MAP, {0: f"Centro|{POINT}"}, "colonias"), Table(1, MAP, {0: f"Norte|{POINT}"}, "zonas")))),
    "letters_without_cpg.zip": (lambda: shapes(NAMES, "utf-8"), one(3, MAP, NAMED)),
    "letters_cpg_lies.zip": (lambda: shapes(NAMES, "utf-8", "1252"), one(3, MAP, NAMED, encoding_said_otherwise={"said": "1252"})),
    "letters_cpg_says_utf8.zip": (lambda: shapes(NAMES, "cp1252", "UTF-8"), one(3, MAP, NAMED, encoding_said_otherwise={"said": "UTF-8"})),
    "letters_other_case.zip": (lambda: other_case(NAMES), one(3, MAP, NAMED)),
    "ids_with_blanks.geojson": (maps.collection([{"cvegeo": 1001, "folio": 9007199254740993}, {"cvegeo": None, "folio": 2}, {"cvegeo": 19039, "folio": None}]), one(3, "cvegeo folio geometry:geojson", {0: f"01001|9007199254740993|{POINT}", 1: f"|2|{POINT}", 2: f"19039||{POINT}"}, zeros_lost={"value": "1001", "right": "01001"})),
    "exchanged.geojson": (places((25.6, -100.3), (25.7, -100.2)), refused("coordinates-exchanged", count=2, row=1)),
    "lost_sign.geojson": (places((100.3, 25.6), (-100.2, 25.7)), one(2, "n:integer geometry:geojson", {0: '0|{"type":"Point","coordinates":[100.3,25.6]}'}, coordinates_lost_sign={"count": 1, "row": 1})),
    "lost_sign.csv": (text("latitud,longitud", "25.601,100.301", "25.602,100.302"), one(2, "latitud:number longitud:number", {0: "25.601|100.301"}, coordinates_lost_sign={"count": 2, "row": 2})),
    "ckan_records.json": (b'{"fields": ["clave", "n"], "records": [{"clave": "01", "n": 1}, {"clave": "02", "n": 2}]}', one(2, "clave n:integer", {0: "01|1", 1: "02|2"})),
    "lines.json": (b'{"a": 1}\n{"a": 2}\n', one(2, "a:integer", {0: "1", 1: "2"})),
    "lines.jsonl": (b'{"a": 1, "b": [1, 2]}\n', one(1, "a:integer b", {0: "1|[1, 2]"})),
    "lines.ndjson": (b'{"a": 1}\n{"a": 2}\n', one(2, "a:integer", {0: "1", 1: "2"})),
    "digits.geojson": (places((-100.123456789012, 25.6)), one(1, "n:integer geometry:geojson", {0: '0|{"type":"Point","coordinates":[-100.123456789012,25.6]}'})),
    "picture.csv": (b"\x89PNG\r\n\x1a\n" + bytes(200), refused("not-a-table")),
    "page.xls": (b"<!DOCTYPE html><html><body>Error</body></html>", refused("web-page")),
    "only_header.csv": (text("zona,n"), refused("only-header")),
    "empty.csv": (b"", refused("empty")),
}  # fmt: skip


def content(name: str) -> bytes:
    """The bytes of a file."""
    made = FILES[name][0]
    return made if isinstance(made, bytes) else made()
