"""Our own catalogues come back with the fields that only they have."""

from __future__ import annotations

import re
from pathlib import Path

from ckanext.mxcity.reading.records import Document, Record
from ckanext.sniegharvest.sources.types import SOURCE_TYPES
from rdflib import Graph

MAPPING = Path(__file__).resolve().parents[3] / "docs" / "reference" / "dcat-mapping.md"


def example() -> str:
    """Return the prefixes and the example dataset of the reference."""
    return "\n".join(re.findall(r"```turtle\n(.*?)```", MAPPING.read_text("utf-8"), re.DOTALL))


def test_the_documented_example_is_read_whole() -> None:
    """Each SNIEG field of the documented example lands in its own field, in every syntax."""
    found = []
    graph = Graph().parse(data=example(), format="turtle")
    for syntax in ("turtle", "nt", "xml", "json-ld"):
        body = graph.serialize(format=syntax).encode()
        items = list(
            SOURCE_TYPES["dcat_rdf"].read(Document(body, "https://datos.example.gob.mx/c"))
        )
        assert len(items) == 1
        assert isinstance(items[0], Record)
        found.append(items[0])
    record = found[0]
    data = record.dataset
    assert record.identifier == "https://datos.example.gob.mx/dataset/alumbrado"
    assert record.unmapped == ()
    assert record.warnings == ()
    assert data["identifier"] == "MTY-SSP-012"
    assert data["snieg_subsystem"] == "gobierno_seguridad_justicia"
    assert data["information_type"] == "registro_administrativo"
    assert data["official_status"] == "registro_municipal"
    assert data["geographic_level"] == "municipal"
    assert data["area_codes"] == ["19039"]
    assert data["topics"] == ["alumbrado-servicios"]
    assert (data["snieg_themes"], data["sdgs"]) == (["gobierno"], ["11"])
    assert data["synthetic"] is True
    assert (data["frequency"], data["license_id"]) == ("MONTHLY", "CC-BY-4.0")
    assert data["temporal_coverage"] == [{"start": "2020-01-01", "end": "2024-12-31"}]
    assert data["resources"][0]["size"] == 20480
    assert {other.content_hash for other in found} == {record.content_hash}
