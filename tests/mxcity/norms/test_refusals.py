"""What is no sheet is refused with a reason of its own; nothing that is sent breaks a reader."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from ckanext.mxcity.exchange.norms import SheetRefusedError, errors, reading
from ckanext.mxcity.exchange.norms.reading import read_metadata
from ckanext.mxcity.ground.messages import said

SHEETS = sorted((Path(__file__).parent / "sheets").iterdir())
BOMB = '<!DOCTYPE codeBook [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><codeBook>&b;</codeBook>'
OUTSIDE = '<!DOCTYPE codeBook [<!ENTITY a SYSTEM "file:///etc/passwd">]><codeBook>&a;</codeBook>'
DEEP = "<codeBook>" + "<p>" * 3000 + "</p>" * 3000 + "</codeBook>"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", errors.EmptySheetError),
        ("  \n", errors.EmptySheetError),
        ('<?xml version="1.0"?>', errors.EmptySheetError),
        ("Título,Descripción\n", errors.NotASheetError),
        ("<codeBook><stdyDscr>", errors.BrokenXmlError),
        ("<codeBook>&nada;</codeBook>", errors.BrokenXmlError),
        ("<!DOCTYPE html><html><body>Sesión</body></html>", errors.WebPageError),
        (BOMB, errors.UnsafeSheetError),
        (OUTSIDE, errors.UnsafeSheetError),
        (DEEP, errors.BrokenXmlError),
        ("<metadata><idinfo/></metadata>", errors.FgdcError),
        ('<DDIInstance xmlns="ddi:instance:3_2"/>', errors.LifecycleError),
        ("<rss/>", errors.NotASheetError),
        ("<codeBook/>", errors.NothingSaidError),
        ("<MD_Metadata/>", errors.NothingSaidError),
        ("{}", errors.NotASheetError),
        ("[1, 2]", errors.NotASheetError),
        ('{"seccion": [', errors.BrokenJsonError),
        ("[" * 5000, errors.UnsafeSheetError),
        ('{"seccion": []}', errors.NothingSaidError),
    ],
)
def test_named_refusals(content: str, expected: type[SheetRefusedError]) -> None:
    """Each reason is a class, and is told in Spanish."""
    with pytest.raises(SheetRefusedError) as refused:
        read_metadata(content.encode())
    assert type(refused.value) is expected
    told = said(refused.value.template, refused.value.params)
    assert told != str(refused.value), "there is no Spanish"
    assert "root:" not in told


def test_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file past the limit is refused before it is parsed."""
    monkeypatch.setattr(reading, "LIMIT", 2_000_000)
    with pytest.raises(errors.LargeSheetError, match="2 MB"):
        read_metadata(b"<codeBook>" + b" " * 2_000_000)


def test_line_of_the_error() -> None:
    """The line where the XML breaks is named."""
    with pytest.raises(errors.BrokenXmlError, match="line 3"):
        read_metadata(b"<codeBook>\n<stdyDscr>\n</docDscr></codeBook>")


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_cut_anywhere(path: Path) -> None:
    """A sheet that arrived in part is refused by name wherever it was cut."""
    content = path.read_bytes()
    for length in range(0, len(content) - 20, 131):
        with pytest.raises(SheetRefusedError):
            read_metadata(content[:length], path.name)


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_changed_anywhere(path: Path) -> None:
    """Bytes changed, doubled or taken away end in a reading or in a named refusal."""
    chance, content = random.Random(20_250_917), path.read_bytes()
    for _ in range(150):
        start = chance.randrange(len(content))
        end = min(len(content), start + chance.randrange(1, 400))
        piece = bytes(chance.choice(b"<>/&\"'=0a {}[],:\x00\xff") for _ in range(end - start))
        for changed in (
            content[:start] + content[end:],
            content[:start] + content[start:end] * 2 + content[end:],
            content[:start] + piece + content[end:],
        ):
            try:
                read_metadata(changed).as_dict()
            except SheetRefusedError:
                continue


def _of_any_kind(chance: random.Random, depth: int = 0) -> Any:
    names = ("nombre", "seccion", "elemento", "contenido", "valor", "orden", "idContenido")
    kinds = [None, True, 7, -1.5, "Objetivo", "Periodo de referencia", ""]
    choice = chance.randrange(4 if depth < 4 else 1)
    if choice == 0:
        return chance.choice(kinds)
    if choice == 1:
        return [_of_any_kind(chance, depth + 1) for _ in range(chance.randrange(4))]
    return {name: _of_any_kind(chance, depth + 1) for name in names}


def test_json_of_any_shape() -> None:
    """JSON with the names of SIM and values of any kind does not break the reader."""
    chance = random.Random(52)
    for _ in range(100):
        document = {"nombreInstancia": "Algo", "seccion": [_of_any_kind(chance) for _ in range(3)]}
        assert read_metadata(json.dumps(document).encode()).dataset["title"] == "Algo"
