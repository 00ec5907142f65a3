"""The types of dataset, the one place that knows which there are. No CKAN import.

Each is a term of the vocabulary ``dataset_types`` and a schema ``schemas/<type>.yaml``; all but the
plain dataset extend ``dataset.yaml``: see ``compose``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ckanext.mxcity.dataset.compose import whole
from ckanext.mxcity.ground import schema_files
from ckanext.mxcity.ground.vocabularies import vocabulary
from ckanext.mxcity.ground.yaml import load_yaml

#: The vocabulary of the types.
VOCABULARY = "dataset_types"
#: The field of the index that holds the type.
VOCABULARY_FIELD = "dataset_type"
#: The type of what is none of the others, and which they extend.
PLAIN = "dataset"
#: Every type, in the order in which people are offered them.
TYPES = tuple(vocabulary(VOCABULARY).terms)
#: The filter of Solr that finds datasets of all our types, and nothing else (no harvest source).
FILTER = "+dataset_type:(" + " OR ".join(f'"{kind}"' for kind in TYPES) + ")"

Document = Mapping[str, Any]


@schema_files.kept
def written(name: str) -> Document:
    """Return a schema as its file says it: ``indicator.yaml``, or ``package:indicator.yaml``."""
    loaded: Document = load_yaml(schema_files.read(name))
    return loaded


@schema_files.kept
def schema(kind: str) -> Document:
    """Return the whole schema of a type, with what it extends."""
    return whole(written(f"{kind}.yaml"), written)


def own_fields(kind: str) -> tuple[Document, ...]:
    """Return the fields that a type adds to the plain dataset or says otherwise, whole."""
    own = written(f"{kind}.yaml")
    if kind == PLAIN or "extends" not in own:
        return ()
    fields = {field["field_name"]: field for field in schema(kind)["dataset_fields"]}
    return tuple(fields[field["field_name"]] for field in own["dataset_fields"])


def added_fields(kind: str) -> tuple[Document, ...]:
    """Return the fields that a type has and the plain dataset has not."""
    plain = {field["field_name"] for field in schema(PLAIN)["dataset_fields"]}
    return tuple(field for field in own_fields(kind) if field["field_name"] not in plain)
