"""From triples to a dataset of ours."""

from __future__ import annotations

import json
import re
from typing import Any

import ckan.plugins.toolkit as tk
from geomet import wkt
from rdflib import RDFS, SKOS, Graph, Namespace
from rdflib.namespace import DCAT, DCTERMS
from rdflib.term import Node, URIRef

from ckanext.mxcity.areas import find_area
from ckanext.mxcity.dcat import terms
from ckanext.mxcity.dcat.terms import MX
from ckanext.mxcity.dcat.type_fields import read_type
from ckanext.mxcity.geometry import read_geometry
from ckanext.mxcity.vocabularies import vocabulary

LOCN = Namespace("http://www.w3.org/ns/locn#")
GEO = Namespace("http://www.opengis.net/ont/geosparql#")

#: Extras of ckanext-dcat that our own fields say better.
REPLACED_EXTRAS = (
    *("homepage", "theme", "frequency", "language"),
    *("spatial_uri", "spatial_text", "spatial_bbox", "spatial_centroid"),
)
AREA_PREFIX = "urn:mxcity:areas:"
CONTACT_FIELDS = ("name", "email")


def read_dataset(graph: Graph, dataset: Node, values: dict[str, Any]) -> dict[str, Any]:
    """Return a dataset as ckanext-dcat read it, with our fields in our vocabularies' keys."""
    _terms(graph, dataset, values)
    values["topics"] = _topics(graph, dataset)
    values["area_codes"] = _areas(graph, dataset)
    _set(values, "frequency", _frequency(graph, dataset))
    values["language"] = _languages(graph, dataset)
    _set(values, "spatial", _geometry(graph, dataset) or values.get("spatial"))
    _contacts(values)
    _licence(graph, dataset, values)
    distributions = {str(node): node for node in graph.objects(dataset, DCAT.distribution)}
    for resource in values.get("resources", []):
        distribution = distributions.get(resource.pop("distribution_ref", ""), URIRef(""))
        _resource(graph, distribution, resource, values.get("license_id"))
    read_type(graph, dataset, values)
    values["extras"] = [
        extra for extra in values.get("extras", []) if extra["key"] not in REPLACED_EXTRAS
    ]
    return values


def _terms(graph: Graph, dataset: Node, values: dict[str, Any]) -> None:
    for field, (predicate, name) in terms.TERM_FIELDS.items():
        found = (terms.term_key(name, str(node)) for node in graph.objects(dataset, predicate))
        _set(values, field, next(filter(None, found), None))
    for field, (predicate, name) in terms.LIST_FIELDS.items():
        _set(values, field, _listed(graph, dataset, predicate, name) or None)
    _set(values, "process_metadata", _elements(graph, dataset) or None)
    for field, predicate in terms.TEXT_FIELDS.items():
        text = next((str(node) for node in graph.objects(dataset, predicate)), None)
        _set(values, field, text)
    synthetic = next((str(node) for node in graph.objects(dataset, MX.synthetic)), "")
    values["synthetic"] = synthetic.lower() in {"true", "1"}


def _listed(graph: Graph, dataset: Node, predicate: URIRef, name: str) -> list[str]:
    """Return the keys of the terms of a list, in its order."""
    said = {terms.term_key(name, str(node)) for node in graph.objects(dataset, predicate)}
    return [key for key in vocabulary(name).terms if key in said]


def _elements(graph: Graph, dataset: Node) -> list[dict[str, str]]:
    """Return the elements of SNIEG's norm that have no field of their own, in its order."""
    found = []
    for node in graph.objects(dataset, MX.processMetadata):
        given = {key: graph.value(node, named) for key, named in terms.ELEMENT_FIELDS.items()}
        found.append({key: str(value) for key, value in given.items() if value is not None})
    order = list(vocabulary("snieg_elements").terms)
    known = [entry for entry in found if entry.get("element") in order]
    return sorted(known, key=lambda entry: order.index(entry["element"]))


def _topics(graph: Graph, dataset: Node) -> list[str]:
    """Return our topics; a theme of somebody else counts only where there is none of ours."""
    themes = [str(node) for node in graph.objects(dataset, DCAT.theme)]
    ours = [theme for theme in themes if theme.startswith("urn:mxcity:topics:")]
    keys = (terms.term_key("topics", theme) for theme in ours or themes)
    order = list(vocabulary("topics").terms)
    return sorted({key for key in keys if key}, key=order.index)


def _areas(graph: Graph, dataset: Node) -> list[str]:
    codes = set()
    for place in graph.objects(dataset, DCTERMS.spatial):
        notations = [str(node) for node in graph.objects(place, SKOS.notation)]
        codes.update([*notations, str(place).removeprefix(AREA_PREFIX)])
    return sorted(code for code in codes if find_area(code))


def _geometry(graph: Graph, dataset: Node) -> str | None:
    """Return the extent as GeoJSON: ours, that of a geometry node, or the rectangle."""
    found: dict[URIRef, str] = {}
    for place in graph.objects(dataset, DCTERMS.spatial):
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
    return None


def _from_wkt(text: str) -> dict[str, Any] | None:
    """Return a geometry from WKT; the address of a coordinate system before it is left out."""
    try:
        geometry: dict[str, Any] = wkt.loads(re.sub(r"^\s*<[^>]*>\s*", "", text))
    except (ValueError, StopIteration, IndexError):
        return None
    return geometry if geometry.get("coordinates") else None


def _frequency(graph: Graph, dataset: Node) -> str | None:
    for node in graph.objects(dataset, DCTERMS.accrualPeriodicity):
        texts = [str(node), *(str(label) for label in graph.objects(node, RDFS.label))]
        key = next(filter(None, (terms.term_key("periodicity", text) for text in texts)), None)
        if key:
            return key
    return None


def _languages(graph: Graph, dataset: Node) -> list[str]:
    found = (vocabulary("languages").find(str(n)) for n in graph.objects(dataset, DCTERMS.language))
    return sorted({term.key for term in found if term})


def _contacts(values: dict[str, Any]) -> None:
    contacts = values.get("contact")
    if not isinstance(contacts, list):
        values.pop("contact", None)
        return
    kept = [{name: c[name] for name in CONTACT_FIELDS if c.get(name)} for c in contacts]
    for contact in kept:
        if not _is_email(contact.get("email", "")):
            contact.pop("email", None)
    values["contact"] = [contact for contact in kept if contact]


def _is_email(text: str) -> bool:
    try:
        tk.get_validator("email_validator")(text, {})
    except tk.Invalid:
        return False
    return bool(text)


def _licence(graph: Graph, dataset: Node, values: dict[str, Any]) -> None:
    """Find the licence by its address, however it is spelt, on the files or on the dataset."""
    places = [dataset, *graph.objects(dataset, DCAT.distribution)]
    for place in places:
        for node in graph.objects(place, DCTERMS.license):
            key = terms.licence_key(str(node))
            if key:
                values["license_id"] = key
                return


def _resource(
    graph: Graph, distribution: Node, resource: dict[str, Any], licence: str | None
) -> None:
    _set_format(graph, distribution, resource)
    if resource.get("mimetype"):
        resource["mimetype"] = terms.media_type(resource["mimetype"])
    if resource.get("license") and terms.licence_key(resource["license"]) == licence:
        del resource["license"]
    for name in ("access_url", "download_url"):
        if resource.get(name) == resource.get("url"):
            resource.pop(name, None)
    if terms.checksum_algorithm(str(resource.get("hash") or "")):
        resource.pop("hash_algorithm", None)


def _set_format(graph: Graph, distribution: Node, resource: dict[str, Any]) -> None:
    said = [str(resource.get("format") or "")]
    for node in graph.objects(distribution, DCTERMS["format"]):
        said += [str(label) for label in graph.objects(node, RDFS.label)]
    for text in said:
        key = terms.term_key("formats", text) if text else None
        if key:
            resource["format"] = vocabulary("formats").terms[key].label()
            return
    resource["format"] = said[-1]


def _set(values: dict[str, Any], field: str, value: Any) -> None:
    """Set a field, or drop what was read before if it means nothing to us."""
    if value:
        values[field] = value
    else:
        values.pop(field, None)
