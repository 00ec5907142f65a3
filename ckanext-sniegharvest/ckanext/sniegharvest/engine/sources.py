"""The types of source, and from the address of one to a stream of records and problems."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain

from ckanext.sniegharvest import config as options
from ckanext.sniegharvest.errors import (
    N_,
    FetchError,
    HarvestError,
    HttpStatusError,
    NotWhatItSaysError,
    ReadError,
)
from ckanext.sniegharvest.http import GuardedClient
from ckanext.sniegharvest.http.response import Response
from ckanext.sniegharvest.readers import (
    Caps,
    Document,
    Item,
    Reader,
    apart,
    arcgis_hub,
    ckan,
    csw,
    datajson,
    dcat_rdf,
    inegi,
    opendatasoft,
    socrata,
    spreadsheet,
)
from ckanext.sniegharvest.source_config import SourceConfig

#: There is no such thing here: another way in may exist. Every other answer is final.
_ABSENT = (404, 405, 410, 501)

#: From the address and settings of a source to where to begin: the first that exists is read.
Begin = Callable[[str, SourceConfig], Sequence[str | Document]]


@dataclass(frozen=True)
class SourceType:
    """A kind of source that can be harvested."""

    name: str
    title: str
    description: str
    read: Reader
    begin: Begin = lambda url, settings: [url]
    #: The service wants a token in its addresses; see :mod:`ckanext.sniegharvest.readers.inegi`.
    token: bool = False
    #: It gives just the areas that it is asked for, so that nothing is left to filter.
    exact_areas: bool = False


def _indicators(url: str, settings: SourceConfig) -> list[str | Document]:
    """What is wanted of INEGI's service, as the document that its reader begins with."""
    wanted = {
        "base": url,
        "indicators": settings.indicators,
        "areas": settings.areas or [inegi.NATION],
        "bank": settings.bank,
        "files": options.indicator_files(),
    }
    return [Document(json.dumps(wanted).encode(), url, "application/json")]


SOURCE_TYPES = {
    kind.name: kind
    for kind in (
        SourceType(
            "ckan",
            N_("CKAN"),
            N_("Another CKAN portal: give the address of its home page."),
            ckan.read,
            lambda url, settings: ckan.first_urls(url, ckan.filters(settings)),
        ),
        SourceType(
            "dcat_json",
            N_("data.json"),
            N_("A data.json or catalogo.json file: give its address."),
            datajson.read,
        ),
        SourceType(
            "dcat_rdf",
            N_("DCAT RDF"),
            N_("A DCAT catalogue in Turtle, RDF/XML, JSON-LD or N-Triples: give its address."),
            dcat_rdf.read,
        ),
        SourceType(
            "csw",
            N_("CSW"),
            N_("A geoportal's catalogue service, or an ISO 19139 record: give its address."),
            csw.read,
            lambda url, settings: csw.first_urls(url),
        ),
        SourceType(
            "arcgis_hub",
            N_("ArcGIS Hub"),
            N_("An ArcGIS Hub site: give the address of its home page."),
            arcgis_hub.read,
            lambda url, settings: arcgis_hub.first_urls(url),
        ),
        SourceType(
            "socrata",
            N_("Socrata"),
            N_("A Socrata portal: give the address of its home page."),
            socrata.read,
            lambda url, settings: socrata.first_urls(url),
        ),
        SourceType(
            "opendatasoft",
            N_("OpenDataSoft"),
            N_("An OpenDataSoft portal: give the address of its home page."),
            opendatasoft.read,
            lambda url, settings: opendatasoft.first_urls(url),
        ),
        SourceType(
            "inegi_indicators",
            N_("INEGI's indicators"),
            N_(
                "Series of INEGI's indicator bank: give the address of the service; the settings "
                "name the indicators and the areas."
            ),
            inegi.read,
            _indicators,
            token=True,
            exact_areas=True,
        ),
        SourceType(
            "spreadsheet",
            N_("Spreadsheet"),
            N_("A catalogue or inventory in CSV or Excel: give its address."),
            spreadsheet.read,
        ),
    )
}

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
        yield from _read(kind, kind.begin(url, settings), fetcher)
    finally:
        fetcher.close()


def _read(kind: SourceType, ways: Sequence[str | Document], fetcher: _Fetcher) -> Iterator[Item]:
    """Read by the first way that exists; what is forbidden or fails is no reason for another."""
    refused: HarvestError | None = None
    for way in ways:
        try:
            document = fetcher(way) if isinstance(way, str) else way
            stream = apart.read(kind.read, document, fetch=fetcher, caps=UNCAPPED)
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
        while len(self._opened) > apart.PAGES_KEPT:
            self._opened.pop(0).close()
        return Document(
            response.body,
            url=self._hidden(response.url),
            media_type=response.media_type,
            charset=response.encoding,
        )

    def _response(self, url: str) -> Response:
        """Return what was fetched ahead, else what is fetched now."""
        ahead = self._ahead.pop(url, None)
        if ahead is not None:
            return ahead.result()
        self._drop_ahead()
        return self._client.get(url)

    def _drop_ahead(self) -> None:
        """Let go of a document that nobody has asked for after all."""
        while self._ahead:
            _, ahead = self._ahead.popitem()
            if not ahead.cancel() and ahead.exception() is None:
                ahead.result().close()

    def close(self) -> None:
        """Let go of what was fetched."""
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
