"""From a dataset of ours to triples; of CKAN it knows only the addresses."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from rdflib import RDF, RDFS, BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, PROV, XSD

from ckanext.dcat.profiles.base import CleanedURIRef
from ckanext.dcat.utils import resource_uri
from ckanext.mxcity.exchange.dcat import terms
from ckanext.mxcity.exchange.dcat.fields import write_fields
from ckanext.mxcity.exchange.dcat.terms import MX
from ckanext.mxcity.ground.vocabularies import vocabulary

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
    write_fields(graph, dataset, values)
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
    if not others:
        return
    here = f"{tk.config['ckan.site_url'].rstrip('/')}/"
    further = [
        way
        for way in others
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
