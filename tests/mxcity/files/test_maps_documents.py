"""JSON and Parquet: their values keep their digits and zones, and nothing else is lost."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import duckdb
import pytest
from ckanext.mxcity.files import FileRefused
from ckanext.mxcity.files.messages import text
from ckanext.mxcity.files.model import DEFAULT
from ckanext.mxcity.files.parquet import read_parquet
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.mxcity.files import map_files as made

ROWS = [{"clave": "01", "n": 1}, {"clave": "02", "n": None}]
FIELDS = [{"id": "clave", "type": "text"}, {"id": "n", "type": "int"}]
#: Documents that hold the same rows; the members that are not in them.
DOCUMENTS = {
    "a list": (ROWS, None),
    "CKAN's dump": ({"fields": FIELDS, "records": [["01", 1], ["02", None]]}, None),
    "names and rows": ({"fields": ["clave", "n"], "records": ROWS}, None),
    "CKAN's answer": (
        {"help": "x", "success": True, "result": {"fields": FIELDS, "records": ROWS, "total": 2}},
        "help, success, result.total",
    ),
    "rows before names": ({"records": ROWS, "fields": FIELDS}, None),
    "rows under a name": ({"datos": ROWS, "autor": {"curp": "X", "a": 1}}, "autor"),
    "two lists": ({"datos": ROWS, "otros": [{"curp": "X"}]}, "otros"),
}


@pytest.mark.parametrize("case", DOCUMENTS)
def test_rows_of_a_document_are_found(tmp_path: Path, case: str) -> None:
    """What stands beside them is named, and keeps the file private."""
    document, left = DOCUMENTS[case]
    found = made.reading(tmp_path, "a.json", json.dumps(document).encode())
    assert made.published(tmp_path, "a.json") == [["clave", "n"], ["01", "1"], ["02", ""]]
    assert made.codes(found).get("json-members-left-out", {}).get("names") == left
    assert found.carries_more == bool(left)


BROKEN = {
    "lists": (b'[{"a": 1}]\n[{"a": 2}]\n', "json-without-objects"),
    "figures": (b'{"type": "Feature"}\n{"type": "Feature"}\n', "json-lines"),
    "garbage": (b'[{"a": 1}] x', "broken-json"),
    "cut": (b'[{"a": 1}, {"a": ', "broken-json"),
    "wrong": (b'[{"a": 1,, "b": 2}]', "broken-json"),
    "not a number": (b'[{"a": NaN}]', "broken-json"),
    "not text": (b'[{"a": "\xff"}]', "broken-json"),
    "shorter rows": (b'{"fields": ["a", "b"], "records": [[1]]}', "json-without-objects"),
}


def test_a_name_twice_in_an_object_is_refused(tmp_path: Path) -> None:
    """One of its values would be lost; other objects may have the name too."""
    with pytest.raises(FileRefused) as refused:
        made.reading(tmp_path, "a.json", b'[{"a": 1, "b": {"a": 1}}, {"a": 1, "b": 2, "a": 3}]')
    assert (refused.value.code, refused.value.params) == ("json-name-twice", {"name": "a"})


@settings(max_examples=30, deadline=None)
@given(
    rows=st.lists(
        st.dictionaries(st.sampled_from("abc"), st.text("xyñ[{ ,", min_size=1), min_size=1),
        min_size=2,
        max_size=6,
    ),
    end=st.sampled_from(["\n", "\r\n", "\n\n"]),
)
def test_lines_of_json_are_rows(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, str]], end: str
) -> None:
    """A file with an object on each line is the table that a list of them would be."""
    folder = tmp_path_factory.mktemp("lines")
    found = []
    for content in (end.join(map(json.dumps, rows)), json.dumps(rows)):
        made.reading(folder, "a.json", content.encode())
        found.append(made.published(folder, "a.json"))
    assert found[0] == found[1]
    assert len(found[0]) == len(rows) + 1


@pytest.mark.parametrize("case", BROKEN)
def test_no_sentence_of_a_library_is_told(tmp_path: Path, case: str) -> None:
    """A refusal has words of ours alone."""
    content, code = BROKEN[case]
    with pytest.raises(FileRefused) as refused:
        made.reading(tmp_path, "a.json", content)
    assert (refused.value.code, refused.value.params) == (code, {})
    assert text(code, {}, "en")


def test_values_of_parquet_keep_digits_and_zones(tmp_path: Path) -> None:
    """Moments with their zone, decimals, long whole numbers, lists, and NaN."""
    path = tmp_path / "a.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            f"""COPY (SELECT * FROM (VALUES
              (9007199254740993::BIGINT, 18446744073709551615::UBIGINT, 0.10::DECIMAL(38, 10),
               TIMESTAMPTZ '2024-01-01 10:00:00.123-06:00', TIMESTAMP '2024-01-01 10:00:00.5',
               TIMESTAMP_NS '2024-01-01 10:00:00.123456789', [1, 2], {{'a': 'ñ', 'b': 1.5}},
               'nan'::DOUBLE, true, DATE '2024-01-31', 0.1::FLOAT, 'ab'::BLOB),
              (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0.1::DOUBLE, NULL, NULL, NULL, NULL)
            ) AS rows(entero, mayor, exacto, momento, local, fino, lista, parte, medida, activo,
                      dia, corto, bytes)) TO '{path}' (FORMAT parquet)"""
        )
    table = read_parquet(path, tmp_path, DEFAULT)
    with table.path.open(encoding="utf-8", newline="") as file:
        one, two = csv.reader(file)
    assert one == [
        "9007199254740993", "18446744073709551615", "0.1000000000",
        "2024-01-01T16:00:00.123Z", "2024-01-01T10:00:00.5", "2024-01-01T10:00:00.123456789",
        "[1,2]", '{"a":"ñ","b":1.5}', "nan", "true", "2024-01-31", "0.1", "6162",
    ]  # fmt: skip
    assert two == ["", "", "", "", "", "", "", "", "0.1", "", "", "", ""]
    assert [note.params for note in table.notes if note.code == "not-a-number"] == [
        {"count": 1, "column": "medida"}
    ]
    found = made.reading(tmp_path, "a.parquet", path.read_bytes())
    kinds = {column.name: column.type for column in found.table().columns}
    assert kinds["mayor"] == "integer"
    assert {kinds[name] for name in ("momento", "local", "fino")} == {"datetime"}
    assert made.published(tmp_path, "a.parquet")[1][8] == ""


FEATURE = {"type": "Feature", "properties": {"a": 1}, "geometry": None}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", [{"a": 1}, {"a": 2}]),
        ("a.geojson", {"type": "FeatureCollection", "features": [FEATURE]}),
    ],
)
def test_a_document_may_begin_with_a_mark(tmp_path: Path, name: str, content: object) -> None:
    """The mark of UTF-8 that some programs write is none of the document's."""
    document = b"\xef\xbb\xbf" + json.dumps(content).encode()
    table = made.reading(tmp_path, name, document).tables[0]
    assert (table.columns[0].name, table.published[0][0]) == ("a", "1")
