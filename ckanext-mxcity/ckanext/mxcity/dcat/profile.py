"""The profile that adds our fields to DCAT-AP 3; it runs after ckanext-dcat's own.

Each pair of functions writes and reads the same triples. What cannot be understood when reading
is left out rather than passed on: a wrong value would make the whole dataset fail.
"""

from __future__ import annotations

from typing import Any

from rdflib import URIRef
from rdflib.term import Node

from ckanext.dcat.profiles import RDFProfile
from ckanext.mxcity.dcat.reading import read_dataset
from ckanext.mxcity.dcat.writing import write_dataset


class MxcityDCATAPProfile(RDFProfile):
    """Our dataset schema in DCAT-AP 3, written and read."""

    def parse_dataset(self, dataset_dict: dict[str, Any], dataset_ref: Node) -> dict[str, Any]:
        """Return the dataset with our fields read from the graph."""
        return read_dataset(self.g, dataset_ref, dataset_dict)

    def graph_from_dataset(self, dataset_dict: dict[str, Any], dataset_ref: URIRef) -> None:
        """Add our fields to the graph and put IRIs where DCAT-AP asks for them."""
        write_dataset(self.g, dataset_ref, dataset_dict)
