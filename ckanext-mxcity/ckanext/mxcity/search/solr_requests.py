"""The questions that we put to Solr ourselves: suggestions while typing, and spelling.

Both read public datasets only, whoever asks.
"""

from __future__ import annotations

import logging
from typing import Any

import ckan.plugins.toolkit as tk
import pysolr
from ckan.lib.plugins import get_permission_labels
from ckan.lib.search.common import SearchError, make_connection
from ckan.lib.search.query import solr_literal

from ckanext.mxcity.catalogue.solr.text_rules import fold
from ckanext.mxcity.search.known_words import is_known
from ckanext.mxcity.search.question import essence, is_plain, plain_words
from ckanext.mxcity.search.spelling import Spelling, correct

log = logging.getLogger(__name__)

#: Tags that Solr counts for one request; those that begin like what was typed are kept.
_TAGS_READ = 60


def suggest(q: str, limit: int) -> list[dict[str, str]]:
    """Return tags and titles of public datasets for what is being typed, tags first.

    Args:
        q: what was typed so far; its last word may be incomplete.
        limit: how many suggestions at most.

    Returns:
        dictionaries with ``type`` ("tag" or "dataset"), ``text`` and, for a dataset, ``name``.

    Raises:
        SearchError: Solr does not answer.
    """
    typed = plain_words(q)
    if not typed:
        return []
    facets = {"facet": "true", "facet.field": "tags", "facet.mincount": 1}
    facets["facet.limit"] = _TAGS_READ
    answer = _ask("mxcity_suggest", " ".join(typed), rows=limit, **facets)
    counts = answer.facets.get("facet_fields", {}).get("tags", [])
    tags = [tag for tag in counts[::2] if _begins(tag, typed)][: limit // 2]
    texts = {fold(tag) for tag in tags}
    datasets = [doc for doc in answer.docs if fold(doc.get("title", "")) not in texts]
    found = [{"type": "tag", "text": tag} for tag in tags]
    found += [{"type": "dataset", "text": d["title"], "name": d["name"]} for d in datasets]
    return found[:limit]


def spelling(q: str) -> Spelling:
    """Return the corrections of a plain question.

    Where Solr does not answer there are none: the search itself tells that.
    """
    asked = essence(q)
    try:
        answer = _ask("mxcity_spell", asked, **{"spellcheck.q": asked})
    except SearchError as error:
        log.warning("The spelling of a search could not be checked: %s", error)
        return Spelling()
    # Pairs, flattened: the word, {"origFreq": …, "suggestion": [{"word": …, "freq": …}, …]}, …
    said = (answer.spellcheck or {}).get("suggestions", [])
    near = {
        fold(word): [str(other["word"]) for other in found["suggestion"]]
        for word, found in zip(said[::2], said[1::2], strict=True)
        if isinstance(found, dict) and not found.get("origFreq")
    }
    return correct(asked.split(), near, is_known)


def offered(q: str) -> str | None:
    """Return the question in another spelling that finds public datasets, if one may be meant."""
    other = spelling(q).offered if is_plain(q) else None
    if other is None:
        return None
    try:
        return other if _ask("mxcity_spell", other, spellcheck="false").hits else None
    except SearchError:
        return None


def _begins(tag: str, typed: list[str]) -> bool:
    """Return whether some word of the tag begins like each one typed."""
    parts = plain_words(fold(tag, keep_enie=False))
    starts = [fold(word, keep_enie=False) for word in typed]
    return all(any(part.startswith(start) for part in parts) for start in starts)


def _ask(handler: str, q: str, **params: Any) -> pysolr.Results:
    """Put a question to one of our handlers, over what an anonymous visitor may see."""
    labels = get_permission_labels().get_user_dataset_labels(None)
    params["fq"] = [
        f"+site_id:{solr_literal(tk.config['ckan.site_id'])}",
        "+state:active +capacity:public +entity_type:package",
        f"+permission_labels:({' OR '.join(solr_literal(label) for label in labels)})",
    ]
    try:
        solr = make_connection(decode_dates=False)
        found: pysolr.Results = solr.search(q, search_handler=handler, **params)
    except pysolr.SolrError as error:
        message = f"Solr did not answer at /{handler}"
        raise SearchError(message) from error
    return found
