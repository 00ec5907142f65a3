"""The types of dataset and their fields, as the readers bring them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ckanext.mxcity.dataset.source_rules import rules_of
from ckanext.mxcity.dataset.types import TYPES, added_fields
from ckanext.mxcity.exchange.dcat.fields import write_fields
from ckanext.mxcity.reading.mappings import mapping_file
from ckanext.mxcity.reading.records import Document, Record
from ckanext.sniegharvest.engine.write.mapping import SourceFacts, to_package
from ckanext.sniegharvest.sources.types import SOURCE_TYPES
from rdflib import RDF, Graph, Literal, URIRef
from rdflib.namespace import DCAT, DCTERMS
from type_examples import OWN

NODE = URIRef("https://otra.example.gob.mx/dataset/1")
SOURCE = SourceFacts("s", "Fuente", "https://otra.example.gob.mx", "org", {}, {}, "2026-01-01")


def from_rdf(**values: Any) -> Record:
    """Read a dataset that another portal of ours wrote."""
    graph = Graph()
    graph.add((NODE, RDF.type, DCAT.Dataset))
    graph.add((NODE, DCTERMS.title, Literal("Un conjunto")))
    write_fields(graph, NODE, values)
    (record,) = SOURCE_TYPES["dcat_rdf"].read(Document(graph.serialize(format="turtle").encode()))
    assert isinstance(record, Record)
    return record


def from_ckan(**values: Any) -> Record:
    """Read a dataset as CKAN's API gives it."""
    package = {"id": "1", "name": "uno", "title": "Un conjunto", "resources": [], **values}
    answer = {"success": True, "result": {"count": 1, "results": [package]}}
    (record,) = SOURCE_TYPES["ckan"].read(Document(json.dumps(answer).encode()))
    assert isinstance(record, Record)
    return record


def unordered(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else value


@pytest.mark.parametrize("kind", list(OWN))
def test_a_type_and_its_fields_arrive(kind: str) -> None:
    """By RDF and by CKAN's API, every field that a type adds comes as it was; nothing is lost."""
    names = {field["field_name"] for field in added_fields(kind)}
    for record in (from_rdf(type=kind, **OWN[kind]), from_ckan(type=kind, **OWN[kind])):
        assert record.dataset["type"] == kind
        assert record.unmapped == ()
        for name in names:
            assert unordered(record.dataset[name]) == unordered(OWN[kind][name]), name
        assert to_package(record, SOURCE, "id", "uno")["type"] == kind


def test_numbers_and_systems_that_are_none_are_left_out() -> None:
    """One wrong value does not make a dataset fail."""
    record = from_ckan(
        type="geographic-information",
        reference_system="la de siempre",
        scale_denominator="1:10000",
        spatial_resolution="-3",
        lineage="Fotografías",
    )
    assert record.dataset["lineage"] == "Fotografías"
    assert not {"reference_system", "scale_denominator", "spatial_resolution"} & set(record.dataset)


def test_fields_of_other_types_are_said_to_be_lost() -> None:
    """A plain dataset of another portal with a field of that name: it is in the loss report."""
    record = from_ckan(unit="kg", lineage="", type="geospatial")
    assert not {"type", "unit", "lineage"} & set(record.dataset)
    assert record.unmapped == ("unit",)
    assert to_package(record, SOURCE, "id", "uno")["type"] == "dataset"


def test_a_mapping_names_the_type_of_its_source() -> None:
    """What a geoportal gives is geographic, and INEGI's service gives indicators."""
    assert mapping_file("csw")["type"] == "geographic-information"
    assert mapping_file("inegi_indicators")["type"] == "indicator"
    for name in ("ckan", "csw", "dcat_rdf", "inegi_indicators"):
        assert mapping_file(name).get("type", "dataset") in TYPES


def test_every_field_of_a_type_has_a_rule() -> None:
    """What one portal of ours has, another can take from it."""
    for name in ("ckan", "dcat_rdf"):
        mapped = {rule.field for rule in rules_of(name).dataset}
        for kind in TYPES:
            assert {field["field_name"] for field in added_fields(kind)} <= mapped
