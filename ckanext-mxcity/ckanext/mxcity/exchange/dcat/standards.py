"""Ways of DCAT that need a node with a class of its own: standards, statements, services."""

from __future__ import annotations

from collections.abc import Iterable

from rdflib import RDF, RDFS, BNode, Graph, Literal, URIRef
from rdflib.namespace import DCAT, DCTERMS, SKOS
from rdflib.term import Node

from ckanext.mxcity.exchange.dcat import terms
from ckanext.mxcity.exchange.dcat.ways import Field, Values, Way, first, of_nodes
from ckanext.mxcity.ground.reference_systems import epsg
from ckanext.mxcity.ground.vocabularies import vocabulary

#: GeoDCAT-AP says with it that a standard is a reference system.
REFERENCE_SYSTEM = URIRef("http://inspire.ec.europa.eu/glossary/SpatialReferenceSystem")


def _named(graph: Graph, kind: URIRef, predicate: URIRef, text: str) -> Node:
    node = BNode()
    graph.add((node, RDF.type, kind))
    graph.add((node, predicate, Literal(text)))
    return node


def _labels(graph: Graph, nodes: Iterable[Node], predicate: URIRef) -> list[str]:
    """Return what nodes are called; a text is its own name."""
    return [
        str(text)
        for node in nodes
        for text in ([node] if isinstance(node, Literal) else graph.objects(node, predicate))
    ]


def _system(graph: Graph, code: str) -> URIRef:
    number = code.rpartition(":")[2]
    node = URIRef(f"{vocabulary('reference_systems').uri_base}{number}")
    graph.add((node, RDF.type, DCTERMS.Standard))
    graph.add((node, DCTERMS.type, REFERENCE_SYSTEM))
    graph.add((REFERENCE_SYSTEM, RDF.type, SKOS.Concept))
    graph.add((REFERENCE_SYSTEM, SKOS.prefLabel, Literal("Spatial reference system", lang="en")))
    return node


def _write_service(graph: Graph, dataset: URIRef, field: Field, values: Values) -> None:
    """Describe the address of a feed as a service that serves the dataset."""
    address = str(values.get(field.name) or "")
    if not address:
        return
    endpoint, service = URIRef(address), URIRef(f"{dataset}#feed")
    title = values.get("title") or values.get("name") or ""
    said: dict[URIRef, Node] = {
        RDF.type: DCAT.DataService,
        DCTERMS.title: Literal(title),
        DCAT.endpointURL: endpoint,
        DCAT.servesDataset: dataset,
    }
    graph.add((dataset, field.predicate, endpoint))
    for predicate, node in said.items():
        graph.add((service, predicate, node))
    graph.add((endpoint, RDF.type, RDFS.Resource))
    protocol = vocabulary("feed_protocols").terms.get(str(values.get("feed_protocol")))
    if protocol and protocol.extra.get("standard"):
        standard = URIRef(protocol.extra["standard"])
        graph.add((service, DCTERMS.conformsTo, standard))
        graph.add((standard, RDF.type, DCTERMS.Standard))


WAYS: dict[str, Way] = {
    "service": Way(
        _write_service,
        lambda graph, dataset, field, values: first(graph.objects(dataset, field.predicate)),
    ),
    "standards": of_nodes(
        lambda graph, field, value: [
            _named(graph, DCTERMS.Standard, DCTERMS.title, text) for text in terms.texts(value)
        ],
        lambda graph, nodes, field: sorted(_labels(graph, nodes, DCTERMS.title)),
    ),
    "statement": of_nodes(
        lambda graph, field, value: [
            _named(graph, DCTERMS.ProvenanceStatement, RDFS.label, str(value))
        ],
        lambda graph, nodes, field: next(iter(_labels(graph, nodes, RDFS.label)), None),
    ),
    "system": of_nodes(
        lambda graph, field, value: [_system(graph, str(value))],
        lambda graph, nodes, field: next(filter(None, (epsg(str(n)) for n in nodes)), None),
    ),
}
