"""Documents of the search index: made by CKAN's own code, sent together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ckan.plugins.toolkit as tk
import pysolr
from ckan.lib.search import index as core
from ckan.lib.search.common import SearchIndexError, make_connection

from ckanext.mxcity.catalogue.bulk.quick import bound

Document = dict[str, Any]
#: Milliseconds after which documents that are not committed are seen all the same.
SEEN_WITHIN = 5_000


class _Collector:
    """Stands where CKAN has its connection to Solr, and keeps what is added."""

    def __init__(self) -> None:
        self.documents: list[Document] = []

    def __call__(self) -> _Collector:
        return self

    def add(self, docs: list[Document], commit: bool) -> None:
        """Keep the documents."""
        self.documents += docs


class Documents:
    """Makes the documents of a batch."""

    def __init__(self, indexers: Any) -> None:
        """Take what stands for the implementations of IPackageController."""
        self._collector = _Collector()
        self._index = core.PackageSearchIndex()
        self._make = bound(
            core.PackageSearchIndex.index_package,
            make_connection=self._collector,
            PluginImplementations=indexers,
        )

    def make(self, default: dict[str, Any], own: dict[str, Any]) -> Document | None:
        """Return the document of a dataset, after all plugins; None if CKAN would not index it.

        Args:
            default: the dataset by CKAN's schema.
            own: by that of its type.

        """
        self._collector.documents = []
        self._make(self._index, {**default, "with_custom_schema": own}, defer_commit=True)
        return self._collector.documents[0] if self._collector.documents else None


def remove(package_ids: Sequence[str]) -> None:
    """Take datasets out of the index with one request.

    Raises:
        ckan.lib.search.SearchIndexError: Solr does not answer.

    """
    if not package_ids:
        return
    named = " OR ".join(f'"{package_id}"' for package_id in package_ids)
    site = tk.config["ckan.site_id"]
    query = f'+entity_type:package +id:({named}) +site_id:"{site}"'
    try:
        make_connection().delete(q=query, commit=True)
    except (pysolr.SolrError, OSError) as error:
        raise SearchIndexError(f"Solr did not remove datasets: {str(error)[:1000]}") from error


def send(documents: Sequence[Document], *, at_once: bool = True) -> None:
    """Add documents with one request; they are seen at once, or within seconds.

    Raises:
        ckan.lib.search.SearchIndexError: Solr does not answer, or refuses them.

    """
    if not documents:
        return
    try:
        seen: dict[str, Any] = {"commit": True, "waitSearcher": True}
        if not at_once:
            seen = {"commit": False, "commitWithin": str(SEEN_WITHIN)}
        make_connection().add(docs=list(documents), **seen)
    except (pysolr.SolrError, OSError) as error:
        raise SearchIndexError(f"Solr did not take the documents: {str(error)[:1000]}") from error
