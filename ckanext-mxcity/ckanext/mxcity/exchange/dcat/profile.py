"""The portal's DCAT profile: DCAT-AP 3 with our fields. It is used alone.

Each pair of functions writes and reads the same triples. What cannot be understood when reading
is left out rather than passed on: a wrong value would make the whole dataset fail.
"""

from __future__ import annotations

from typing import Any

from rdflib import Literal, URIRef
from rdflib.term import Node

from ckanext.dcat.profiles import EuropeanDCATAP3Profile
from ckanext.mxcity.exchange.dcat.reading import read_dataset
from ckanext.mxcity.exchange.dcat.writing import write_dataset


class MxcityDCATAPProfile(EuropeanDCATAP3Profile):
    """Our dataset schema in DCAT-AP 3, written and read."""

    def parse_dataset(self, dataset_dict: dict[str, Any], dataset_ref: Node) -> dict[str, Any]:
        """Return the dataset with our fields read from the graph."""
        values = super().parse_dataset(dataset_dict, dataset_ref)
        return read_dataset(self.g, dataset_ref, values)

    def graph_from_dataset(self, dataset_dict: dict[str, Any], dataset_ref: URIRef) -> None:
        """Add the dataset to the graph, with IRIs where DCAT-AP asks for them."""
        super().graph_from_dataset(dataset_dict, dataset_ref)
        write_dataset(self.g, dataset_ref, dataset_dict)

    def _parse_geodata(self, spatial: Node, datatype: URIRef, cur_value: Any) -> Any:
        """Read geometries given as literals; a geometry that is a node is read by ours."""
        nodes = list(self.g.objects(spatial, datatype))
        if all(isinstance(node, Literal) for node in nodes):
            return super()._parse_geodata(spatial, datatype, cur_value)
        return cur_value
