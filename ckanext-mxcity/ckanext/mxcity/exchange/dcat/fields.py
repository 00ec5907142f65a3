"""The fields of a dataset in DCAT, each in the way that its schema declares."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from typing import Any

from rdflib import Graph, URIRef
from rdflib.term import Node

from ckanext.mxcity.dataset import fields, types
from ckanext.mxcity.dataset.fields import DeclarationError
from ckanext.mxcity.exchange.dcat import places, standards, terms, ways
from ckanext.mxcity.exchange.dcat.terms import MX
from ckanext.mxcity.exchange.dcat.ways import Field, Way
from ckanext.mxcity.ground import schema_files
from ckanext.mxcity.ground.namespaces import iri

#: The way of what ckanext-dcat, or another function of this package, writes and reads.
ELSEWHERE = "ckanext-dcat"
WAYS: Mapping[str, Way] = {**ways.WAYS, **standards.WAYS, **places.WAYS}
#: What ckanext-dcat keeps, as a field or as an extra, of properties that are read here.
_AS_FIELDS = frozenset(
    {
        *("provenance", "conforms_to", "spatial_resolution_in_meters", "temporal_resolution"),
        *("spatial_resolution", "documentation"),
    }
)
_AS_EXTRAS = _AS_FIELDS | {
    *("homepage", "theme", "frequency", "language"),
    *("spatial_uri", "spatial_text", "spatial_bbox", "spatial_centroid"),
}


@schema_files.kept
def declared(kind: str) -> tuple[tuple[Field, Way], ...]:
    """Return the fields of a type that are written here, each with its way.

    Raises:
        DeclarationError: a field names a way or a prefix that there is not.

    """
    found = []
    for field in fields.fields(kind):
        if field.term is None or field.term.way == ELSEWHERE:
            continue
        if field.term.way not in WAYS:
            raise DeclarationError(
                f"{kind}.yaml: {field.name}: there is no way {field.term.way} in DCAT; "
                f"there are {', '.join(sorted({*WAYS, ELSEWHERE}))}"
            )
        try:
            predicate = URIRef(iri(field.term.property))
        except LookupError as error:
            raise DeclarationError(f"{kind}.yaml: {field.name}: {error}") from error
        found.append((Field(field.name, predicate, field.vocabulary), WAYS[field.term.way]))
    return tuple(found)


def write_fields(graph: Graph, dataset: URIRef, values: Mapping[str, Any]) -> None:
    """Add the type of a dataset that is not plain, and what it says in its fields."""
    kind = _known(values.get("type"))
    if kind != types.PLAIN:
        concept = terms.add_concept(graph, types.VOCABULARY, kind)
        graph.add((dataset, MX.datasetType, concept))
    for field, way in declared(kind):
        way.write(graph, dataset, field, values)


def read_fields(graph: Graph, dataset: Node, values: dict[str, Any]) -> None:
    """Set the type of a dataset and its fields; what means nothing to us is dropped."""
    said = (str(node) for node in graph.objects(dataset, MX.datasetType))
    keys = (terms.term_key(types.VOCABULARY, text) for text in said)
    kind = next(filter(None, keys), types.PLAIN)
    for name in _AS_FIELDS:
        values.pop(name, None)
    if kind != types.PLAIN:
        values["type"] = kind
    for field, way in declared(kind):
        found = way.read(graph, dataset, field, values)
        if found in (None, "", []):
            found = copy(way.empty)
        if found is None:
            values.pop(field.name, None)
        else:
            values[field.name] = found
    values["extras"] = [e for e in values.get("extras", []) if e["key"] not in _AS_EXTRAS]


def _known(kind: Any) -> str:
    return kind if kind in types.TYPES else types.PLAIN
