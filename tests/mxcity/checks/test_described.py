"""What a Table Schema says of columns for people."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from ckanext.mxcity.checks import described


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            {"fields": [{"name": "monto", "type": "number", "description": "En pesos."}]},
            [["monto", "", "En pesos."]],
        ),
        ({"fields": [{"name": "a", "title": "A" * 999}]}, [["a", "A" * 200, ""]]),
        ({"fields": [{"title": "sin nombre"}]}, []),
        ({"fields": "monto"}, []),
        ([1, 2], []),
        ("no es un documento", []),
        ({"fields": [{"name": 5}]}, []),
    ],
)
def test_read(tmp_path: Path, content: object, expected: list[list[str]]) -> None:
    """Names, titles and descriptions are read; what is no schema says nothing."""
    place = tmp_path / "schema.json"
    place.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    assert described.read(str(place)) == expected


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    """Neither does what is no text, or is nested without an end."""
    place = tmp_path / "schema.json"
    for content in (b"\xff\xfe\x00", b"[" * 100_000, b'{"fields":' * 50_000):
        place.write_bytes(content)
        assert described.read(str(place)) == []
