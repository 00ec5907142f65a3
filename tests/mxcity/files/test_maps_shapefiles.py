"""Shapefiles: their letters, their parts by any name, and everything else in the archive."""

from __future__ import annotations

from pathlib import Path

import pytest
from ckanext.mxcity.files import FileRefused
from ckanext.mxcity.files.maps.letters import codec_of

from tests.mxcity.files import map_files as made

NAMES = ["Peñón", "Cañada", "Güemes", "Centro"]
#: Of the texts: encoding, what the .cpg says, the number of the language; what is said of it.
LETTERS = {
    "UTF-8 without .cpg": ("utf-8", "", 0, set()),
    "UTF-8 that is said to be": ("utf-8", "UTF-8", 0, set()),
    "UTF-8 that is said to be 1252": ("utf-8", "1252", 0, {"encoding-said-otherwise"}),
    "UTF-8 that is said to be of DOS": ("utf-8", "", 0x02, set()),
    "Latin that is said to be UTF-8": ("cp1252", "UTF-8", 0, {"encoding-said-otherwise"}),
    "Latin that is said to be": ("cp1252", "ISO-8859-1", 0, {"encoding"}),
    "Latin that is said in numbers": ("cp1252", "ANSI 1252", 0, {"encoding"}),
    "Latin without .cpg": ("cp1252", "", 0, {"encoding-assumed"}),
    "DOS by its number": ("cp850", "", 0x02, {"encoding-assumed"}),
    "DOS that is said to be": ("cp850", "850", 0x57, {"encoding"}),
    "Latin that is said to be nonsense": ("cp1252", "letras", 0, {"encoding-assumed"}),
}


@pytest.mark.parametrize("case", LETTERS)
def test_letters_are_told_by_the_bytes(tmp_path: Path, case: str) -> None:
    """The .cpg is believed only where the bytes can be so."""
    encoding, said, language, expected = LETTERS[case]
    table = made.names_table([name.encode(encoding) for name in NAMES], language=language)
    content = made.zipped(made.shapefile(table, len(NAMES), cpg=said))
    found = made.reading(tmp_path, "a.zip", content)
    assert [row[0] for row in made.published(tmp_path, "a.zip")[1:]] == NAMES
    letters = {"encoding", "encoding-assumed", "encoding-said-otherwise", "letters-mixed"}
    assert set(made.codes(found)) & letters == expected


def test_a_text_in_another_encoding_does_not_spoil_the_others(tmp_path: Path) -> None:
    """It is decoded by itself, and its row is named."""
    texts = [name.encode() for name in NAMES]
    texts[1] = NAMES[1].encode("cp1252")
    content = made.zipped(made.shapefile(made.names_table(texts), len(NAMES)))
    found = made.reading(tmp_path, "a.zip", content)
    assert [row[0] for row in made.published(tmp_path, "a.zip")[1:]] == NAMES
    assert made.codes(found)["letters-mixed"] == {"count": 1, "row": 2}


def test_a_letter_that_is_cut_at_the_width_spoils_nothing(tmp_path: Path) -> None:
    """Programs cut texts at a number of bytes."""
    table = made.names_table(["Peñó".encode(), "12345Ñ".encode()[:6]], width=6)
    (layer,) = made.layers(tmp_path, "shp", made.zipped(made.shapefile(table, 2)))
    assert [row["nombre"] for row in made.cells(layer)] == ["Peñó", "12345"]


def test_names_of_parts_are_the_same_in_capitals(tmp_path: Path) -> None:
    """As programs of Windows write them."""
    parts = made.shapefile(made.names_table([b"Centro"]), 1)
    parts["COLONIAS.DBF"] = parts.pop("colonias.dbf")
    parts["Colonias.SHX"] = parts.pop("colonias.shx")
    found = made.reading(tmp_path, "a.zip", made.zipped(parts))
    assert (found.table().row_count, found.table().name) == (1, "colonias")
    assert not found.carries_more


def test_every_shapefile_of_an_archive_is_a_table(tmp_path: Path) -> None:
    """In whatever folder; those of one name are told apart by it."""
    one, two = made.names_table([b"Uno"]), made.names_table([b"Dos", b"Tres"])
    parts = made.shapefile(one, 1) | made.shapefile(two, 2, "b/parques")
    found = made.reading(tmp_path, "a.zip", made.zipped(parts))
    rows = {table.name: table.row_count for table in found.tables}
    assert rows == {"colonias": 1, "parques": 2}
    assert made.published(tmp_path, "a.zip", "parques")[2][0] == "Tres"
    assert not found.carries_more
    same = made.shapefile(one, 1, "2024/parques") | made.shapefile(two, 2, "2025/Parques")
    found = made.reading(tmp_path, "b.zip", made.zipped(same))
    assert [table.name for table in found.tables] == ["2024 parques", "2025 Parques"]


LEFT = {
    "a table": ("padron.csv", "members-left-out"),
    "a document in a folder": ("notas/LEEME.txt", "members-left-out"),
    "an archive": ("otro.zip", "members-left-out"),
    "a part of no Shapefile": ("parques.dbf", "members-left-out"),
    "a part that is there twice": ("COLONIAS.dbf", "members-left-out"),
    "what a Mac puts there": ("__MACOSX/._colonias.shp", "members-left-out"),
    "an index": ("colonias.sbn", "companions-left-out"),
    "a description": ("COLONIAS.shp.xml", "companions-left-out"),
}


@pytest.mark.parametrize("case", LEFT)
def test_other_members_are_named_and_stay_private(tmp_path: Path, case: str) -> None:
    """The archive is not published with what nobody looked at."""
    name, code = LEFT[case]
    parts = made.shapefile(made.names_table([b"Centro"]), 1)
    found = made.reading(tmp_path, "a.zip", made.zipped({**parts, name: b"CURP,nombre"}))
    assert made.codes(found)[code] == {"count": 1, "names": name}
    assert found.carries_more
    assert found.table().row_count == 1


def test_a_projection_that_is_none_is_not_unseen(tmp_path: Path) -> None:
    """It is named like any other member that is not read."""
    parts = made.shapefile(made.names_table([b"Centro"]), 1)
    found = made.reading(tmp_path, "a.zip", made.zipped({**parts, "colonias.prj": b"CURP 1"}))
    assert made.codes(found)["members-left-out"]["names"] == "colonias.prj"
    assert "crs-assumed" in made.codes(found)


def test_values_are_as_they_are_written(tmp_path: Path) -> None:
    """Long whole numbers, days, yes or no, and cells without a value."""
    fields = [(b"folio", "N", 20, 0), (b"medida", "N", 24, 15), (b"dia", "D", 8, 0)]
    fields += [(b"activo", "L", 1, 0), (b"vacio", "C", 5, 0)]
    rows = [
        [b"9007199254740993", b"1.500000000000000", b"20240131", b"T", b""],
        [b"12345678901234567890", b"2.000000000000000", b"00000000", b"?", b"x\0yz"],
        [b"*" * 20, b"", b"", b"F", b""],
    ]
    (layer,) = made.layers(tmp_path, "shp", made.zipped(made.shapefile(made.dbf(fields, rows), 3)))
    assert [list(row.values()) for row in made.cells(layer)] == [
        ["9007199254740993", "1.5", "2024-01-31", "true", ""],
        ["12345678901234567890", "2.0", "", "", "x"],
        ["", "", "", "false", ""],
    ]


def test_rows_that_are_marked_as_deleted_are_said(tmp_path: Path) -> None:
    """They are in the file, and not in the table."""
    fields = [(b"nombre", "C", 9, 0), (b"foto", "G", 10, 0)]
    table = made.dbf(fields, [[b"Uno", b""], [b"Dos", b""], [b"Tres", b""]], deleted=[1])
    found = made.reading(tmp_path, "a.zip", made.zipped(made.shapefile(table, 3)))
    assert [row[0] for row in made.published(tmp_path, "a.zip")[1:]] == ["Uno", "Tres"]
    assert made.codes(found)["deleted-rows"] == {"count": 1}
    assert made.codes(found)["fields-not-read"] == {"count": 1, "names": "foto"}
    assert found.carries_more


REFUSED = {
    "rows without a figure": (
        "shapefile-rows-differ", made.shapefile(made.names_table([b"a"] * 3), 2),
    ),
    "a table cut short": ("broken-map", made.shapefile(made.names_table([b"a"] * 3)[:-9], 3)),
    "a second Shapefile that is not whole": (
        "shapefile-incomplete",
        made.shapefile(made.names_table([b"a"]), 1) | {"parques.shp": made.points(1)[".shp"]},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_shapefiles_that_do_not_fit_together_are_refused(tmp_path: Path, case: str) -> None:
    """No row loses its figure, and no figure its row."""
    code, parts = REFUSED[case]
    with pytest.raises(FileRefused) as refused:
        made.reading(tmp_path, "a.zip", made.zipped(parts))
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("said", "codec"),
    [
        ("UTF-8", "utf-8"), ("utf8", "utf-8"), ("65001", "utf-8"), ("1252", "cp1252"),
        ("ANSI 1252", "cp1252"), ("ISO-8859-1", "iso8859-1"), ("88591", "iso8859-1"),
        ("8859_15", "iso8859-15"), ("LATIN1", "iso8859-1"), ("850", "cp850"), ("OEM 437", "cp437"),
        ("rot13", None), ("idna", None), ("UTF-16", None), ("", None), ("letras", None),
    ],
)  # fmt: skip
def test_names_of_encodings(said: str, codec: str | None) -> None:
    """As the programs of maps write them; what is no encoding of a table is none."""
    assert codec_of(said) == codec
