"""What our schema needs to know of a dataset and CKAN's index does not say.  No CKAN here."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any


def add_fields(indexed: dict[str, Any], data_words: Callable[[str], list[str]]) -> dict[str, Any]:
    """Return a dataset as it goes to Solr, with what our schema has beside CKAN's.

    Only a public, active dataset lends its words to the spelling dictionary: a suggestion must not
    tell what a private one is called. Nor is a private one found by what its tables hold.

    Args:
        indexed: the document that CKAN has made.
        data_words: gives what the tables of a dataset hold.

    """
    dataset = json.loads(indexed.get("data_dict") or "{}")
    titles = [(dataset.get("organization") or {}).get("title")]
    titles += [group.get("title") for group in dataset.get("groups") or []]
    added = {"mxcity_org_title": _lines(titles)}
    if indexed.get("capacity") == "public" and indexed.get("state") == "active":
        texts = [indexed.get("title"), indexed.get("notes"), *titles]
        texts += indexed.get("tags") or []
        texts += indexed.get("res_name") or []
        held = data_words(indexed["id"])
        added["mxcity_data"] = _lines(held)
        added["mxcity_spell"] = _lines([*texts, *held])
    return {**indexed, **added}


def _lines(texts: list[Any]) -> str:
    """Put texts under each other, the empty ones left out."""
    return "\n".join(str(text) for text in texts if text)
