"""The ways in which a field is written in DCAT and read back, each under the name of its kind.

A way that is named by a field in ``schemas/*.yaml`` is one of ``WAYS``, of ``standards.WAYS`` or of
``places.WAYS``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import XSD
from rdflib.term import Node

from ckanext.dcat.profiles.base import CleanedURIRef
from ckanext.mxcity.exchange.dcat import terms
from ckanext.mxcity.ground.durations import minutes
from ckanext.mxcity.ground.vocabularies import vocabulary

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Field:
    """A field with its property, and the vocabulary of its values or ""."""

    name: str
    predicate: URIRef
    vocabulary: str = ""


@dataclass(frozen=True)
class Way:
    """How a field is written, and how it is read."""

    #: Add what a dataset says in the field.
    write: Callable[[Graph, URIRef, Field, Values], None]
    #: Return what a graph says of the field; ckanext-dcat has read the values before.
    read: Callable[[Graph, Node, Field, Values], Any]
    #: What the field is when nothing is said; None leaves it out.
    empty: Any = None


def of_nodes(
    nodes: Callable[[Graph, Field, Any], Iterable[Node]],
    read: Callable[[Graph, list[Node], Field], Any],
    empty: Any = None,
) -> Way:
    """Return the way of values that are a node each, under the field's property."""

    def write(graph: Graph, dataset: URIRef, field: Field, values: Values) -> None:
        value = values.get(field.name)
        if value not in (None, "", []):
            for node in nodes(graph, field, value):
                graph.add((dataset, field.predicate, node))

    def found(graph: Graph, dataset: Node, field: Field, values: Values) -> Any:
        return read(graph, sorted(graph.objects(dataset, field.predicate), key=str), field)

    return Way(write, found, empty)


def first(nodes: Iterable[Node]) -> str:
    """Return the first node as text, "" if there is none."""
    return next((str(node) for node in nodes), "")


def keys(nodes: Iterable[Node], field: Field) -> list[str]:
    """Return the terms of the field's vocabulary that nodes mean, in its order."""
    said = {terms.term_key(field.vocabulary, str(node)) for node in nodes}
    return [key for key in vocabulary(field.vocabulary).terms if key in said]


def _text(graph: Graph, nodes: list[Node], field: Field) -> str:
    return first(nodes)


def _terms(graph: Graph, field: Field, value: Any) -> Iterable[Node]:
    return [terms.add_concept(graph, field.vocabulary, key) for key in terms.texts(value)]


def _number(graph: Graph, nodes: list[Node], field: Field) -> int | float | None:
    try:
        number = float(first(nodes))
    except ValueError:
        return None
    return int(number) if number.is_integer() else number


def _numbers(kind: URIRef) -> Way:
    return of_nodes(lambda graph, field, value: [Literal(str(value), datatype=kind)], _number)


def _true(graph: Graph, field: Field, value: Any) -> Iterable[Node]:
    """Say that something holds; what does not is left out."""
    return [Literal(True)] if str(value).lower() == "true" else []


def _elements(graph: Graph, field: Field, value: Any) -> Iterable[Node]:
    """Describe each element of a norm with its text."""
    for entry in value:
        node = BNode()
        for key, predicate in terms.ELEMENT_FIELDS.items():
            if entry.get(key):
                graph.add((node, predicate, Literal(entry[key])))
        yield node


def _read_elements(graph: Graph, nodes: list[Node], field: Field) -> list[dict[str, str]]:
    """Return the elements of SNIEG's norm that have no field of their own, in its order."""
    found = []
    for node in nodes:
        given = {key: graph.value(node, named) for key, named in terms.ELEMENT_FIELDS.items()}
        found.append({key: str(value) for key, value in given.items() if value is not None})
    order = list(vocabulary("snieg_elements").terms)
    known = [entry for entry in found if entry.get("element") in order]
    return sorted(known, key=lambda entry: order.index(entry["element"]))


_PLAIN = of_nodes(lambda graph, field, value: [Literal(str(value))], _text)

WAYS: dict[str, Way] = {
    "text": _PLAIN,
    "date": _PLAIN,
    "moment": of_nodes(lambda g, field, value: [Literal(value, datatype=XSD.dateTime)], _text),
    "address": of_nodes(lambda graph, field, value: [CleanedURIRef(value)], _text),
    "texts": of_nodes(
        lambda graph, field, value: [Literal(text) for text in terms.texts(value)],
        lambda graph, nodes, field: [str(node) for node in nodes],
    ),
    "lines": of_nodes(
        lambda graph, field, value: [Literal("\n".join(terms.texts(value)))],
        lambda graph, nodes, field: first(nodes).split("\n") if nodes else [],
    ),
    "term": of_nodes(_terms, lambda graph, nodes, field: next(iter(keys(nodes, field)), None)),
    "terms": of_nodes(_terms, lambda graph, nodes, field: keys(nodes, field)),
    "whole": _numbers(XSD.nonNegativeInteger),
    "number": _numbers(XSD.decimal),
    "positive": _numbers(XSD.decimal),
    "flag": of_nodes(
        _true, lambda graph, nodes, field: first(nodes).lower() in {"true", "1"}, empty=False
    ),
    "minutes": of_nodes(
        lambda graph, field, value: [Literal(f"PT{int(value)}M", datatype=XSD.duration)],
        lambda graph, nodes, field: minutes(first(nodes)),
    ),
    "elements": of_nodes(_elements, _read_elements),
}
