"""Write the catalogue as DCAT in Turtle, as the portal itself writes its datasets."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.compare import to_canonical_graph
from rdflib.namespace import DCAT, DCTERMS, RDF
from rdflib.term import Node

from ckanext.mxcity.city import City, Organization
from ckanext.mxcity.demo.model import DatasetSpec
from ckanext.mxcity.exchange.dcat.profile import MxcityDCATAPProfile
from ckanext.mxcity.exchange.dcat.terms import EU_LANGUAGES

LICENCE = "CC-BY-4.0"


@dataclass(frozen=True)
class BuiltFile:
    """A file that was written: its place under the catalogue's address and what it is."""

    path: str
    title: str
    description: str
    format: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True)
class BuiltDataset:
    """A dataset and the files that were written for it."""

    spec: DatasetSpec
    files: tuple[BuiltFile, ...]


def write_turtle(city: City, datasets: Iterable[BuiltDataset], base_url: str) -> bytes:
    """Return the catalogue in Turtle; of one input the bytes are always the same."""
    graph, catalog = Graph(), URIRef(f"{base_url}/catalog.ttl")
    for predicate, value in (
        (RDF.type, DCAT.Catalog),
        (DCTERMS.title, Literal(f"Catálogo de demostración de {city.name}", lang="es")),
        (
            DCTERMS.description,
            Literal(f"Conjuntos de datos de demostración de {city.official_name}.", lang="es"),
        ),
        (DCTERMS.language, URIRef(f"{EU_LANGUAGES}SPA")),
    ):
        graph.add((catalog, predicate, value))
    for dataset in datasets:
        values = dataset_of(city, dataset, base_url)
        node, own = URIRef(values["uri"]), Graph()
        MxcityDCATAPProfile(own).graph_from_dataset(values, node)
        graph.add((catalog, DCAT.dataset, node))
        for described, said, by in to_canonical_graph(own):
            name = dataset.spec.id
            graph.add((_named(described, name), said, _named(by, name)))
        for prefix, namespace in own.namespaces():
            graph.bind(prefix, namespace)
    return graph.serialize(format="turtle").encode("utf-8")


def _named(node: Node, dataset: str) -> Node:
    """Return a node; one without an address with a name that is the same every time."""
    return BNode(f"{dataset}-{node}") if isinstance(node, BNode) else node


def dataset_of(city: City, built: BuiltDataset, base_url: str) -> dict[str, Any]:
    """Return a dataset as ``package_show`` gives one of the portal."""
    spec = built.spec
    address = f"{base_url}/dataset/{spec.id}"
    return {
        "uri": address,
        "id": spec.id,
        "name": spec.id,
        "type": spec.kind,
        "title": spec.title,
        "notes": spec.notes,
        "identifier": f"{city.slug}-demo-{spec.id}",
        "language": ["es"],
        "license_id": LICENCE,
        "frequency": spec.frequency,
        "issued": spec.period[1],
        "modified": spec.modified,
        "tags": [{"name": tag} for tag in spec.tags],
        "topics": list(spec.topics),
        "snieg_subsystem": spec.subsystem,
        "snieg_subsystem_reason": spec.subsystem_reason,
        "information_type": spec.information_type,
        "official_status": spec.official_status,
        "geographic_level": spec.level,
        "area_codes": list(spec.area_codes),
        "spatial": json.dumps(city.bbox.geojson) if spec.in_city else "",
        "temporal_coverage": [{"start": spec.period[0], "end": spec.period[1]}],
        "contact": [
            # An example address: the offices' real ones are for the city to fill in.
            {"name": spec.contact, "email": f"datos@{city.slug}.example"}
        ],
        "publisher": [_publisher(city, spec.organization)],
        "synthetic": spec.synthetic,
        **spec.own,
        "resources": [_resource(spec, file, base_url) for file in built.files],
    }


def _resource(spec: DatasetSpec, file: BuiltFile, base_url: str) -> dict[str, Any]:
    address = f"{base_url}/{file.path}"
    return {
        "uri": address,
        "id": file.sha256,
        "package_id": spec.id,
        "url": address,
        "name": file.title,
        "description": file.description,
        "format": file.format,
        "mimetype": file.media_type,
        "size": file.size,
        "hash": file.sha256,
        "modified": spec.modified,
    }


def _publisher(city: City, identifier: str) -> dict[str, str]:
    office = city.organization(identifier)
    name = office.name if isinstance(office, Organization) else identifier
    address = f"urn:mxcity:organizations:{identifier}"
    return {"uri": address, "name": name, "identifier": identifier}
