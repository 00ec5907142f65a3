"""List, fetch and read: from the address of a source to a stream of records and problems."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ckanext.sniegharvest.errors import N_
from ckanext.sniegharvest.http import GuardedClient
from ckanext.sniegharvest.http.response import Response
from ckanext.sniegharvest.readers import Document, Item, Reader, ckan, csw, datajson, dcat_rdf
from ckanext.sniegharvest.source_config import SourceConfig

#: A large page lies in a file; the one before it may still be in use.
PAGES_KEPT = 2


@dataclass(frozen=True)
class SourceType:
    """A kind of source that can be harvested."""

    name: str
    title: str
    description: str
    read: Reader
    #: The address of the first page, from the source's address and its settings.
    first_url: Callable[[str, SourceConfig], str]


def _as_it_is(url: str, config: SourceConfig) -> str:
    return url


SOURCE_TYPES = {
    kind.name: kind
    for kind in (
        SourceType(
            "ckan",
            N_("CKAN"),
            N_("Another CKAN portal: give the address of its home page."),
            ckan.read,
            lambda url, config: ckan.first_url(url, config.query),
        ),
        SourceType(
            "dcat_json",
            N_("data.json"),
            N_("A data.json or catalogo.json file: give its address."),
            datajson.read,
            _as_it_is,
        ),
        SourceType(
            "dcat_rdf",
            N_("DCAT RDF"),
            N_("A DCAT catalogue in Turtle, RDF/XML, JSON-LD or N-Triples: give its address."),
            dcat_rdf.read,
            _as_it_is,
        ),
        SourceType(
            "csw",
            N_("CSW"),
            N_("A geoportal's catalogue service, or an ISO 19139 record: give its address."),
            csw.read,
            lambda url, config: csw_address(url),
        ),
    )
}


def csw_address(url: str) -> str:
    """The first request to a CSW service; a file or a complete request is left as it is."""
    path, _, query = url.partition("?")
    if path.lower().endswith(".xml") or "request=" in query.lower():
        return url
    return csw.first_url(url)


def items(
    kind: SourceType, url: str, config: SourceConfig, client: GuardedClient
) -> Iterator[Item]:
    """Yield what the source lists, page by page.

    Raises:
        HarvestError: the source, or the rest of it, cannot be read.

    """

    opened: list[Response] = []

    def fetch(url: str) -> Document:
        response = client.get(url)
        opened.append(response)
        while len(opened) > PAGES_KEPT:
            opened.pop(0).close()
        return Document(
            response.body,
            url=response.url,
            media_type=response.media_type,
            charset=response.encoding,
        )

    try:
        yield from kind.read(fetch(kind.first_url(url, config)), fetch=fetch)
    finally:
        for response in opened:
            response.close()
