"""From a dataset of ours to triples; of CKAN it knows only the addresses."""

from __future__ import annotations

import json
from typing import Any

import ckan.plugins.toolkit as tk
from rdflib import RDF, RDFS, SKOS, BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, PROV, XSD

from ckanext.dcat.profiles.base import CleanedURIRef
from ckanext.dcat.utils import resource_uri
from ckanext.mxcity.areas import area_name
from ckanext.mxcity.dcat import terms
from ckanext.mxcity.dcat.terms import MX
from ckanext.mxcity.dcat.type_fields import write_type
from ckanext.mxcity.geometry import bounds, read_geometry
from ckanext.mxcity.vocabularies import vocabulary

SPDX = Namespace("http://spdx.org/rdf/terms#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
LOCN = Namespace("http://www.w3.org/ns/locn#")
WKT = URIRef("http://www.opengis.net/ont/geosparql#wktLiteral")
#: ckanext-dcat says this of every licence, whatever the licence.
UNKNOWN_RIGHTS = URIRef("http://purl.org/adms/licencetype/UnknownIPR")
LANGUAGE = "es"
#: What a browser would run or read from the machine, rather than visit.
NOT_ADDRESSES = ("javascript:", "vbscript:", "data:", "file:")


def write_dataset(graph: Graph, dataset: URIRef, values: dict[str, Any]) -> None:
    """Add a dataset's fields of ours, and give the others the form that DCAT-AP asks for."""
    graph.bind("mx", MX)
    _terms(graph, dataset, values)
    write_type(graph, dataset, values)
    _topics(graph, dataset, values)
    _areas(graph, dataset, values)
    _frequency(graph, dataset, values)
    _languages(graph, dataset, values)
    _geometry(graph, dataset, values)
    _agents(graph, dataset, values)
    _provenances(graph, dataset, values)
    licence = terms.licence_uri(values.get("license_id") or "")
    if licence:
        graph.add((dataset, DCTERMS.license, CleanedURIRef(licence)))
    for resource in values.get("resources", []):
        distribution = CleanedURIRef(resource_uri(resource))
        _addresses(graph, distribution, resource)
        _format(graph, distribution, resource)
        _licence(graph, distribution, resource, values)
        _checksum(graph, distribution, resource)
        _without_scripts(graph, distribution)
    _without_scripts(graph, dataset)


def _terms(graph: Graph, dataset: URIRef, values: dict[str, Any]) -> None:
    for field, (predicate, name) in terms.TERM_FIELDS.items():
        if values.get(field):
            concept = terms.term_uri(name, values[field])
            graph.add((dataset, predicate, concept))
            _concept(graph, concept, name, values[field])
    for field, (predicate, name) in terms.LIST_FIELDS.items():
        for key in terms.texts(values.get(field)):
            concept = terms.list_uri(name, key)
            graph.add((dataset, predicate, concept))
            _concept(graph, concept, name, key)
    for entry in values.get("process_metadata") or []:
        node = BNode()
        graph.add((dataset, MX.processMetadata, node))
        for key, predicate in terms.ELEMENT_FIELDS.items():
            if entry.get(key):
                graph.add((node, predicate, Literal(entry[key])))
    for field, predicate in terms.TEXT_FIELDS.items():
        if values.get(field):
            graph.add((dataset, predicate, _text(field, values[field])))
    if str(values.get("synthetic", "")).lower() == "true":
        graph.add((dataset, MX.synthetic, Literal(True)))


def _text(field: str, value: str) -> URIRef | Literal:
    if field == "source_url":
        return URIRef(CleanedURIRef(value))
    return Literal(value, datatype=XSD.dateTime if field == "harvested_at" else None)


def _concept(graph: Graph, concept: URIRef, name: str, key: str) -> None:
    graph.add((concept, RDF.type, SKOS.Concept))
    term = vocabulary(name).terms.get(key)
    if term:
        for language, label in term.labels.items():
            graph.add((concept, SKOS.prefLabel, Literal(label, lang=language)))


def _topics(graph: Graph, dataset: URIRef, values: dict[str, Any]) -> None:
    for key in terms.texts(values.get("topics")):
        concept = terms.term_uri("topics", key)
        graph.add((dataset, DCAT.theme, concept))
        _concept(graph, concept, "topics", key)
        term = vocabulary("topics").terms.get(key)
        if term:
            theme = URIRef(terms.EU_THEMES + term.extra["theme"])
            graph.add((dataset, DCAT.theme, theme))
            graph.add((theme, RDF.type, SKOS.Concept))
            graph.add((theme, SKOS.prefLabel, Literal(term.extra["theme"])))


def _areas(graph: Graph, dataset: URIRef, values: dict[str, Any]) -> None:
    for code in terms.texts(values.get("area_codes")):
        area = terms.term_uri("areas", code)
        graph.add((dataset, DCTERMS.spatial, area))
        graph.add((area, RDF.type, DCTERMS.Location))
        graph.add((area, SKOS.notation, Literal(code)))
        graph.add((area, SKOS.prefLabel, Literal(area_name(code), lang=LANGUAGE)))


def _geometry(graph: Graph, dataset: URIRef, values: dict[str, Any]) -> None:
    """Write the extent as the rectangle that DCAT-AP asks for, and whole in our own property.

    DCAT-AP's shapes refuse a literal as ``locn:geometry``, and many readers fail on a node.
    """
    for place in list(graph.objects(dataset, DCTERMS.spatial)):
        graph.remove((place, LOCN.geometry, None))
        geometry = read_geometry(values.get("spatial") or "")
        if geometry and isinstance(place, BNode):
            west, south, east, north = bounds(geometry)
            ring = ((west, south), (east, south), (east, north), (west, north), (west, south))
            points = ", ".join(f"{longitude} {latitude}" for longitude, latitude in ring)
            graph.add((place, DCAT.bbox, Literal(f"POLYGON (({points}))", datatype=WKT)))
            graph.add((place, MX.geometry, Literal(json.dumps(geometry))))


def _frequency(graph: Graph, dataset: URIRef, values: dict[str, Any]) -> None:
    graph.remove((dataset, DCTERMS.accrualPeriodicity, None))
    uri = vocabulary("periodicity").uri(values.get("frequency") or "")
    if uri:
        graph.add((dataset, DCTERMS.accrualPeriodicity, URIRef(uri)))
        graph.add((URIRef(uri), RDF.type, DCTERMS.Frequency))


def _languages(graph: Graph, dataset: URIRef, values: dict[str, Any]) -> None:
    graph.remove((dataset, DCTERMS.language, None))
    for code in terms.texts(values.get("language")):
        term = vocabulary("languages").find(code)
        if term:
            uri = URIRef(terms.EU_LANGUAGES + term.extra["eu"])
            graph.add((dataset, DCTERMS.language, uri))
            graph.add((uri, RDF.type, DCTERMS.LinguisticSystem))


def _agents(graph: Graph, dataset: URIRef, values: dict[str, Any]) -> None:
    """Say the organisation's short name, and that a contact is a kind of vCard."""
    organization = values.get("organization") or {}
    for publisher in list(graph.objects(dataset, DCTERMS.publisher)):
        if organization.get("name") and not isinstance(publisher, BNode):
            graph.set((publisher, DCTERMS.identifier, Literal(organization["name"])))
            graph.set((publisher, FOAF.name, Literal(organization.get("title") or "")))
    for contact in list(graph.objects(dataset, DCAT.contactPoint)):
        graph.add((contact, RDF.type, VCARD.Kind))


def _provenances(graph: Graph, dataset: URIRef, values: dict[str, Any]) -> None:
    """Say by which ways a dataset arrived that has more than one, the authority's first.

    A way that leads through this portal says nothing of where the data come from, and would
    make what others pull from us differ as soon as we pulled it ourselves.
    """
    others = values.get("other_sources")
    here = f"{tk.config['ckan.site_url'].rstrip('/')}/"
    further = [
        way
        for way in others or ()
        if isinstance(way, dict) and not str(way.get("source_address") or "").startswith(here)
    ]
    for way in (values, *further) if further else ():
        page = str(way.get("source_url") or "")
        node = URIRef(CleanedURIRef(page)) if page.startswith(("http://", "https://")) else BNode()
        graph.add((dataset, PROV.wasDerivedFrom, node))
        graph.add((node, RDF.type, PROV.Entity))
        for predicate, name in terms.WAY_FIELDS.items():
            if way.get(name):
                kind = XSD.dateTime if name == "harvested_at" else None
                graph.add((node, predicate, Literal(way[name], datatype=kind)))


def _addresses(graph: Graph, distribution: URIRef, resource: dict[str, Any]) -> None:
    """Give every distribution an access address, and files a download address too."""
    if not resource.get("url"):
        return
    address = CleanedURIRef(resource["url"])
    service = str(resource.get("format") or "").upper() in {"API", "HTML", "WMS", "WFS", ""}
    if not resource.get("access_url"):
        graph.set((distribution, DCAT.accessURL, address))
    if not resource.get("download_url") and not service:
        graph.set((distribution, DCAT.downloadURL, address))
    for predicate in (DCAT.accessURL, DCAT.downloadURL):
        for target in list(graph.objects(distribution, predicate)):
            graph.add((target, RDF.type, RDFS.Resource))


def _without_scripts(graph: Graph, subject: URIRef) -> None:
    """Leave out what stands in an address field and is none: a reader may make a link of it."""
    for predicate, target in list(graph.predicate_objects(subject)):
        if isinstance(target, URIRef) and target.lower().startswith(NOT_ADDRESSES):
            graph.remove((subject, predicate, target))
            graph.remove((target, None, None))


def _format(graph: Graph, distribution: URIRef, resource: dict[str, Any]) -> None:
    graph.remove((distribution, DCTERMS["format"], None))
    graph.remove((distribution, DCAT.mediaType, None))
    formats = vocabulary("formats")
    term = formats.find(str(resource.get("format") or ""))
    if term:
        uri = URIRef(str(formats.uri(term.key)))
        graph.add((distribution, DCTERMS["format"], uri))
        graph.add((uri, RDF.type, DCTERMS.MediaTypeOrExtent))
    elif resource.get("format"):
        # Not in the EU's list: the name is kept in a node of the class that DCAT-AP asks for.
        node = BNode()
        graph.add((distribution, DCTERMS["format"], node))
        graph.add((node, RDF.type, DCTERMS.MediaTypeOrExtent))
        graph.add((node, RDFS.label, Literal(resource["format"])))
    mime = terms.media_type(str(resource.get("mimetype") or ""))
    if "/" in mime:
        uri = CleanedURIRef(terms.IANA + mime)
        graph.add((distribution, DCAT.mediaType, uri))
        graph.add((uri, RDF.type, DCTERMS.MediaType))


def _licence(
    graph: Graph, distribution: URIRef, resource: dict[str, Any], values: dict[str, Any]
) -> None:
    graph.remove((distribution, DCTERMS.license, None))
    for stock in list(graph.subjects(DCTERMS.type, UNKNOWN_RIGHTS)):
        graph.remove((stock, DCTERMS.type, UNKNOWN_RIGHTS))
    uri = terms.licence_uri(resource.get("license") or values.get("license_id") or "")
    if uri:
        licence = CleanedURIRef(uri)
        graph.add((distribution, DCTERMS.license, licence))
        graph.add((licence, RDF.type, DCTERMS.LicenseDocument))


def _checksum(graph: Graph, distribution: URIRef, resource: dict[str, Any]) -> None:
    """Name the algorithm; DCAT-AP has no use for a checksum without one."""
    algorithm = terms.checksum_algorithm(str(resource.get("hash") or ""))
    for node in list(graph.objects(distribution, SPDX.checksum)):
        if algorithm:
            graph.set((node, SPDX.algorithm, algorithm))
            graph.add((algorithm, RDF.type, SPDX.ChecksumAlgorithm))
        else:
            graph.remove((node, None, None))
            graph.remove((distribution, SPDX.checksum, node))
