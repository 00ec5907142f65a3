"""Sends batches to the index while the next ones are made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

from ckan.lib import search

from ckanext.mxcity.catalogue.bulk import index


class Publisher:
    """Has at most one batch on its way to Solr, so that memory stays and order holds.

    What goes wrong on the way is raised by the next ``send`` or on leaving; until then the batch is
    in the database only, and a run that ends so is mended by the next one.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="harvest-index")
        self._sent: Future[None] | None = None
        self._then: Callable[[], None] | None = None
        self._seen = True

    def __enter__(self) -> Publisher:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        """Wait for what is on its way, unless something else already ends the run."""
        try:
            if kind is None:
                self.settle()
        finally:
            self._pool.shutdown()

    def send(
        self, documents: Sequence[index.Document], then: Callable[[], None] | None = None
    ) -> None:
        """Send documents once those before them have arrived.

        Args:
            documents: what is to be found.
            then: called in the thread of the caller when the documents have arrived. Work for other
                processes that index the same datasets is handed out here: what they index must
                not be overtaken by what is on its way.

        Raises:
            ckan.lib.search.SearchIndexError: the documents before these did not arrive.

        """
        self.arrive()
        self._sent = self._pool.submit(index.send, documents, at_once=False)
        self._then = then
        self._seen = False

    def settle(self) -> None:
        """Wait until all that was sent is seen by searches."""
        self.arrive()
        if not self._seen:
            search.commit()
            self._seen = True

    def arrive(self) -> None:
        """Wait until what is on its way has arrived, where Solr shows it within seconds."""
        if self._sent is not None:
            (sent, self._sent), (then, self._then) = (self._sent, None), (self._then, None)
            sent.result()
            if then is not None:
                then()
