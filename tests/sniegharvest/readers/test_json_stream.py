"""A large catalogue is read record by record, with the same result as one that is read whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ckanext.mxcity.ground.errors import DangerousDocumentError, ReadError
from ckanext.mxcity.reading.records import Document
from ckanext.sniegharvest.readers import dcat_json, json_stream

RECORDS = [{"identifier": f"d-{n}", "title": f"Título {n}", "x": n / 3} for n in range(50)]
DOCUMENTS = {
    "object": json.dumps(
        {"dataset": RECORDS, "license": "https://creativecommons.org/licenses/by/4.0/"}
    ),
    "list": json.dumps(RECORDS),
    "mark": "\ufeff" + json.dumps({"dataset": RECORDS}, ensure_ascii=False),
    "nested": json.dumps({"dataset": RECORDS[:2], "catalog": [{"dataset": RECORDS[2:]}]}),
    "nan": json.dumps({"dataset": [*RECORDS, {"identifier": "nan", "x": float("nan")}]}),
    "big number": json.dumps({"dataset": [{"identifier": "big", "x": 10**40}]}),
    "odd entries": json.dumps({"dataset": [None, 3, [], *RECORDS, RECORDS[0]]}),
}


def outcome(document: Document) -> Any:
    """What reading gives, or how it fails."""
    try:
        return list(dcat_json.read(document))
    except ReadError as error:
        return error.message


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("in_file", [True, False])
def test_same_as_whole(
    name: str, in_file: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Streamed or whole, from a file or from memory, the records are the same."""
    body = DOCUMENTS[name].encode()
    whole = outcome(Document(body))
    assert whole
    monkeypatch.setattr(json_stream, "STREAMED_FROM", 1)
    path = tmp_path / "data.json"
    path.write_bytes(body)
    assert outcome(Document(path if in_file else body)) == whole


def test_real_catalogues(shared_inputs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same for real catalogues, the broken ones included."""
    files = sorted(
        (shared_inputs / "datajson").rglob("*.json"), key=lambda path: path.stat().st_size
    )
    whole = [outcome(Document(path.read_bytes())) for path in files[:25]]
    monkeypatch.setattr(json_stream, "STREAMED_FROM", 1)
    assert [outcome(Document(path.read_bytes())) for path in files[:25]] == whole


def test_large_and_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is too large to be read whole is refused where it is broken, or nested too deep."""
    monkeypatch.setattr(json_stream, "STREAMED_FROM", 1)
    monkeypatch.setattr(json_stream, "WHOLE_AT_MOST", 1)
    with pytest.raises(ReadError, match="not valid JSON"):
        list(dcat_json.read(Document(DOCUMENTS["object"].encode()[:-30])))
    with pytest.raises(DangerousDocumentError):
        list(dcat_json.read(Document(b'{"dataset": ' + b"[" * 500 + b"]" * 500 + b"}")))
