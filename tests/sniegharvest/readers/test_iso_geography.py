"""What the norm for geographic metadata asks for is read, and kept by the harvest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ckanext.mxcity.reading import iso_geography
from ckanext.mxcity.reading.records import Document, Draft, Record
from ckanext.sniegharvest.readers import csw
from lxml import etree

SHEET = Path(__file__).parents[2] / "mxcity" / "norms" / "sheets" / "ntm-2010.xml"


def field(name: str, path: str, value: str, **attributes: str) -> Any:
    """The field of a record that has one value at a path."""
    root = etree.Element("MD_Metadata")
    element = root
    for step in path.split("/"):
        element = etree.SubElement(element, step)
    inner = etree.SubElement(element, "Value", attributes)
    inner.text = value
    draft = Draft()
    iso_geography.map_geography(draft, root)
    return draft.dataset.get(name)


def test_harvested_record_keeps_its_geography() -> None:
    """The fields are there, and what they come from is not told as lost."""
    (record,) = csw.read(Document(SHEET.read_bytes()))
    assert isinstance(record, Record)
    assert record.dataset["reference_system"] == "EPSG:6369"
    assert record.dataset["lineage"] == "Se digitalizó sobre ortofotos."
    assert record.dataset["iso_topics"] == ["boundaries", "planningCadastre"]
    assert record.unmapped == ()


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("4326", "EPSG:4326"),
        ("EPSG:6372", "EPSG:6372"),
        ("EPSG:4326 (WGS 84)", "EPSG:4326"),
        ("urn:ogc:def:crs:EPSG::32614", "EPSG:32614"),
        ("urn:ogc:def:crs:EPSG:6.11:4326", "EPSG:4326"),
        ("http://www.opengis.net/def/crs/EPSG/0/4326", "EPSG:4326"),
        ("ITRF2008", "EPSG:6365"),
        ("WGS_1984", "EPSG:4326"),
        ("Clarke 1866", None),
        ("NAD 27", None),
    ],
)
def test_reference_system(code: str, expected: str | None) -> None:
    """A number, an address or a known name; another is not guessed."""
    path = "referenceSystemInfo/MD_ReferenceSystem/referenceSystemIdentifier/RS_Identifier/code"
    assert field("reference_system", path, code) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("50000", 50000),
        ("1:50,000", 50000),
        ("1:50 000", 50000),
        ("1000000.0", 1000000),
        ("0", None),
        ("media", None),
    ],
)
def test_scale(said: str, expected: int | None) -> None:
    """A scale is the number below the line, however it is written."""
    path = (
        "identificationInfo/MD_DataIdentification/spatialResolution/MD_Resolution/equivalentScale/"
        "MD_RepresentativeFraction/denominator"
    )
    assert field("scale_denominator", path, said) == expected


@pytest.mark.parametrize(
    ("said", "unit", "expected"),
    [
        ("20", "m", 20),
        ("0.5", "http://standards.example/uom.xml#km", 500),
        ("15", "", 15),
        ("1,000", "metros", 1000),
        ("0.01", "deg", None),
        ("fina", "m", None),
        ("inf", "m", None),
        ("-3", "m", None),
        ("1e400", "m", None),
    ],
)
def test_resolution(said: str, unit: str, expected: float | None) -> None:
    """A resolution is in metres, or it is left out."""
    path = "identificationInfo/MD_DataIdentification/spatialResolution/MD_Resolution/distance"
    uom = {"uom": unit} if unit else {}
    assert field("spatial_resolution", path, said, **uom) == expected
