"""The counts that every page of the portal may show: one request to Solr, kept for a minute."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.mxcity.dataset_types import FILTER

#: How old a count may be, in seconds.
MAX_AGE = 60.0

#: The facets that are counted.
FIELDS = ("organization", "vocab_topics", "res_format")


@dataclass(frozen=True)
class Figures:
    """Counts of the public catalogue, for who is not logged in."""

    datasets: int
    #: Datasets by organisation's name, topic's key and format.
    organizations: dict[str, int]
    topics: dict[str, int]
    formats: dict[str, int]


class _Kept:
    """The last figures, with the moment they were counted."""

    def __init__(self) -> None:
        self.figures: Figures | None = None
        self.counted_at = 0.0


_kept = _Kept()


def catalogue_figures() -> Figures:
    """Return the counts of the public catalogue, at most a minute old."""
    if _kept.figures is None or time.monotonic() - _kept.counted_at > MAX_AGE:
        _kept.figures = _count()
        _kept.counted_at = time.monotonic()
    return _kept.figures


def forget() -> None:
    """Count anew next time; called when this process changes the index."""
    _kept.figures = None


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
