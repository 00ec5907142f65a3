"""The types of dataset, the one place that knows which there are. No CKAN import.

Each is a term of the vocabulary ``dataset_types`` and a schema ``schemas/<type>.yaml``; all but the
plain dataset extend ``dataset.yaml``: see ``compose``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import Any

from ckanext.mxcity.dataset_types.compose import compose
from ckanext.mxcity.documents import load_yaml
from ckanext.mxcity.vocabularies import PACKAGE, vocabulary

#: The vocabulary of the types.
VOCABULARY = "dataset_types"
#: The type of what is none of the others, and which they extend.
PLAIN = "dataset"
#: Every type, in the order in which people are offered them.
TYPES = tuple(vocabulary(VOCABULARY).terms)
#: The filter of Solr that finds datasets of all our types, and nothing else (no harvest source).
FILTER = "+dataset_type:(" + " OR ".join(f'"{kind}"' for kind in TYPES) + ")"

Document = Mapping[str, Any]


@lru_cache(maxsize=16)
def written(name: str) -> Document:
    """Return a file of ``schemas/`` as it is written, e.g. ``indicator.yaml``."""
    text = (resources.files(PACKAGE) / name).read_text(encoding="utf-8")
    loaded: Document = load_yaml(text)
    return loaded


@lru_cache(maxsize=16)
def schema(kind: str) -> Document:
    """Return the whole schema of a type, with what it extends."""
    own = written(f"{kind}.yaml")
    return compose(own, written(own["extends"])) if "extends" in own else own


def own_fields(kind: str) -> tuple[Document, ...]:
    """Return the fields that a type adds to the plain dataset or says otherwise, whole."""
    own = written(f"{kind}.yaml")
    names = [field["field_name"] for field in own["dataset_fields"]] if "extends" in own else []
    whole = {field["field_name"]: field for field in schema(kind)["dataset_fields"]}
    return tuple(whole[name] for name in names)


def added_fields(kind: str) -> tuple[Document, ...]:
    """Return the fields that a type has and the plain dataset has not."""
    plain = {field["field_name"] for field in schema(PLAIN)["dataset_fields"]}
    return tuple(field for field in own_fields(kind) if field["field_name"] not in plain)
