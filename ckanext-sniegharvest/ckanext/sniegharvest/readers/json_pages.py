"""What readers of paged JSON services share: page after page, to the announced number."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from ckanext.mxcity.ground.errors import (
    FEWER,
    MORE_PAGES,
    IncompleteListingError,
    NotWhatItSaysError,
)
from ckanext.mxcity.ground.messages import Message
from ckanext.mxcity.reading import assemble, mappings, values
from ckanext.mxcity.reading.decode import load_json
from ckanext.mxcity.reading.records import Caps, Document, Draft, Fetch, Item, Record
from ckanext.sniegharvest.readers import dcat_json, json_stream


@dataclass(frozen=True)
class Page:
    """One answer of a service."""

    entries: list[Any]
    #: How many there are in all, if the service says.
    total: int | None
    #: The address of the next page, if the service gives it.
    following: str = ""


@dataclass(frozen=True)
class Service:
    """What is particular to a service."""

    #: Name of its table in ``schemas/mappings``.
    name: str
    #: What it should have answered, for a message.
    expected: str
    #: Reads an answer; None if it is not one.
    page: Callable[[Any], Page | None]
    #: The address of the page after this one: address, entries read before, last page.
    next_url: Callable[[str, int, Page], str]
    #: The files of an entry, in the keys of DCAT-US, given the address of the service.
    distributions: Callable[[Mapping[str, Any], str], list[dict[str, Any]]]


def site(url: str) -> str:
    """Return the scheme and host of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def base(url: str, *markers: str) -> str:
    """Return an address up to the first of some markers, without query and last slash."""
    parts = urlsplit(url)
    path = parts.path
    for marker in markers:
        path = path.split(marker, 1)[0]
    return urlunsplit((parts.scheme, parts.netloc, path.rstrip("/"), "", ""))


def with_query(url: str, **changes: str) -> str:
    """Return an address with some parameters set, the others kept."""
    parts = urlsplit(url)
    kept = [pair for pair in parse_qsl(parts.query) if pair[0] not in changes]
    query = urlencode([*kept, *changes.items()])
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))


def read(service: Service, document: Document, fetch: Fetch | None, caps: Caps) -> Iterator[Item]:
    """Yield the datasets of an answer and, with ``fetch``, of its further pages.

    Raises:
        ReadError: not an answer of the service.
        IncompleteListingError: the pages ended before the announced number.

    """
    assembler = assemble.Assembler(caps)
    current, seen, visited = document, 0, {document.url}
    for _number in range(caps.pages):
        page, warning = _page(service, current, caps)
        for entry in page.entries:
            yield _record(service, assembler, entry, document.url, warning)
        seen += len(page.entries)
        if fetch is None or (page.total is None and not page.following):
            return
        if page.total is not None and seen >= page.total:
            return
        following = service.next_url(current.url, seen, page) if page.entries else ""
        if not following or following in visited:
            raise IncompleteListingError(
                record=document.name, reason=FEWER, announced=page.total, given=seen
            )
        visited.add(following)
        current = fetch(following)
    raise IncompleteListingError(record=document.name, reason=MORE_PAGES, pages=caps.pages)


def read_either(
    service: Service,
    document: Document,
    fetch: Fetch | None,
    caps: Caps,
    shorten: Callable[[str], str],
) -> Iterator[Item]:
    """Yield the datasets of a site's ``data.json`` or, with ``fetch``, of all pages of its service.

    Args:
        service: that answers where the site has no ``data.json``.
        document: one or the other.
        fetch: as in :func:`read`.
        caps: as in :func:`read`.
        shorten: from the identifier of a ``data.json`` to that of the service, so that a dataset
            has the same one in both.

    Raises:
        ReadError: neither of the two.
        IncompleteListingError: the pages ended before the announced number.

    """
    if _is_answer(service, document, caps):
        yield from read(service, document, fetch, caps)
        return
    for item in dcat_json.read(document, caps=caps):
        if isinstance(item, Record):
            identifier = shorten(item.identifier)
            dataset = {**item.dataset, "identifier": identifier}
            yield replace(item, identifier=identifier, dataset=dataset)
        else:
            yield item


def _is_answer(service: Service, document: Document, caps: Caps) -> bool:
    body = document.body
    size = len(body) if isinstance(body, bytes) else body.stat().st_size
    if size >= json_stream.STREAMED_FROM:
        return False  # a page of a service is never that large
    loaded, _warning = load_json(document, caps.depth)
    return service.page(loaded) is not None


def _page(service: Service, document: Document, caps: Caps) -> tuple[Page, Message | None]:
    loaded, warning = load_json(document, caps.depth)
    page = service.page(loaded)
    if page is None:
        raise NotWhatItSaysError(
            record=document.name, expected=service.expected, found="other JSON"
        )
    return page, warning


def _record(
    service: Service, assembler: assemble.Assembler, entry: Any, url: str, warning: Message | None
) -> Item:
    if not isinstance(entry, Mapping):
        return assembler.no_record(entry)
    draft = Draft(warnings=[warning] if warning else [])
    try:
        raw = assemble.as_canonical(entry)
        told, lost = mappings.translate(raw, service.name)
        told["distribution"] = service.distributions(raw, url)
        dcat_json.map_dataset(draft, told, {})
        draft.unmapped |= lost
        identifier = values.text(told.get("identifier"))
        return assembler.finish(draft, raw, identifier, values.text(told.get("title")))
    except (TypeError, ValueError, LookupError, AttributeError, RecursionError) as error:
        reason = str(error)[:200]
        return assembler.problem("invalid", "unreadable", assemble.UNREADABLE, reason=reason)
