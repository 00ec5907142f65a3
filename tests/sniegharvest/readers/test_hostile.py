"""Documents made to break a reader: each ends in records and named problems, or one error."""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections import Counter
from typing import Any

import pytest
from ckanext.mxcity.ground.errors import ReadError
from ckanext.mxcity.reading.records import Caps, Document, Record
from ckanext.sniegharvest.readers import sheets
from ckanext.sniegharvest.sources.types import SOURCE_TYPES

GOOD = {"identifier": "a", "title": "A", "description": "d"}
HTML = b"<!DOCTYPE html><html><body>Login</body></html>"
ISO = (
    '<gmd:MD_Metadata xmlns:gmd="http://www.isotc211.org/2005/gmd" '
    'xmlns:gco="http://www.isotc211.org/2005/gco">%s</gmd:MD_Metadata>'
)
FILE_ID = "<gmd:fileIdentifier><gco:CharacterString>%s</gco:CharacterString></gmd:fileIdentifier>"
RDF = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">%s</rdf:RDF>'
BOMB = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]>'
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'


def outcome(reader: str, body: bytes, **document: str) -> tuple[int, dict[str, int], str]:
    """Return how many records landed, the problems by cause, and the error of the whole."""
    landed, causes, failed, shown = 0, Counter[str](), "", ""
    try:
        for item in SOURCE_TYPES[reader].read(Document(body, **document)):
            if isinstance(item, Record):
                landed += 1
                json.dumps(item.dataset).encode()
            else:
                causes[item.slug] += 1
    except ReadError as error:
        failed, shown = error.slug, str(error)
    assert "<html" not in shown
    return landed, dict(causes), failed


def catalogue(*datasets: Any, **more: Any) -> bytes:
    return json.dumps({"dataset": list(datasets), **more}).encode()


def packages(*entries: Any) -> bytes:
    return json.dumps({"success": True, "result": {"count": 9, "results": list(entries)}}).encode()


def workbook(**parts: bytes) -> bytes:
    """An Excel file with parts as they are given, by name without dots."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return made.getvalue()


CSV = "identificador;Título;Descripción\n"

WHOLE_DOCUMENTS = [
    ("dcat_json", b"", "not-what-it-says"),
    ("dcat_json", b"   \n", "not-what-it-says"),
    ("dcat_json", HTML, "not-what-it-says"),
    ("dcat_json", b"\xef\xbb\xbf <!-- x -->" + HTML, "not-what-it-says"),
    ("dcat_json", catalogue(GOOD)[:-9], "unreadable"),
    ("dcat_json", catalogue(GOOD) * 2, "unreadable"),
    ("dcat_json", b"Not found", "unreadable"),
    ("dcat_json", b"null", "not-what-it-says"),
    ("dcat_json", b"42", "not-what-it-says"),
    ("dcat_json", b'"text"', "not-what-it-says"),
    ("dcat_json", b'{"error": "down"}', "not-what-it-says"),
    ("dcat_json", b"[" * 100_000, "dangerous-document"),
    ("dcat_json", b'{"a":' * 5000 + b"1" + b"}" * 5000, "dangerous-document"),
    ("dcat_json", b'{"dataset": [' + b"9" * 6000 + b"]}", "unreadable"),
    ("dcat_json", b"\x00\x01\x02\xff", "unreadable"),
    ("ckan", HTML, "not-what-it-says"),
    ("ckan", b'{"success": false, "error": {"message": "No autorizado"}}', "unreadable"),
    ("ckan", b'{"success": true, "result": null}', "not-what-it-says"),
    ("ckan", b'{"success": true}', "not-what-it-says"),
    ("ckan", b'{"success": true, "result": "x"}', "not-what-it-says"),
    ("ckan", b"[[[[" * 100, "dangerous-document"),
    ("dcat_rdf", b"", "not-what-it-says"),
    ("dcat_rdf", HTML, "not-what-it-says"),
    ("dcat_rdf", b"this is not turtle", "unreadable"),
    ("dcat_rdf", b"<http://a> a dcat:Dataset ; dct:title 'x", "unreadable"),
    ("dcat_rdf", b"<rdf:RDF><broken", "unreadable"),
    ("dcat_rdf", (BOMB + RDF % "&d;").encode(), "dangerous-document"),
    ("dcat_rdf", ("<?xml version='1.0'?>" + OUTSIDE + RDF % "&a;").encode(), "dangerous-document"),
    ("dcat_rdf", ("<?xml version='1.0'?>" + OUTSIDE + RDF % "").encode("utf-16"),
     "dangerous-document"),
    ("dcat_rdf", b'{"@context": "http://127.0.0.1:1/x", "@id": "a"}', "dangerous-document"),
    ("dcat_rdf", b'{"@context": ["https://e.org/c.jsonld"]}', "dangerous-document"),
    ("dcat_rdf", b'{"@context": {"x": {"@id": "y:z", "@context": "http://2130706433/"}}}',
     "dangerous-document"),
    ("dcat_rdf", b'{"@context": {"@version": 1.1, "@import": "http://127.1/"}}',
     "dangerous-document"),
    ("dcat_rdf", b'{"@graph": [{"@context": "file:///etc/passwd"}]}', "dangerous-document"),
    ("dcat_rdf", b'{"@id": "cut', "unreadable"),
    ("csw", b"", "not-what-it-says"),
    ("csw", HTML, "not-what-it-says"),
    ("csw", b"<a><b></a>", "unreadable"),
    ("csw", b"{}", "unreadable"),
    ("csw", b"<root/>", "not-what-it-says"),
    ("csw", (BOMB + ISO % "&d;").encode(), "dangerous-document"),
    ("csw", (OUTSIDE + ISO % (FILE_ID % "&a;")).encode(), "dangerous-document"),
    ("csw", (OUTSIDE + ISO % "").encode("utf-16"), "dangerous-document"),
    ("csw", (ISO % ("<x>" * 5000)).encode(), "unreadable"),
    ("csw", (ISO % ("<x>" * 5000 + "</x>" * 5000)).encode(), "unreadable"),
    ("csw", b"<ows:ExceptionReport xmlns:ows='u'><a>No</a></ows:ExceptionReport>", "unreadable"),
    ("csw", b"<metadata><idinfo/></metadata>", "unsupported-format"),
    ("arcgis_hub", HTML, "not-what-it-says"),
    ("arcgis_hub", b'{"type": "FeatureCollection", "features": null}', "not-what-it-says"),
    ("arcgis_hub", b"[" * 5000, "dangerous-document"),
    ("socrata", HTML, "not-what-it-says"),
    ("socrata", b'{"error": "Query timed out"}', "not-what-it-says"),
    ("socrata", b'{"results": [', "unreadable"),
    ("opendatasoft", HTML, "not-what-it-says"),
    ("opendatasoft", b'{"error_code": "InvalidRESTParameterError"}', "not-what-it-says"),
    ("opendatasoft", (BOMB + RDF % "&d;").encode(), "unreadable"),
    ("inegi_indicators", b"{}", "not-what-it-says"),
    ("inegi_indicators", b"[]", "not-what-it-says"),
    ("inegi_indicators", b'{"indicators": ["1"], "areas": ["Monterrey"]}', "unreadable"),
    ("spreadsheet", HTML, "not-what-it-says"),
    ("spreadsheet", b"", "not-what-it-says"),
    ("spreadsheet", b"\xef\xbb\xbf\r\n", "not-what-it-says"),
    ("spreadsheet", b"%PDF-1.7", "unsupported-format"),
    ("spreadsheet", b"a,b\n1,2\n", "not-what-it-says"),
    ("spreadsheet", b"\x00\x01\x02", "unreadable"),
    ("spreadsheet", b"PK\x03\x04broken", "unreadable"),
    ("spreadsheet", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1broken", "unreadable"),
    ("spreadsheet", workbook(mimetype=b"ods", content_xml=b"<a/>"), "unsupported-format"),
    ("spreadsheet", workbook(xl__workbook_xml=b"<workbook/>"), "unreadable"),
    ("spreadsheet", workbook(xl__workbook_xml=BOMB.encode() + b"<workbook/>"),
     "dangerous-document"),
    ("spreadsheet", workbook(xl__workbook_xml=OUTSIDE.encode("utf-16") + b"<workbook/>"),
     "dangerous-document"),
]  # fmt: skip


@pytest.mark.parametrize(("reader", "body", "slug"), WHOLE_DOCUMENTS)
def test_a_document_that_cannot_be_read_says_why(reader: str, body: bytes, slug: str) -> None:
    """One error of ours, at once, and nothing fetched or expanded."""
    start = time.monotonic()
    assert outcome(reader, body) == (0, {}, slug)
    assert time.monotonic() - start < 2


RECORDS = [
    ("arcgis_hub", b'{"type": "FeatureCollection", "features": [null, 1, {}, '
     b'{"properties": {"id": "a", "title": "A", "url": 7, "tags": {"x": 1}}}]}', 1,
     {"not-a-record": 2, "no-identifier": 1}),
    ("socrata", b'{"results": [{"resource": null}, {"resource": {"id": "aaaa-0001"}}, [], '
     b'{"resource": {"id": "aaaa-0001"}}]}', 1,
     {"no-identifier": 1, "not-a-record": 1, "duplicate": 1}),
    ("opendatasoft", b'{"results": [{"dataset_id": "a", "metas": []}, {"metas": {"default": 3}}, '
     b'{"dataset_id": "b", "features": 4, "attachments": [1, {"id": "../x"}]}]}', 2,
     {"no-identifier": 1}),
    ("inegi_indicators", b'{"indicators": ["1", "../2"]}', 0, {}),
    ("spreadsheet", f"{CSV}a;A;x\n;;sin nombre\na;Otro;x\nb;B;\n".encode("utf-16"), 2,
     {"no-name": 1, "duplicate": 1}),
    ("spreadsheet", f"\n\nInventario;;\n{CSV}a;A;<script>\n".encode("cp1252"), 1, {}),
    ("spreadsheet", f'{CSV}a;A;"sin cerrar\nb;B;x\n'.encode(), 2, {}),
    ("spreadsheet", f"{CSV}../../a;=cmd|' /C calc'!A0;x\n".encode(), 1, {}),
    ("spreadsheet", (CSV + "".join(f"{n};T{n};x\n" for n in range(3000))).encode(), 3000, {}),
    ("spreadsheet", (CSV + "a;A;" + "x;" * 5000).encode(), 1, {}),
    ("dcat_json", b"{}", 0, {}),
    ("dcat_json", catalogue(), 0, {}),
    ("dcat_json", catalogue(GOOD, None, 7, "x", []), 1, {"not-a-record": 4}),
    ("dcat_json", catalogue(GOOD, GOOD, {"title": "no id"}), 1,
     {"duplicate": 1, "no-identifier": 1}),
    ("dcat_json", catalogue({**GOOD, "public": False}), 0, {"not-public": 1}),
    ("dcat_json", catalogue({"identifier": 5, "title": 6, "keyword": 7, "distribution": 8}), 1, {}),
    ("dcat_json", catalogue({**GOOD, "distribution": [None, 1, "x", {}, {"downloadURL": []}]}),
     1, {}),
    ("dcat_json", catalogue({**GOOD, "publisher": [], "contactPoint": 3, "spatial": [[[]]]}),
     1, {}),
    ("dcat_json", catalogue({**GOOD, "temporal": {"a": 1}, "modified": {}, "theme": {}}), 1, {}),
    ("dcat_json", catalogue({**GOOD, "identifier": "../a/b?c#d\u0000"}), 1, {}),
    ("dcat_json", catalogue({**GOOD, "title": "\ud800 lone"}), 1, {}),
    ("dcat_json", b'{"dataset": [{"identifier": "a", "title": NaN, "x": Infinity}]}', 1, {}),
    ("dcat_json", b"\xef\xbb\xbf" + catalogue(GOOD), 1, {}),
    ("dcat_json", catalogue(GOOD).decode().encode("utf-16"), 1, {}),
    ("dcat_json", '{"dataset": [{"identifier": "a", "title": "León"}]}'.encode("cp1252"), 1, {}),
    ("dcat_json", json.dumps([GOOD]).encode(), 1, {}),
    ("dcat_json", catalogue(GOOD, catalog={"catalog": {"catalog": [{"dataset": GOOD}]}}), 1,
     {"duplicate": 1}),
    ("dcat_json", catalogue({**GOOD, "distribution": [{"downloadURL": "http://e.org/a"}] * 8000}),
     0, {"too-many-resources": 1}),
    ("dcat_json", catalogue({**GOOD, "keyword": [f"tag {n}" for n in range(30_000)]}),
     0, {"too-many-tags": 1}),
    ("dcat_json", catalogue({**GOOD, "description": "x" * 6_000_000}), 0, {"too-big": 1}),
    ("ckan", packages({"id": "a"}, {"id": "a"}, None, "x"), 1, {"duplicate": 1, "not-a-record": 2}),
    ("ckan", packages({"id": "a", "private": True}, {"id": "b", "state": "deleted"}), 0,
     {"not-public": 2}),
    ("ckan", packages({"id": "a", "type": "harvest"}), 0, {"not-a-dataset": 1}),
    ("ckan", packages({"id": "a", "extras": 4}), 0, {"unreadable": 1}),
    ("ckan", packages({"id": "a", "tags": "x, y", "resources": [1], "organization": "o"}), 1, {}),
    ("ckan", json.dumps({"result": [[{"id": "a"}, {"id": "b"}]]}).encode(), 2, {}),
    ("dcat_rdf", b"# nothing", 0, {}),
    ("dcat_rdf", b"[] a dcat:Dataset .", 0, {"no-identifier": 1}),
    ("dcat_rdf", b"[] a dcat:Dataset ; dct:title 'a' . [] a dcat:Dataset ; dct:title 'a' .", 1,
     {"duplicate": 1}),
    ("dcat_rdf", b"<urn:a> a dcat:Dataset ; dcat:distribution <urn:a>, _:b . _:b dct:license _:b .",
     1, {}),
    ("dcat_rdf", b"<urn:a> a dcat:Dataset ; dct:issued '31/02/2020'^^xsd:date, 'x'^^xsd:date .",
     1, {}),
    ("dcat_rdf", b"<urn:a> a dcat:Dataset ; dct:spatial [ locn:geometry 'POLYGON((' ] .", 1, {}),
    ("csw", b"\xef\xbb\xbf \n\n<?xml version='1.0' encoding='utf-8'?>"
     + (ISO % (FILE_ID % "a")).encode(),
     1, {}),
    ("csw", ("<?xml version='1.0' encoding='UTF-8'?>" + ISO % (FILE_ID % "Ñandú")).encode("cp1252"),
     1, {}),
    ("csw", (ISO % "").encode(), 0, {"no-identifier": 1}),
    ("csw", (ISO % "<a>" * 1).replace("<a>", "<gmd:x><!-- c --><?p?></gmd:x>").encode(), 0,
     {"no-identifier": 1}),
]  # fmt: skip


@pytest.mark.parametrize(("reader", "body", "landed", "problems"), RECORDS)
def test_bad_records_do_not_stop_good_ones(
    reader: str, body: bytes, landed: int, problems: dict[str, int]
) -> None:
    """What is good lands, what is not is counted with its cause, and the run goes on."""
    assert outcome(reader, body) == (landed, problems, "")


def only(entry: dict[str, Any], **caps: int) -> Record:
    items = list(SOURCE_TYPES["dcat_json"].read(Document(catalogue(entry)), caps=Caps(**caps)))
    assert len(items) == 1
    assert isinstance(items[0], Record)
    return items[0]


def test_what_was_left_out_is_told() -> None:
    """Impossible values are dropped one by one, each with a warning that shows it."""
    record = only(
        {
            **GOOD,
            "issued": "2012-16-02T14:45:00",
            "landingPage": "javascript:alert(1)",
            "contactPoint": {"fn": "Área", "hasEmail": "mailto:nobody"},
            "accrualPeriodicity": "a veces",
            "license": "mía",
            "spatial": "2800000,1200000,1,1",
            "keyword": ["niño's"],
            "distribution": [{"downloadURL": "http://e.org/a.csv", "byteSize": "24.2 MB"}],
            "madeUp": 1,
        }
    )
    told = {warning.slug: str(warning) for warning in record.warnings}
    assert set(told) == {
        "bad-date", "bad-address", "bad-email", "unknown-frequency", "unknown-licence",
        "bad-extent", "tags-mended", "bad-size",
    }  # fmt: skip
    assert "2012-16-02T14:45:00" in told["bad-date"]
    assert record.unmapped == ("madeUp",)
    assert record.dataset["tags"] == [{"name": "niño s"}]
    assert record.dataset["resources"] == [{"url": "http://e.org/a.csv", "format": "CSV"}]
    assert not {"issued", "url", "frequency", "license_id", "spatial"} & set(record.dataset)


@pytest.mark.parametrize("limit", ["MOST_UNPACKED", "MOST_BYTES"])
def test_a_spreadsheet_that_is_too_large_is_not_opened(
    monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    """What a file takes, packed or unpacked, is counted before anything is read."""
    monkeypatch.setattr(sheets, limit, 100)
    body = workbook(xl__workbook_xml=b"<workbook/>" + b" " * 1000)
    assert outcome("spreadsheet", body) == (0, {}, "dangerous-document")


def test_long_texts_are_cut_and_told() -> None:
    """A text past the limit is cut; the whole is still in what the source gave."""
    record = only({**GOOD, "description": "x" * 500}, text=100)
    assert len(record.dataset["notes"]) == 100
    assert len(record.raw["description"]) == 500
    assert [warning.slug for warning in record.warnings] == ["text-cut"]


def test_texts_of_a_source_are_kept_as_texts() -> None:
    """Markup in a title is not interpreted, nor lost: whoever shows it escapes it."""
    record = only({**GOOD, "title": "<script>alert(1)</script>"})
    assert record.title == "<script>alert(1)</script>"


def test_mexican_catalogues_are_understood() -> None:
    """The agencies' own shape: number as identity, two addresses, licence, frequency."""
    record = only(
        {
            "id": 4321, "identifier": "indicadores", "title": "Indicadores", "govType": "municipal",
            "publisher": {"name": "Secretaría", "position": "Dirección", "mbox": "a@e.mx, b@e.mx"},
            "contactPoint": "https://adela.example/c.vcf", "accrualPeriodicity": "bianual",
            "temporal": "2010-01-01T00:00:00-06:00/2012-12-31T00:00:00-06:00", "spatial": "estatal",
            "theme": "Salud", "landingPage": "http://www.example.gob.mx/d.pdf",
            "distribution": [{"downloadURL": "http://e.mx/2012.csv", "mediaType": "csv",
                              "license": "https://datos.gob.mx/libreusomx/"}],
        }
    )  # fmt: skip
    data = record.dataset
    assert record.identifier == "4321"
    assert record.publisher is not None
    assert (record.publisher.name, record.publisher.email) == ("Secretaría", "a@e.mx")
    assert data["contact"] == [{"name": "Dirección", "email": "a@e.mx"}]
    assert (data["license_id"], data["frequency"]) == ("libre-uso-mx", "BIENNIAL")
    assert "ambiguous-frequency" in [warning.slug for warning in record.warnings]
    assert data["topics"] == ["salud"]
    assert data["temporal_coverage"][0]["start"] == "2010-01-01T00:00:00-06:00"


def test_there_are_enough_of_them() -> None:
    """At least 60 hostile or broken files are read, of every type of source."""
    assert len(WHOLE_DOCUMENTS) + len(RECORDS) >= 60
    assert {entry[0] for entry in (*WHOLE_DOCUMENTS, *RECORDS)} == set(SOURCE_TYPES)
