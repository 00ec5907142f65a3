"""Helpers of the search for templates."""

from __future__ import annotations

from typing import Any

from ckanext.mxcity.catalogue import figures
from ckanext.mxcity.city.language import current_language
from ckanext.mxcity.search import notice, solr_requests, subjects

__all__ = ["mxcity_did_you_mean", "mxcity_search_notice", "mxcity_search_topic"]


def mxcity_did_you_mean(q: str) -> str | None:
    """Return the question in another spelling, None when there is none; two requests to Solr.

    For a page with few results; where there were none ``mxcity_search_notice`` has it.
    """
    return solr_requests.offered(q or "")


def mxcity_search_notice() -> dict[str, Any] | None:
    """Return ``asked``, ``answered``, ``relaxed``, ``offered`` of a search that found nothing.

    ``answered`` are the words that were searched for instead, ``asked`` itself where there are
    none; ``offered`` is another spelling that finds something.
    """
    return notice.kept()


def mxcity_search_topic(q: str) -> dict[str, Any] | None:
    """Return the ``key``, ``title`` and ``count`` of the topic that is nearest to a question.

    None where our lists know none of its words, or no dataset has the topic.
    """
    term = subjects.topic_of(q or "")
    count = figures.catalogue_figures().topics.get(term.key, 0) if term else 0
    title = term.label(current_language()) if term else ""
    return {"key": term.key, "title": title, "count": count} if term and count else None
