"""Helpers of the search for templates."""

from __future__ import annotations

from typing import Any

from ckanext.mxcity.search import notice, solr_requests

__all__ = ["mxcity_did_you_mean", "mxcity_search_notice"]


def mxcity_did_you_mean(q: str) -> str | None:
    """Return the question with better spelling, None when there is none; one request to Solr.

    For a page with few results; where there were none the search has corrected itself already, and
    ``mxcity_search_notice`` says so.
    """
    return solr_requests.correct(q or "")


def mxcity_search_notice() -> dict[str, Any] | None:
    """Return ``asked``, ``answered``, ``relaxed`` of a search answered otherwise."""
    return notice.kept()
