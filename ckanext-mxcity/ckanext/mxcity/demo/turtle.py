"""Write the catalogue as DCAT in Turtle, as docs/reference/dcat-mapping.md says."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF, SKOS, XSD
from rdflib.term import Node

from ckanext.mxcity.areas import area_name
from ckanext.mxcity.city import City, Organization
from ckanext.mxcity.dcat.type_fields import write_type
from ckanext.mxcity.demo.model import DatasetSpec
from ckanext.mxcity.vocabularies import vocabulary

MX = Namespace("urn:mxcity:terms:")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
LOCN = Namespace("http://www.w3.org/ns/locn#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
EU = "http://publications.europa.eu/resource/authority"
GEOJSON = URIRef("https://www.iana.org/assignments/media-types/application/geo+json")
LICENCE = URIRef("https://creativecommons.org/licenses/by/4.0/")


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
    """Return the catalogue in Turtle; every node has an address, so the bytes never vary."""
    graph = Graph()
    for prefix, namespace in (("mx", MX), ("vcard", VCARD), ("locn", LOCN), ("spdx", SPDX)):
        graph.bind(prefix, namespace)
    graph.bind("dcat", DCAT)
    graph.bind("dct", DCTERMS)
    catalog = URIRef(f"{base_url}/catalog.ttl")
    _say(
        graph,
        catalog,
        {
            RDF.type: [DCAT.Catalog],
            DCTERMS.title: [Literal(f"Catálogo de demostración de {city.name}", lang="es")],
            DCTERMS.description: [
                Literal(f"Conjuntos de datos de demostración de {city.official_name}.", lang="es")
            ],
            DCTERMS.language: [URIRef(f"{EU}/language/SPA")],
        },
    )
    for dataset in datasets:
        node = URIRef(f"{base_url}/dataset/{dataset.spec.id}")
        graph.add((catalog, DCAT.dataset, node))
        _dataset(graph, node, city, dataset.spec)
        for file in dataset.files:
            graph.add((node, DCAT.distribution, _distribution(graph, base_url, dataset.spec, file)))
    text = graph.serialize(format="turtle")
    return text.encode("utf-8")


def _dataset(graph: Graph, node: URIRef, city: City, spec: DatasetSpec) -> None:
    period, contact = URIRef(f"{node}#periodo"), URIRef(f"{node}#contacto")
    eu_themes = [vocabulary("topics").terms[key].extra["theme"] for key in spec.topics]
    _say(
        graph,
        node,
        {
            RDF.type: [DCAT.Dataset],
            DCTERMS.title: [Literal(spec.title, lang="es")],
            DCTERMS.description: [Literal(spec.notes, lang="es")],
            DCTERMS.identifier: [Literal(f"{city.slug}-demo-{spec.id}")],
            DCTERMS.language: [URIRef(f"{EU}/language/SPA")],
            DCTERMS.accrualPeriodicity: [URIRef(f"{EU}/frequency/{spec.frequency}")],
            DCTERMS.issued: [Literal(spec.period[1], datatype=_date_type(spec.period[1]))],
            DCTERMS.modified: [Literal(spec.modified, datatype=_date_type(spec.modified))],
            DCAT.keyword: [Literal(tag, lang="es") for tag in spec.tags],
            DCAT.theme: [
                *(URIRef(f"urn:mxcity:topics:{key}") for key in spec.topics),
                *(URIRef(f"{EU}/data-theme/{theme}") for theme in eu_themes),
            ],
            MX.subsystem: [URIRef(f"urn:mxcity:subsystems:{spec.subsystem}")],
            MX.informationType: [URIRef(f"urn:mxcity:information_types:{spec.information_type}")],
            MX.officialStatus: [URIRef(f"urn:mxcity:official_status:{spec.official_status}")],
            MX.geographicLevel: [URIRef(f"urn:mxcity:geographic_levels:{spec.level}")],
            DCTERMS.spatial: [
                *(_area(graph, code) for code in spec.area_codes),
                *([_extent(graph, city, node)] if spec.in_city else []),
            ],
            DCTERMS.temporal: [period],
            DCAT.contactPoint: [contact],
            DCTERMS.publisher: [_publisher(graph, city, spec.organization)],
        },
    )
    write_type(graph, node, {**spec.own, "type": spec.kind, "title": spec.title})
    if spec.subsystem_reason:
        graph.add((node, MX.subsystemReason, Literal(spec.subsystem_reason, lang="es")))
    if spec.synthetic:
        graph.add((node, MX.synthetic, Literal(True)))
    _say(
        graph,
        period,
        {
            RDF.type: [DCTERMS.PeriodOfTime],
            DCAT.startDate: [Literal(spec.period[0], datatype=_date_type(spec.period[0]))],
            DCAT.endDate: [Literal(spec.period[1], datatype=_date_type(spec.period[1]))],
        },
    )
    _say(
        graph,
        contact,
        {
            RDF.type: [VCARD.Organization],
            VCARD.fn: [Literal(spec.contact)],
            # An example address: the offices' real ones are for the city to fill in.
            VCARD.hasEmail: [URIRef(f"mailto:datos@{city.slug}.example")],
        },
    )


def _distribution(graph: Graph, base_url: str, spec: DatasetSpec, file: BuiltFile) -> URIRef:
    address = URIRef(f"{base_url}/{file.path}")
    checksum = URIRef(f"{address}#sha256")
    _say(
        graph,
        address,
        {
            RDF.type: [DCAT.Distribution],
            DCTERMS.title: [Literal(file.title, lang="es")],
            DCTERMS.description: [Literal(file.description, lang="es")],
            DCTERMS.license: [LICENCE],
            DCTERMS["format"]: [URIRef(f"{EU}/file-type/{file.format.upper()}")],
            DCTERMS.modified: [Literal(spec.modified, datatype=_date_type(spec.modified))],
            DCAT.accessURL: [address],
            DCAT.downloadURL: [address],
            DCAT.mediaType: [
                URIRef(f"https://www.iana.org/assignments/media-types/{file.media_type}")
            ],
            DCAT.byteSize: [Literal(file.size, datatype=XSD.nonNegativeInteger)],
            SPDX.checksum: [checksum],
        },
    )
    _say(
        graph,
        checksum,
        {
            RDF.type: [SPDX.Checksum],
            SPDX.algorithm: [SPDX.checksumAlgorithm_sha256],
            SPDX.checksumValue: [Literal(file.sha256, datatype=XSD.hexBinary)],
        },
    )
    return address


def _area(graph: Graph, code: str) -> URIRef:
    node = URIRef(f"urn:mxcity:areas:{code}")
    _say(
        graph,
        node,
        {
            RDF.type: [DCTERMS.Location],
            SKOS.notation: [Literal(code)],
            SKOS.prefLabel: [Literal(area_name(code), lang="es")],
        },
    )
    return node


def _extent(graph: Graph, city: City, dataset: URIRef) -> URIRef:
    node = URIRef(f"{dataset}#extension")
    geometry = json.dumps(city.bbox.geojson)
    graph.add((node, RDF.type, DCTERMS.Location))
    graph.add((node, LOCN.geometry, Literal(geometry, datatype=GEOJSON)))
    return node


def _publisher(graph: Graph, city: City, identifier: str) -> URIRef:
    office = city.organization(identifier)
    node = URIRef(f"urn:mxcity:organizations:{identifier}")
    name = office.name if isinstance(office, Organization) else identifier
    _say(
        graph,
        node,
        {
            RDF.type: [FOAF.Agent],
            FOAF.name: [Literal(name)],
            DCTERMS.identifier: [Literal(identifier)],
        },
    )
    return node


def _say(graph: Graph, node: URIRef, said: dict[Any, list[Node]]) -> None:
    for predicate, values in said.items():
        for value in values:
            graph.add((node, predicate, value))


def _date_type(text: str) -> URIRef:
    """Return the XSD type of a date written as a year, a month or a day."""
    return {4: XSD.gYear, 7: XSD.gYearMonth}.get(len(text), XSD.date)
