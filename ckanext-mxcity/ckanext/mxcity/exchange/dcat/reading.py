"""From triples to a dataset of ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
from rdflib import RDFS, Graph
from rdflib.namespace import DCAT, DCTERMS
from rdflib.term import Node, URIRef

from ckanext.mxcity.exchange.dcat import terms
from ckanext.mxcity.exchange.dcat.fields import read_fields
from ckanext.mxcity.ground.vocabularies import vocabulary

CONTACT_FIELDS = ("name", "email")


def read_dataset(graph: Graph, dataset: Node, values: dict[str, Any]) -> dict[str, Any]:
    """Return a dataset as ckanext-dcat read it, with our fields in our vocabularies' keys."""
    read_fields(graph, dataset, values)
    _contacts(values)
    _licence(graph, dataset, values)
    distributions = {str(node): node for node in graph.objects(dataset, DCAT.distribution)}
    for resource in values.get("resources", []):
        distribution = distributions.get(resource.pop("distribution_ref", ""), URIRef(""))
        _resource(graph, distribution, resource, values.get("license_id"))
    return values


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
        validate: Callable[..., object] = tk.get_validator("email_validator")
        validate(text, {})
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
