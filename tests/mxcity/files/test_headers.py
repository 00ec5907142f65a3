"""Which row names the columns: by what stands below it, never by its length."""

from __future__ import annotations

import pytest
from ckanext.mxcity.files.headers import Merged, find_header
from ckanext.mxcity.files.repeated import Repeated
from hypothesis import given, settings
from hypothesis import strategies as st

#: Rows as text; where the header ends, how many rows it has, where data begin, and if it is sure.
TABLES: dict[str, tuple[str, tuple[int, int, int, bool]]] = {
    "plain": ("clave,valor|A-1,3|A-2,4", (0, 1, 1, True)),
    "titles": ("Informe|Corte: 2025||clave,valor,n|a,3,1|b,4,2", (3, 1, 4, True)),
    "a title of two cells": ("Secretaría,Reporte|clave,valor,n|a,3,1|b,4,2", (1, 1, 2, True)),
    "comments": ("# Fuente: X; corte|# Unidad, pesos|clave,valor|19039,3|19026,4", (2, 1, 3, True)),
    "a comment as wide": ("# Unidad, pesos|clave,valor|19039,3|19026,4", (1, 1, 2, True)),
    "a name with #": ("#,nombre|1,Ana|2,Eva", (0, 1, 1, True)),
    "a header with #": ("# folio,nombre|1,Ana|2,Eva", (0, 1, 1, True)),
    "a longer record": ("uno,dos,tres|a,b,c|a,b,c,d,e,f|x,y,z", (0, 1, 1, False)),
    "a longer record of figures": ("a,b|x,1|x,1,2,3,4|x,2", (0, 1, 1, True)),
    "a name too few": ("nombre,ciudad,|Ana,Centro,Sur|Eva,Norte,Sur", (0, 1, 1, False)),
    "no header": ("19039,25.67,-100.31|19026,25.68,-100.25|19046,25.74,-100.28", (-1, 0, 0, True)),
    "no header below a title": ("Puntos||1,25.67,3|2,25.68,4|3,25.74,5", (-1, 0, 2, True)),
    "no header of codes": ("MX-01,Ana|MX-02,Eva|MX-03,Isa", (-1, 0, 0, True)),
    "no header of categories": ("Centro,Alto|Centro,Bajo|Sur,Alto|Sur,Alto", (-1, 0, 0, True)),
    "words above words": ("quien,donde|Ana,Centro|Eva,Sur", (0, 1, 1, False)),
    "names above words": ("nombre,colonia|Ana,Centro|Eva,Sur", (0, 1, 1, True)),
    "a header twice": ("CVE;NOM;TASA|CVE;NOM;TASA|01;Ana;4.7|02;Eva;6.8", (0, 1, 2, True)),
    "a header twice, blank between": ("a,n||a,n|x,1|y,2", (0, 1, 3, True)),
    "years": ("Municipio,2023,2024|Centro,10,20|Sur,30,40", (0, 1, 1, True)),
    "ages": ("sexo,0,1,2,3|H,5,5,6,7|M,4,3,7,8", (0, 1, 1, True)),
    "names with digits": ("c0,c1,c2|1,t1,5|2,t2,6|3,t3,7", (0, 1, 1, False)),
    "dates": ("fecha,monto|2024-01-31,$1|2024-02-29,$2", (0, 1, 1, True)),
    "missing marks are no names": ("Ana,n/d,n/d|Eva,3,4|Isa,5,6|Ema,5,7", (0, 1, 1, False)),
    "groups": ("Mun,2023,,2024,|,H,M,H,M|Centro,5,2,3,4|Sur,6,2,3,4", (1, 2, 2, True)),
    "a name without the first": (",valor|0,5|1,6", (0, 1, 1, False)),
    "a title of one figure": ("0|a,b|,x", (1, 1, 2, False)),
    "a title of one word": ("Informe|a,b|,5|x,6", (1, 1, 2, True)),
    "a title as long as a header": ("Corte,marzo,|lote,zona,uso|L-1,a,b|L-2,a,b", (1, 1, 2, False)),
    "equal records": ("Centro,Alto|Centro,Alto|Sur,Bajo", (0, 1, 1, False)),
    "only a header": ("a,b,c", (0, 1, 1, False)),
}  # fmt: skip


def cut(text: str) -> list[list[str]]:
    """Rows of cells."""
    mark = ";" if ";" in text and "# " not in text else ","
    return [line.split(mark) if line else [] for line in text.split("|")]


@pytest.mark.parametrize("name", TABLES)
def test_the_header_is_found(name: str) -> None:
    """Titles, comments, groups and records are told apart by kinds of cells."""
    rows, expected = TABLES[name]
    found = find_header(cut(rows))
    assert (found.first, found.rows, found.data, found.certain) == expected


def test_a_repeated_header_is_named() -> None:
    """A second line that says the same is no record, and it is said."""
    found = find_header(cut("a,n|a,n|x,1|y,2"))
    assert found.repeated == (1,)
    assert [note.code for note in Repeated(found, None).notes()] == ["header-repeated"]


def test_what_is_guessed_is_said() -> None:
    """No header, and one that nothing proves, each give a note with the row of the file."""
    (none,) = find_header(cut("Lista||1,2|3,4")).notes("Hoja")
    assert (none.code, none.params, none.place) == ("no-header", {"row": 3}, "Hoja")
    (guessed,) = find_header(cut("quien,donde|Ana,Centro")).notes()
    assert (guessed.code, guessed.params) == ("header-guessed", {"row": 1})


MERGED: dict[str, tuple[str, list[Merged], list[str]]] = {
    "a name over two rows": (
        "Municipio,Viviendas,,Población,|,Total,Habitadas,Hombres,Mujeres|M0,0,1,2,3|M1,1,2,3,4",
        [(0, 1, 0, 2), (0, 3, 0, 4), (0, 0, 1, 0)],
        ["Municipio", "Viviendas · Total", "Viviendas · Habitadas", "Población · Hombres",
         "Población · Mujeres"],
    ),
    "four names over two rows": (
        "Clave,Mun,Col,Fecha,2024,|,,,,Hombres,Mujeres|1,M,C,2025-01-01,3,4|2,N,D,2025-01-02,3,4",
        [(0, 4, 0, 5), (0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 1, 2), (0, 3, 1, 3)],
        ["Clave", "Mun", "Col", "Fecha", "2024 · Hombres", "2024 · Mujeres"],
    ),
    "three rows": (
        "Mun,Actual,,,|,Fase 1,,Fase 2,|,núm,pct,núm,pct|M0,1,2,3,4|M1,1,2,3,4",
        [(0, 0, 2, 0), (0, 1, 0, 4), (1, 1, 1, 2), (1, 3, 1, 4)],
        ["Mun", "Actual · Fase 1 · núm", "Actual · Fase 1 · pct", "Actual · Fase 2 · núm",
         "Actual · Fase 2 · pct"],
    ),
    "a title over all": (
        "Informe de viviendas,,|a,b,n|x,y,1|z,w,2", [(0, 0, 0, 2)], ["a", "b", "n"],
    ),
    "a name over two columns": (
        "Nombre,,n|Ana,Paz,1|Eva,Sol,2", [(0, 0, 0, 1)], ["Nombre", "Nombre", "n"],
    ),
    "cells that are not merged as told": ("a,b|x,y|z,w", [(0, 0, 1, 1)], ["a", "b"]),
    "a value over two records": (
        "zona,colonia|Norte,Mitras|,Cumbres|Sur,Lagos|,Altavista",
        [(1, 0, 2, 0), (3, 0, 4, 0)], ["zona", "colonia"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MERGED)
def test_merged_headers_are_joined(name: str) -> None:
    """Groups name their columns, and names over several rows theirs, whatever their rows."""
    rows, merged, titles = MERGED[name]
    assert list(find_header(cut(rows), merged).titles) == titles


def test_groups_over_columns_that_repeat_are_a_header_of_two_rows() -> None:
    """Without merged cells too; and a table of figures alone begins with its first row."""
    rows = cut("Mun,2023,,2024,|,H,M,H,M|Centro,1,2,3,4")
    found = find_header(rows)
    assert (found.first, found.rows) == (1, 2)
    assert found.titles == ("Mun", "2023 · H", "2023 · M", "2024 · H", "2024 · M")
    assert find_header(cut("1,2|3,4")).data == 0


WORDS = st.text("abcdefgh", min_size=1, max_size=6)


@settings(max_examples=200, deadline=None)
@given(
    names=st.lists(WORDS, min_size=2, max_size=5, unique=True),
    figures=st.lists(st.integers(0, 10**9), min_size=1, max_size=12),
    titles=st.lists(WORDS, max_size=3),
    extra=st.integers(0, 30),
    longer=st.integers(0, 4),
)
def test_a_header_over_figures_is_sure(
    names: list[str], figures: list[int], titles: list[str], extra: int, longer: int
) -> None:
    """Names above a column of figures are the header, whatever title and longer record there is."""
    rows = [[title] for title in titles]
    rows += [names] + [[*(f"w{n}" for n in names[1:]), str(figure)] for figure in figures]
    place = len(titles) + 1 + extra % len(figures)
    rows[place] = rows[place] + ["x"] * longer
    found = find_header(rows)
    assert (found.first, found.data) == (len(titles), len(titles) + 1)
    assert found.titles[: len(names)] == tuple(names)


NAMES = st.sampled_from(
    ["Nombre", "COLONIA", "fecha", "Descripción", "tipo", "nombre_completo", "cve_mun", "Teléfono"]
)
#: What stands in records: never the name of a column alone.
RECORDS = st.one_of(
    st.text("bcdfgh", min_size=1, max_size=6),
    st.sampled_from(["Norte", "Obra pública", "Centro", "Alto", "Tipo A", "Calle Norte"]),
)


@settings(max_examples=200, deadline=None)
@given(
    names=st.lists(NAMES, min_size=2, max_size=4, unique=True),
    rows=st.lists(st.lists(RECORDS, min_size=4, max_size=4), min_size=2, max_size=9),
    titles=st.lists(WORDS, max_size=2),
)
def test_names_of_columns_above_words_are_sure(
    names: list[str], rows: list[list[str]], titles: list[str]
) -> None:
    """Words that only ever name columns are the header; a record is never sure to be one."""
    wide = [row[: len(names)] for row in rows]
    found = find_header([*([title] for title in titles), names, *wide])
    assert (found.first, found.certain) == (len(titles), True)
    assert found.titles == tuple(names)
    none = find_header(wide)
    assert none.first == -1 or not none.certain


def test_a_list_of_columns_is_no_header() -> None:
    """Where names of columns are what a table is about, its first record is not sure to be one."""
    assert not find_header(cut("nombre,tipo|fecha,tipo|clave,tipo")).certain
    assert not find_header(cut("nombre,Ana|fecha,hoy|clave,uno")).certain


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(st.integers(0, 10**6).map(str), min_size=3, max_size=3), min_size=3))
def test_figures_above_figures_are_records(rows: list[list[str]]) -> None:
    """A table of figures alone loses no row to a header, or the header is said to be a guess."""
    found = find_header(rows)
    assert found.first == -1 and found.data == 0 or not found.certain
