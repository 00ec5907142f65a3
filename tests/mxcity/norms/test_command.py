"""``mxcity metadata`` says at a desk what the portal would; a folder may have a sheet."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from ckanext.mxcity.command import main
from ckanext.mxcity.command.folders import PushError, folders
from click.testing import CliRunner

SHEETS = Path(__file__).parent / "sheets"


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["metadata", *arguments])
    return done.exit_code, done.output


def test_metadata_in_words() -> None:
    """Fields, files, losses and notes are told, a line each, in Spanish."""
    code, told = run(str(SHEETS / "ddi-2.5.xml"))
    assert code == 0
    assert told.startswith("ddi 2.5\n")
    assert 'area_codes: ["11"]' in told
    assert "Se describen columnas sin decir de qué archivo son." in told


def test_metadata_as_json() -> None:
    """As JSON it is what the action answers."""
    code, told = run(str(SHEETS / "ntm-2010.xml"), "--json", "--lang", "en")
    found = json.loads(told)
    assert (code, found["norm"]) == (0, "ntm")
    assert found["dataset"]["scale_denominator"] == 10000


def test_refusal(tmp_path: Path) -> None:
    """A file that cannot be read ends with 2 and the reason."""
    path = tmp_path / "ficha.xml"
    path.write_text("<rss/>")
    assert run(str(path)) == (
        2,
        "Esta no es una ficha de metadatos conocida: empieza con «rss». Se leen: DDI Codebook "
        "(codeBook), NTM 2010 o ISO 19139 (MD_Metadata) y el JSON del SIM del INEGI.\n",
    )


def test_folder_with_a_sheet(tmp_path: Path) -> None:
    """A folder with a sheet is a dataset, with dataset.yaml or without; the sheet is no file."""
    for name, files in {
        "uno": ("metadata.xml", "a.csv"),
        "dos": ("dataset.yaml", "metadata.xml", "b.csv"),
        "tres": ("c.csv",),
    }.items():
        (tmp_path / name).mkdir()
        for file in files:
            (tmp_path / name / file).write_text("title: Dos" if file == "dataset.yaml" else "")
    two, one = folders(tmp_path)
    assert (one.name, [path.name for path in one.files]) == ("uno", ["a.csv"])
    assert one.sheet == tmp_path / "uno" / "metadata.xml"
    assert two.metadata == {"title": "Dos", "name": "dos"}
    with pytest.raises(PushError, match=r"no dataset\.yaml nor metadata\.xml"):
        folders(tmp_path / "tres")
