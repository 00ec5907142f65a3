"""Ways of DCAT for what a dataset is about, and how: place, theme, frequency, languages."""

from __future__ import annotations

import json
import re
from typing import Any

from geomet import wkt
from rdflib import RDF, RDFS, SKOS, BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS
from rdflib.term import Node

from ckanext.mxcity.exchange.dcat import terms
from ckanext.mxcity.exchange.dcat.terms import MX
from ckanext.mxcity.exchange.dcat.ways import Field, Values, Way
from ckanext.mxcity.ground.areas import area_name, find_area
from ckanext.mxcity.ground.geometry import bounds, read_geometry
from ckanext.mxcity.ground.vocabularies import vocabulary

LOCN = Namespace("http://www.w3.org/ns/locn#")
GEO = Namespace("http://www.opengis.net/ont/geosparql#")
WKT = URIRef("http://www.opengis.net/ont/geosparql#wktLiteral")
AREA_PREFIX = "urn:mxcity:areas:"
LANGUAGE = "es"


def _write_themes(graph: Graph, dataset: URIRef, field: Field, values: Values) -> None:
    """Write our topics, and beside each the theme of the EU that it belongs to."""
    for key in terms.texts(values.get(field.name)):
        concept = terms.add_concept(graph, field.vocabulary, key)
        graph.add((dataset, field.predicate, concept))
        term = vocabulary(field.vocabulary).terms.get(key)
        if term:
            theme = URIRef(terms.EU_THEMES + term.extra["theme"])
            graph.add((dataset, field.predicate, theme))
            graph.add((theme, RDF.type, SKOS.Concept))
            graph.add((theme, SKOS.prefLabel, Literal(term.extra["theme"])))


def _read_themes(graph: Graph, dataset: Node, field: Field, values: Values) -> list[str]:
    """Return our topics; a theme of somebody else counts only where there is none of ours."""
    themes = [str(node) for node in graph.objects(dataset, field.predicate)]
    ours = [theme for theme in themes if theme.startswith(f"urn:mxcity:{field.vocabulary}:")]
    keys = (terms.term_key(field.vocabulary, theme) for theme in ours or themes)
    order = list(vocabulary(field.vocabulary).terms)
    return sorted({key for key in keys if key}, key=order.index)


def _write_areas(graph: Graph, dataset: URIRef, field: Field, values: Values) -> None:
    for code in terms.texts(values.get(field.name)):
        area = terms.term_uri("areas", code)
        graph.add((dataset, field.predicate, area))
        graph.add((area, RDF.type, DCTERMS.Location))
        graph.add((area, SKOS.notation, Literal(code)))
        graph.add((area, SKOS.prefLabel, Literal(area_name(code), lang=LANGUAGE)))


def _read_areas(graph: Graph, dataset: Node, field: Field, values: Values) -> list[str]:
    codes = set()
    for place in graph.objects(dataset, field.predicate):
        notations = [str(node) for node in graph.objects(place, SKOS.notation)]
        codes.update([*notations, str(place).removeprefix(AREA_PREFIX)])
    return sorted(code for code in codes if find_area(code))


def _write_extent(graph: Graph, dataset: URIRef, field: Field, values: Values) -> None:
    """Write the extent as the rectangle that DCAT-AP asks for, and whole in our own property.

    DCAT-AP's shapes refuse a literal as ``locn:geometry``, and many readers fail on a node.
    """
    for place in list(graph.objects(dataset, field.predicate)):
        graph.remove((place, LOCN.geometry, None))
        geometry = read_geometry(values.get(field.name) or "")
        if geometry and isinstance(place, BNode):
            west, south, east, north = bounds(geometry)
            ring = ((west, south), (east, south), (east, north), (west, north), (west, south))
            points = ", ".join(f"{longitude} {latitude}" for longitude, latitude in ring)
            graph.add((place, DCAT.bbox, Literal(f"POLYGON (({points}))", datatype=WKT)))
            graph.add((place, MX.geometry, Literal(json.dumps(geometry))))


def _read_extent(graph: Graph, dataset: Node, field: Field, values: Values) -> str | None:
    """Return the extent as GeoJSON: ours, that of a geometry node, or the rectangle."""
    found: dict[URIRef, str] = {}
    for place in graph.objects(dataset, field.predicate):
        nodes = graph.objects(place, LOCN.geometry)
        said = [(place, MX.geometry), (place, DCAT.bbox), (place, DCAT.centroid)]
        said += [(node, form) for node in nodes for form in (GEO.asGeoJSON, GEO.asWKT)]
        for subject, predicate in said:
            for text in graph.objects(subject, predicate):
                found[predicate] = str(text)
    for predicate in (MX.geometry, GEO.asGeoJSON, GEO.asWKT, DCAT.bbox, DCAT.centroid):
        told = found.get(predicate, "")
        geometry = read_geometry(told) or _from_wkt(told)
        if geometry:
            return json.dumps(geometry)
    return values.get(field.name)


def _from_wkt(text: str) -> dict[str, Any] | None:
    """Return a geometry from WKT; the address of a coordinate system before it is left out."""
    try:
        geometry: dict[str, Any] = wkt.loads(re.sub(r"^\s*<[^>]*>\s*", "", text))
    except (ValueError, StopIteration, IndexError):
        return None
    return geometry if geometry.get("coordinates") else None


def _write_frequency(graph: Graph, dataset: URIRef, field: Field, values: Values) -> None:
    graph.remove((dataset, field.predicate, None))
    uri = vocabulary(field.vocabulary).uri(values.get(field.name) or "")
    if uri:
        graph.add((dataset, field.predicate, URIRef(uri)))
        graph.add((URIRef(uri), RDF.type, DCTERMS.Frequency))


def _read_frequency(graph: Graph, dataset: Node, field: Field, values: Values) -> str | None:
    for node in graph.objects(dataset, field.predicate):
        texts = [str(node), *(str(label) for label in graph.objects(node, RDFS.label))]
        found = (terms.term_key(field.vocabulary, text) for text in texts)
        key = next(filter(None, found), None)
        if key:
            return key
    return None


def _write_languages(graph: Graph, dataset: URIRef, field: Field, values: Values) -> None:
    graph.remove((dataset, field.predicate, None))
    for code in terms.texts(values.get(field.name)):
        term = vocabulary("languages").find(code)
        if term:
            uri = URIRef(terms.EU_LANGUAGES + term.extra["eu"])
            graph.add((dataset, field.predicate, uri))
            graph.add((uri, RDF.type, DCTERMS.LinguisticSystem))


def _read_languages(graph: Graph, dataset: Node, field: Field, values: Values) -> list[str]:
    said = graph.objects(dataset, field.predicate)
    found = (vocabulary("languages").find(str(node)) for node in said)
    return sorted({term.key for term in found if term})


_NONE: list[Any] = []

WAYS: dict[str, Way] = {
    "areas": Way(_write_areas, _read_areas, _NONE),
    "extent": Way(_write_extent, _read_extent),
    "frequency": Way(_write_frequency, _read_frequency),
    "languages": Way(_write_languages, _read_languages, _NONE),
    "themes": Way(_write_themes, _read_themes, _NONE),
}
