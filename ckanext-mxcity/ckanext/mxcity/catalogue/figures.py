"""The counts that every page of the portal may show: one request to Solr, kept for a minute."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ckan.plugins.toolkit as tk
from flask import Response, after_this_request, g, has_request_context

from ckanext.mxcity.dataset.types import FILTER
from ckanext.mxcity.ground.timed_cache import TimedCache

#: How old a count may be, in seconds.
MAX_AGE = 60.0

#: The facets that are counted.
FIELDS = ("organization", "vocab_topics", "res_format")

#: Set in a request that changes the index.
_NOTED = "mxcity_figures_change"


@dataclass(frozen=True)
class Figures:
    """Counts of the public catalogue, for who is not logged in."""

    datasets: int
    #: Datasets by organisation's name, topic's key and format.
    organizations: dict[str, int]
    topics: dict[str, int]
    formats: dict[str, int]


def catalogue_figures() -> Figures:
    """Return the counts of the public catalogue, at most a minute old."""
    return _figures.get()


def forget() -> None:
    """Count anew next time, and once more after the request that is changing the index.

    A dataset is announced before the index has it: what another thread counts in between is
    forgotten when the request ends, which is after the commit of the index.
    """
    _figures.forget()
    if has_request_context() and not g.get(_NOTED):
        setattr(g, _NOTED, True)
        after_this_request(_forget_after)


def _forget_after(response: Response) -> Response:
    _figures.forget()
    return response


def _count() -> Figures:
    query: dict[str, Any] = {
        "q": "*:*",
        "fq": FILTER,
        "rows": 0,
        "facet.field": list(FIELDS),
        "facet.limit": -1,
    }
    # Nobody's rights: only what everybody may see is counted.
    answer = tk.get_action("package_search")({"user": "", "auth_user_obj": None}, query)
    facets = answer["facets"]
    return Figures(
        datasets=answer["count"],
        organizations=facets["organization"],
        topics=facets["vocab_topics"],
        formats=facets["res_format"],
    )


_figures = TimedCache(_count, MAX_AGE)
