"""Fetch and read a source: yield its records and problems."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain

from ckanext.mxcity.ground.errors import (
    FetchError,
    HarvestError,
    HttpStatusError,
    NotWhatItSaysError,
    ReadError,
)
from ckanext.mxcity.ground.messages import N_
from ckanext.mxcity.net import GuardedClient
from ckanext.mxcity.net.response import Response
from ckanext.mxcity.reading.records import Caps, Document, Item
from ckanext.sniegharvest import config as options
from ckanext.sniegharvest.readers import inegi, room_client
from ckanext.sniegharvest.readers.source_type import SourceType
from ckanext.sniegharvest.sources.source_config import SourceConfig

#: There is no such thing here: another way in may exist. Every other answer is final.
_ABSENT = (404, 405, 410, 501)

#: The engine holds abnormal records apart itself, by limits that an operator can set.
UNCAPPED = Caps(resources=sys.maxsize, tags=sys.maxsize, record_bytes=sys.maxsize)


def items(
    kind: SourceType, url: str, settings: SourceConfig, client: GuardedClient
) -> Iterator[Item]:
    """Yield what the source lists, page by page.

    Raises:
        HarvestError: the source, or the rest of it, cannot be read.

    """
    fetcher = _Fetcher(client, options.inegi_token() if kind.token else "")
    try:
        yield from _read(kind, kind.begin(url, settings, options.site_url()), fetcher)
    finally:
        fetcher.close()


def _read(kind: SourceType, ways: Sequence[str | Document], fetcher: _Fetcher) -> Iterator[Item]:
    """Read from the first address that exists; one that fails or is forbidden ends the search."""
    refused: HarvestError | None = None
    for way in ways:
        try:
            document = fetcher(way) if isinstance(way, str) else way
            stream = room_client.read(kind.read, document, fetch=fetcher, caps=UNCAPPED)
            first = list(_first(stream))
        except HttpStatusError as error:
            if error.params["status"] not in _ABSENT:
                raise
            refused = refused or error
        except NotWhatItSaysError as error:
            refused = refused or error
        else:
            yield from chain(first, stream)
            return
    if refused is not None:
        raise refused


def _first(stream: Iterator[Item]) -> Iterator[Item]:
    for item in stream:
        yield item
        return


class _Fetcher:
    """Gets documents, keeps few of them, and keeps the token of a service to itself."""

    def __init__(self, client: GuardedClient, token: str = "") -> None:
        self._client, self._token = client, token
        self._opened: list[Response] = []
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="harvest-read")
        self._ahead: dict[str, Future[Response]] = {}

    def soon(self, url: str) -> None:
        """Get the next document while this one is read; one at a time, as a polite client."""
        if inegi.TOKEN not in url and not self._ahead:
            self._ahead[url] = self._pool.submit(self._client.get, url)

    def __call__(self, url: str) -> Document:
        """Return the document at an address.

        Raises:
            FetchError: it could not be had; the token is not part of what it says.
            ReadError: the service wants a token, and there is none.

        """
        asked = url
        if inegi.TOKEN in url:
            self._check_token(url)
            asked = url.replace(inegi.TOKEN, self._token)
        try:
            response = self._response(asked)
        except FetchError as error:
            if asked == url:
                raise
            raise self._cleaned(error) from None
        self._opened.append(response)
        while len(self._opened) > room_client.PAGES_KEPT:
            self._opened.pop(0).close()
        return Document(
            response.body,
            url=self._hidden(response.url),
            media_type=response.media_type,
            charset=response.encoding,
        )

    def _response(self, url: str) -> Response:
        """Return the response that was fetched ahead, else fetch the address now."""
        ahead = self._ahead.pop(url, None)
        if ahead is not None:
            return ahead.result()
        self._drop_ahead()
        return self._client.get(url)

    def _drop_ahead(self) -> None:
        """Drop a document that was fetched ahead and never asked for."""
        while self._ahead:
            _, ahead = self._ahead.popitem()
            if not ahead.cancel() and ahead.exception() is None:
                ahead.result().close()

    def close(self) -> None:
        """Close every response."""
        self._drop_ahead()
        self._pool.shutdown()
        for response in self._opened:
            response.close()

    def _check_token(self, url: str) -> None:
        if not self._token:
            reason = N_("the portal has no token for it: set ckanext.sniegharvest.inegi_token")
            raise NoTokenError(record=url, reason=reason)
        if not url.startswith(f"{options.inegi_address()}/"):
            reason = N_("its token is only for the address in ckanext.sniegharvest.inegi_address")
            raise NoTokenError(record=url, reason=reason)

    def _hidden(self, text: str) -> str:
        return text.replace(self._token, inegi.TOKEN) if self._token else text

    def _cleaned(self, error: FetchError) -> FetchError:
        params = {
            name: self._hidden(value) if isinstance(value, str) else value
            for name, value in error.params.items()
        }
        return type(error)(**params)


class NoTokenError(ReadError):
    """A service wants a token that the portal does not have. Params: ``record``, ``reason``."""

    slug = "no-token"
