"""Documents of the search index: made by CKAN's own code, sent together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pysolr
from ckan.lib.search import index as core
from ckan.lib.search.common import SearchIndexError, make_connection

from ckanext.sniegharvest.engine.bulk.schemas import bound

Document = dict[str, Any]


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
        """The document of a dataset, after all plugins; None if CKAN would not index it.

        Args:
            default: the dataset by CKAN's schema.
            own: by that of its type.

        """
        self._collector.documents = []
        self._make(self._index, {**default, "with_custom_schema": own}, defer_commit=True)
        return self._collector.documents[0] if self._collector.documents else None


def send(documents: Sequence[Document]) -> None:
    """Add documents with one request; they are seen at once.

    Raises:
        ckan.lib.search.SearchIndexError: Solr does not answer, or refuses them.

    """
    if not documents:
        return
    try:
        make_connection().add(docs=list(documents), commit=True, waitSearcher=True)
    except (pysolr.SolrError, OSError) as error:
        raise SearchIndexError(f"Solr did not take the documents: {str(error)[:1000]}") from error
