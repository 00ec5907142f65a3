"""RDF documents to graphs, and graphs to nested dictionaries, without touching the network."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any
from xml.sax import SAXException

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.exceptions import Error as RdflibError
from rdflib.term import Node

from ckanext.mxcity.ground.errors import DangerousDocumentError, NotWhatItSaysError, ReadError
from ckanext.mxcity.ground.messages import N_
from ckanext.mxcity.ground.namespaces import NAMESPACES
from ckanext.mxcity.reading.canonical import serialised
from ckanext.mxcity.reading.decode import decode, is_html, load_json
from ckanext.mxcity.reading.records import Document
from ckanext.mxcity.reading.safe_xml import xml_text

#: Contexts that documents name by address, as far as catalogues need them; never fetched.
_CONTEXTS: Mapping[str, Any] = {
    "schema.org": {"@vocab": NAMESPACES["schema"]},
    "www.w3.org/ns/hydra/context.jsonld": {"hydra": NAMESPACES["hydra"]},
    "www.w3.org/ns/hydra/core": {"hydra": NAMESPACES["hydra"]},
    "www.w3.org/ns/dcat": {"dcat": NAMESPACES["dcat"]},
    "project-open-data.cio.gov/v1.1/schema/catalog.jsonld": {
        "@vocab": NAMESPACES["dcat"],
        "dcat": NAMESPACES["dcat"],
        "dct": NAMESPACES["dct"],
        "vcard": NAMESPACES["vcard"],
        "org": "http://www.w3.org/ns/org#",
        **{
            name: NAMESPACES["dct"] + name
            for name in (
                "title",
                "description",
                "issued",
                "modified",
                "language",
                "license",
                "publisher",
                "identifier",
                "spatial",
                "temporal",
                "format",
                "accrualPeriodicity",
            )
        },
        "name": NAMESPACES["foaf"] + "name",
        "fn": NAMESPACES["vcard"] + "fn",
        "hasEmail": NAMESPACES["vcard"] + "hasEmail",
    },
}
#: Descriptions of these are part of a dataset; other resources are only pointed at.
_NESTED_NAMES = """
    dcat:distribution dct:publisher dcat:contactPoint dct:temporal dct:spatial spdx:checksum
    dct:license dct:creator dcat:theme dct:accrualPeriodicity adms:identifier schema:distribution
    vcard:hasEmail dct:format dcat:mediaType schema:publisher
"""
_NESTED = frozenset(_NESTED_NAMES.split())
_BROKEN = (
    RdflibError,
    SAXException,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    AssertionError,
    RecursionError,
)
_MAX_LEVEL = 6
#: Put before a Turtle document, on its first line so that line numbers in errors stay right:
#: prefixes that real documents use without declaring them.
_PREFIXES = (
    " ".join(
        f"@prefix {prefix}: <{namespace}> ."
        for prefix, namespace in {
            **NAMESPACES,
            "healthdcatap": "http://healthdataportal.eu/ns/health#",
            "dqv": "http://www.w3.org/ns/dqv#",
            "dpv": "https://w3id.org/dpv#",
            "oa": "http://www.w3.org/ns/oa#",
            "csvw": "http://www.w3.org/ns/csvw#",
            "odrl": "http://www.w3.org/ns/odrl/2/",
        }.items()
    )
    + " "
)

# rdflib logs a traceback for each date that is none; our readers name them themselves.
logging.getLogger("rdflib.term").setLevel(logging.ERROR)


def load_graph(document: Document) -> Graph:
    """Return the graph of a document in Turtle, N-Triples, RDF/XML or JSON-LD.

    Raises:
        ReadError: it is none of them, is broken, or is not safe to read.

    """
    content = document.content()
    if is_html(content):
        raise NotWhatItSaysError(record=document.name, expected="RDF", found=N_("a web page"))
    start, _warning = decode(content[:400].rstrip(b"\xc3\xe2"), document.charset)
    start = start.lstrip("\ufeff \t\r\n")
    if not start:
        raise NotWhatItSaysError(record=document.name, expected="RDF", found=N_("empty"))
    if start[0] in "{[" and not start.startswith("[]"):
        text, syntax = _json_ld(document), "json-ld"
    elif start.startswith(("<?xml", "<rdf:", "<!", "<RDF")) or "xmlns:" in start:
        text, syntax = xml_text(document), "xml"
    else:
        text, syntax = _PREFIXES + decode(content, document.charset)[0].lstrip("\ufeff"), "turtle"
    try:
        base = document.url or "urn:document:"
        return Graph().parse(data=text, format=syntax, publicID=base)
    except _BROKEN as error:
        detail = " ".join(str(error).split())[:200]
        reason = N_("it is not valid {syntax} ({detail})")
        raise ReadError(
            record=document.name, reason=reason, syntax=syntax, detail=detail
        ) from error


def _json_ld(document: Document) -> str:
    loaded, _warning = load_json(document)
    return json.dumps(_local_contexts(loaded, document))


def _local_contexts(value: Any, document: Document) -> Any:
    """Put the bundled contexts in the place of their addresses."""
    if isinstance(value, list):
        return [_local_contexts(entry, document) for entry in value]
    if not isinstance(value, dict):
        return value
    made = {}
    for key, entry in value.items():
        if key == "@import":
            raise _refused(document, entry)
        made[key] = (
            _context(entry, document) if key == "@context" else _local_contexts(entry, document)
        )
    return made


def _context(value: Any, document: Document) -> Any:
    if isinstance(value, list):
        return [_context(entry, document) for entry in value]
    if isinstance(value, str):
        known = _CONTEXTS.get(value.split("://", 1)[-1].split("#", 1)[0].rstrip("/"))
        if known is None:
            raise _refused(document, value)
        return known
    return _local_contexts(value, document)


def _refused(document: Document, address: Any) -> DangerousDocumentError:
    reason = N_("it needs the JSON-LD context {context}, which is not one of ours")
    return DangerousDocumentError(record=document.name, reason=reason, context=str(address)[:200])


def compact(uri: str) -> str:
    """Return ``prefix:name`` for an IRI of a known namespace, else the IRI."""
    for prefix, namespace in NAMESPACES.items():
        if uri.startswith(namespace):
            return f"{prefix}:{uri[len(namespace) :]}"
    return uri.replace("https://schema.org/", "schema:")


def describe(graph: Graph, subject: Node, path: tuple[Node, ...] = ()) -> dict[str, Any]:
    """Return what a graph says of a subject: ``{"@id", "prefix:name": [values]}``.

    A value is a text, ``{"@value", "@language"}``, ``{"@id"}`` or, for the parts of a dataset, a
    description. Values are sorted: the same graph always gives the same dictionary.
    """
    found: dict[str, list[Any]] = {}
    for predicate, value in graph.predicate_objects(subject):
        key = compact(str(predicate))
        found.setdefault(key, []).append(_value(graph, key, value, (*path, subject)))
    made: dict[str, Any] = {} if isinstance(subject, BNode) else {"@id": str(subject)}
    for key in sorted(found):
        made[key] = sorted(found[key], key=serialised)
    return made


def _value(graph: Graph, key: str, value: Node, path: tuple[Node, ...]) -> Any:
    if isinstance(value, Literal):
        if value.language:
            return {"@language": value.language, "@value": str(value)}
        return str(value)
    nested = isinstance(value, BNode) or key in _NESTED
    if nested and value not in path and len(path) < _MAX_LEVEL:
        return describe(graph, value, path)
    return {"@id": str(value)} if isinstance(value, URIRef) else {}
