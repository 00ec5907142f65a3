"""The IRIs that our fields are written with, and how they are read. No CKAN import."""

from __future__ import annotations

import json
import re
from typing import Any

from rdflib import RDF, SKOS, Graph, Literal, Namespace, URIRef

from ckanext.mxcity.ground.vocabularies import vocabulary

MX = Namespace("urn:mxcity:terms:")
EU = "http://publications.europa.eu/resource/authority/"
EU_THEMES = f"{EU}data-theme/"
EU_LANGUAGES = f"{EU}language/"
IANA = "https://www.iana.org/assignments/media-types/"

#: Elements of SNIEG's norm that have no field of their own: a node each, with element and text.
ELEMENT_FIELDS = {"element": MX.sniegElement, "value": RDF.value}

#: Of each way by which a dataset arrived.
WAY_FIELDS = {
    MX.sourceName: "source_name",
    MX.sourceIdentifier: "source_identifier",
    MX.harvestedAt: "harvested_at",
}

#: The length of a checksum in hexadecimal digits tells the algorithm.
CHECKSUM_ALGORITHMS = {32: "md5", 40: "sha1", 64: "sha256", 128: "sha512"}
_SPDX = "http://spdx.org/rdf/terms#checksumAlgorithm_"


def term_uri(vocabulary_name: str, key: str) -> URIRef:
    """Return the IRI of a term of one of our vocabularies."""
    return URIRef(f"urn:mxcity:{vocabulary_name}:{key}")


def list_uri(vocabulary_name: str, key: str) -> URIRef:
    """Return the IRI of a term: that of who keeps the list, else one of ours."""
    return URIRef(vocabulary(vocabulary_name).uri(key) or term_uri(vocabulary_name, key))


def add_concept(graph: Graph, vocabulary_name: str, key: str, address: str = "") -> URIRef:
    """Describe a term as a concept with its labels, and return its IRI.

    Args:
        graph: takes the description.
        vocabulary_name: the vocabulary of the term.
        key: its key.
        address: its IRI, where it is not the one of ``list_uri``.

    """
    concept = URIRef(address) if address else list_uri(vocabulary_name, key)
    graph.add((concept, RDF.type, SKOS.Concept))
    term = vocabulary(vocabulary_name).terms.get(key)
    for language, label in term.labels.items() if term else ():
        graph.add((concept, SKOS.prefLabel, Literal(label, lang=language)))
    return concept


def term_key(vocabulary_name: str, value: str) -> str | None:
    """Return the key that an IRI, key, label or alias means, None if it means none."""
    found = vocabulary(vocabulary_name)
    prefix = f"urn:mxcity:{vocabulary_name}:"
    for text in (value.removeprefix(prefix), re.split("[/#]", value.rstrip("/"))[-1]):
        term = found.find(text)
        if term:
            return term.key
    return None


def licence_uri(value: str) -> str | None:
    """Return the address of a licence given by key, title or address, None if it has none."""
    term = vocabulary("licences").find(value)
    if term:
        return term.extra.get("uri")
    return value if value.startswith(("http://", "https://")) else None


def licence_key(value: str) -> str | None:
    """Return our key of a licence given by key, title or address, None if we do not know it."""
    term = vocabulary("licences").find(value)
    return term.key if term else None


def media_type(value: str) -> str:
    """Return ``text/csv`` from itself or from its IANA address."""
    return re.sub(r"^https?://www\.iana\.org/assignments/media-types/", "", value)


def checksum_algorithm(checksum: str) -> URIRef | None:
    """Return the SPDX IRI of a checksum's algorithm, None if it cannot be told."""
    digits = checksum.rpartition(":")[2]
    name = CHECKSUM_ALGORITHMS.get(len(digits))
    hexadecimal = re.fullmatch("[0-9a-fA-F]+", digits)
    return URIRef(f"{_SPDX}{name}") if name and hexadecimal else None


def texts(value: Any) -> list[str]:
    """Return the texts of a list, of a JSON list or of a single text."""
    if isinstance(value, str):
        try:
            loaded = json.loads(value)
        except ValueError:
            loaded = value
        value = loaded if isinstance(loaded, list) else [value]
    return [str(item) for item in value or [] if item]
