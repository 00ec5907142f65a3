"""CKAN's question to the index, answered from PostgreSQL where Solr is away and no words are asked.

A search stays a search: its page and its action say that they cannot answer. What is a page of
something that PostgreSQL knows whole goes on: the home page, organisations, groups, exports, feeds.
"""

from __future__ import annotations

import logging
from typing import Any

from ckan.lib import search
from ckan.lib.dictization import model_dictize
from ckan.lib.search.common import SearchError, SearchQueryError, SolrConnectionError
from ckan.lib.search.query import PackageSearchQuery
from flask import g, has_request_context, request

from ckanext.mxcity.guard.index import connection
from ckanext.mxcity.guard.index.database import Answer
from ckanext.mxcity.guard.index.language import UnansweredError

log = logging.getLogger(__name__)

#: Set in a request in which Solr did not understand a question.
BAD = "mxcity_search_is_bad"
#: The action that is a search, and the end of the names of pages that are.
_ACTION, _PAGE = "package_search", ".search"


class CarefulQuery(PackageSearchQuery):
    """Asks Solr, and PostgreSQL in its place."""

    def run(  # type: ignore[override]  # as in the class of CKAN that it extends
        self, query: dict[str, Any], permission_labels: list[str] | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        """Find datasets, as CKAN's own does.

        Raises:
            SolrConnectionError: Solr is away, and it needs Solr.
            SearchQueryError: Solr did not understand.

        """
        asked = dict(query)
        try:
            return super().run(query, permission_labels, **kwargs)
        except SearchQueryError:
            _note_bad()
            raise
        except SearchError as error:
            if connection.is_bad_question(error) or "not supported in param" in str(error):
                _note_bad()
                raise SearchQueryError(str(error)) from error
            if not connection.is_away(error):
                raise
            fault: Exception = error
        except SolrConnectionError as error:
            fault = error
        return self._from_database(asked, permission_labels, fault)

    def _from_database(
        self, asked: dict[str, Any], labels: list[str] | None, fault: Exception
    ) -> dict[str, Any]:
        if not _goes_on():
            raise SolrConnectionError(str(fault)) from fault
        try:
            answer = Answer(asked, labels)
        except UnansweredError as reason:
            log.info("Only the index could answer: %s", reason)
            raise SolrConnectionError(str(fault)) from fault
        self.count = answer.count()
        self.results: list[Any] = answer.documents()
        self.facets = answer.facets()
        if asked.get("fl") in ("id", "name"):
            self.results = [found.get(asked["fl"]) for found in self.results]
        return {"results": self.results, "count": self.count}


def install() -> None:
    """Let CKAN ask this way, wherever it asks for datasets."""
    search._QUERIES["package"] = CarefulQuery
    search.PackageSearchQuery = CarefulQuery  # type: ignore[misc]
    model_dictize.search.PackageSearchQuery = CarefulQuery  # type: ignore[misc]


def _goes_on() -> bool:
    """Return whether a request is answered without Solr; work outside of requests waits for it."""
    if not has_request_context():
        return False
    endpoint = request.endpoint or ""
    named = (request.view_args or {}).get("logic_function")
    return not endpoint.endswith(_PAGE) and named != _ACTION


def _note_bad() -> None:
    if has_request_context():
        setattr(g, BAD, True)
