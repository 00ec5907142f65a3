"""The fields of our types of dataset in DCAT, written and read back; no CKAN import.

What DCAT-AP 3 or GeoDCAT-AP has a term for is in ``_SPECIAL``; every other field
is ``mx:`` and its name in camel case, in the form that its preset has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rdflib import RDF, RDFS, BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, SKOS, XSD
from rdflib.term import Node

from ckanext.mxcity import dataset_types
from ckanext.mxcity.dataset_types.reference_systems import epsg
from ckanext.mxcity.dcat import terms
from ckanext.mxcity.dcat.durations import minutes
from ckanext.mxcity.dcat.terms import MX
from ckanext.mxcity.vocabularies import vocabulary

ADMS = Namespace("http://www.w3.org/ns/adms#")
#: GeoDCAT-AP says with it that a standard is a reference system.
REFERENCE_SYSTEM = URIRef("http://inspire.ec.europa.eu/glossary/SpatialReferenceSystem")
#: Extras in which ckanext-dcat keeps what is read here.
REPLACED = (
    *("provenance", "conforms_to", "spatial_resolution_in_meters", "temporal_resolution"),
    *("spatial_resolution", "documentation"),
)


@dataclass(frozen=True)
class Field:
    """A field of a type: its property, and how its values are written."""

    name: str
    predicate: URIRef
    #: A key of ``_READ``.
    how: str
    vocabulary: str = ""


_PRESETS = {
    "mxcity_text_list": "texts",
    "mxcity_choice": "term",
    "mxcity_choices": "terms",
    "mxcity_whole_number": "whole",
    "mxcity_number": "number",
    "mxcity_positive_number": "number",
}
#: Fields with a property that is not ours, or a form of their own.
_SPECIAL = {
    "lineage": (DCTERMS.provenance, "statement"),
    "reference_system": (DCTERMS.conformsTo, "system"),
    "classifications": (DCTERMS.conformsTo, "standards"),
    "indicator_standards": (DCTERMS.conformsTo, "standards"),
    "iso_topics": (DCTERMS.subject, "terms"),
    "spatial_representation": (ADMS.representationTechnique, "term"),
    "spatial_resolution": (DCAT.spatialResolutionInMeters, "number"),
    "update_interval": (DCAT.temporalResolution, "minutes"),
    "feed_url": (MX.feedUrl, "service"),
    "process_steps": (MX.processSteps, "lines"),
}


@lru_cache(maxsize=8)
def fields(kind: str) -> tuple[Field, ...]:
    """Return the fields that a type adds, with their properties."""
    return tuple(_field(field) for field in dataset_types.added_fields(kind))


def _field(field: Mapping[str, Any]) -> Field:
    name = field["field_name"]
    words = name.split("_")
    camel = words[0] + "".join(word.capitalize() for word in words[1:])
    ours = (MX[camel], _PRESETS.get(field.get("preset", ""), "text"))
    predicate, how = _SPECIAL.get(name, ours)
    return Field(name, predicate, how, field.get("vocabulary", ""))


def write_type(graph: Graph, dataset: URIRef, values: Mapping[str, Any]) -> None:
    """Add the type of a dataset that is not plain, and the fields that it has by its type."""
    kind = str(values.get("type") or dataset_types.PLAIN)
    if kind == dataset_types.PLAIN or kind not in dataset_types.TYPES:
        return
    graph.add((dataset, MX.datasetType, _concept(graph, dataset_types.VOCABULARY, kind)))
    for field in fields(kind):
        value = values.get(field.name)
        if value not in (None, "", []):
            for node in _nodes(graph, dataset, field, value, values):
                graph.add((dataset, field.predicate, node))


def read_type(graph: Graph, dataset: Node, values: dict[str, Any]) -> None:
    """Set the type of a dataset, and the fields that it has by its type."""
    said = (str(node) for node in graph.objects(dataset, MX.datasetType))
    keys = (terms.term_key(dataset_types.VOCABULARY, text) for text in said)
    kind = next(filter(None, keys), dataset_types.PLAIN)
    for name in REPLACED:
        values.pop(name, None)
    values["extras"] = [e for e in values.get("extras", []) if e["key"] not in REPLACED]
    if kind == dataset_types.PLAIN:
        return
    values["type"] = kind
    for field in fields(kind):
        found = _READ[field.how](
            graph, sorted(graph.objects(dataset, field.predicate), key=str), field
        )
        if found not in (None, "", []):
            values[field.name] = found


def _nodes(
    graph: Graph, dataset: URIRef, field: Field, value: Any, values: Mapping[str, Any]
) -> Iterable[Node]:
    """Return what stands for a value, described as far as it needs to be."""
    if field.how in ("term", "terms"):
        return [_concept(graph, field.vocabulary, key) for key in terms.texts(value)]
    if field.how == "texts":
        return [Literal(text) for text in terms.texts(value)]
    if field.how == "lines":
        return [Literal("\n".join(terms.texts(value)))]
    if field.how == "standards":
        return [_named(graph, DCTERMS.Standard, DCTERMS.title, text) for text in terms.texts(value)]
    if field.how == "statement":
        return [_named(graph, DCTERMS.ProvenanceStatement, RDFS.label, str(value))]
    if field.how == "system":
        return [_system(graph, str(value))]
    if field.how == "service":
        return [_service(graph, dataset, str(value), values)]
    if field.how == "minutes":
        return [Literal(f"PT{int(value)}M", datatype=XSD.duration)]
    if field.how in ("whole", "number"):
        kind = XSD.nonNegativeInteger if field.how == "whole" else XSD.decimal
        return [Literal(str(value), datatype=kind)]
    return [Literal(str(value))]


def _concept(graph: Graph, name: str, key: str) -> URIRef:
    concept = terms.list_uri(name, key)
    graph.add((concept, RDF.type, SKOS.Concept))
    term = vocabulary(name).terms.get(key)
    for language, label in term.labels.items() if term else ():
        graph.add((concept, SKOS.prefLabel, Literal(label, lang=language)))
    return concept


def _named(graph: Graph, kind: URIRef, predicate: URIRef, text: str) -> BNode:
    node = BNode()
    graph.add((node, RDF.type, kind))
    graph.add((node, predicate, Literal(text)))
    return node


def _system(graph: Graph, code: str) -> URIRef:
    number = code.rpartition(":")[2]
    node = URIRef(f"{vocabulary('reference_systems').uri_base}{number}")
    graph.add((node, RDF.type, DCTERMS.Standard))
    graph.add((node, DCTERMS.type, REFERENCE_SYSTEM))
    graph.add((REFERENCE_SYSTEM, RDF.type, SKOS.Concept))
    graph.add((REFERENCE_SYSTEM, SKOS.prefLabel, Literal("Spatial reference system", lang="en")))
    return node


def _service(graph: Graph, dataset: URIRef, address: str, values: Mapping[str, Any]) -> URIRef:
    """Describe the address of a feed as a service that serves the dataset."""
    endpoint, service = URIRef(address), URIRef(f"{dataset}#feed")
    title = values.get("title") or values.get("name") or ""
    said: dict[URIRef, Node] = {
        RDF.type: DCAT.DataService,
        DCTERMS.title: Literal(title),
        DCAT.endpointURL: endpoint,
        DCAT.servesDataset: dataset,
    }
    for predicate, node in said.items():
        graph.add((service, predicate, node))
    graph.add((endpoint, RDF.type, RDFS.Resource))
    protocol = vocabulary("feed_protocols").terms.get(str(values.get("feed_protocol")))
    if protocol and protocol.extra.get("standard"):
        standard = URIRef(protocol.extra["standard"])
        graph.add((service, DCTERMS.conformsTo, standard))
        graph.add((standard, RDF.type, DCTERMS.Standard))
    return endpoint


def _keys(nodes: Iterable[Node], field: Field) -> list[str]:
    said = {terms.term_key(field.vocabulary, str(node)) for node in nodes}
    return [key for key in vocabulary(field.vocabulary).terms if key in said]


def _number(text: str) -> int | float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return int(number) if number.is_integer() else number


def _first(nodes: list[Node]) -> str:
    return str(nodes[0]) if nodes else ""


def _labels(graph: Graph, nodes: Iterable[Node], predicate: URIRef) -> list[str]:
    """Return what nodes are called; a text is its own name."""
    return [
        str(text)
        for node in nodes
        for text in ([node] if isinstance(node, Literal) else graph.objects(node, predicate))
    ]


_READ: dict[str, Callable[[Graph, list[Node], Field], Any]] = {
    "text": lambda graph, nodes, field: _first(nodes),
    "texts": lambda graph, nodes, field: [str(node) for node in nodes],
    "lines": lambda graph, nodes, field: _first(nodes).split("\n") if nodes else [],
    "term": lambda graph, nodes, field: next(iter(_keys(nodes, field)), None),
    "terms": lambda graph, nodes, field: _keys(nodes, field),
    "whole": lambda graph, nodes, field: _number(_first(nodes)),
    "number": lambda graph, nodes, field: _number(_first(nodes)),
    "minutes": lambda graph, nodes, field: minutes(_first(nodes)),
    "service": lambda graph, nodes, field: _first(nodes),
    "statement": lambda graph, nodes, field: next(iter(_labels(graph, nodes, RDFS.label)), None),
    "standards": lambda graph, nodes, field: sorted(_labels(graph, nodes, DCTERMS.title)),
    "system": lambda graph, nodes, field: next(filter(None, (epsg(str(n)) for n in nodes)), None),
}
