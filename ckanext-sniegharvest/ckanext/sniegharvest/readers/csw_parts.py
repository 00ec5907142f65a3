"""A page of a CSW service that fails is asked for again in halves, down to the record at fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from lxml import etree

from ckanext.mxcity.ground.errors import HarvestError, HttpStatusError, ReadError
from ckanext.mxcity.ground.numbers import whole_number

#: From an address to the root of the answer; raises what the service or its answer deserves.
Load = Callable[[str], etree._Element]

#: A failing page costs so many requests at most: with 50 records, some eight of them broken.
MOST_REQUESTS = 100
_SERVER_ERROR = 500
#: It is the whole service that is busy or down, not a record that breaks its answer.
_DOWN = (502, 503, 504)


def may_split(error: HarvestError, url: str) -> bool:
    """Return whether a smaller page may succeed: the service failed, or its answer was broken."""
    if isinstance(error, HttpStatusError):
        status = int(error.params["status"])
        if status < _SERVER_ERROR or status in _DOWN:
            return False
    elif not isinstance(error, ReadError):
        return False
    found = span(url)
    return found is not None and found[1] > 1


def span(url: str) -> tuple[int, int] | None:
    """Return the first position of a page and its number of records; None if it says neither."""
    asked = {name.lower(): value for name, value in parse_qsl(urlsplit(url).query)}
    start, size = (whole_number(asked.get(name)) for name in ("startposition", "maxrecords"))
    return None if start is None or size is None else (start, size)


def page_url(url: str, start: int, size: int | None = None) -> str:
    """Return the address of a page; of the same size if none is given."""
    parts = urlsplit(url)
    dropped = ("startposition",) if size is None else ("startposition", "maxrecords")
    pairs = [pair for pair in parse_qsl(parts.query) if pair[0].lower() not in dropped]
    pairs += [("startPosition", str(start))]
    pairs += [] if size is None else [("maxRecords", str(size))]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(pairs), ""))


def split(
    load: Load, url: str, error: HarvestError, is_past: Callable[[int], bool]
) -> Iterator[tuple[int, etree._Element | HarvestError]]:
    """Yield what a failed page holds: answers, and for single records why they cannot be had.

    Args:
        load: gets an answer.
        url: of the page that failed.
        error: how it failed; raised again if no part of the page succeeds.
        is_past: whether a position is known to lie beyond the last record.

    """
    start, size = span(url) or (1, 1)
    waiting = _halves(start, size)
    broken: list[tuple[int, HarvestError]] = []
    requests, succeeded = 0, False
    while waiting:
        start, size = waiting.pop()
        if is_past(start):
            continue
        requests += 1
        if requests > MOST_REQUESTS:
            raise error
        try:
            root = load(page_url(url, start, size))
        except HarvestError as problem:
            if size > 1 and may_split(problem, page_url(url, start, size)):
                waiting += _halves(start, size)
            elif isinstance(problem, (HttpStatusError, ReadError)):
                broken.append((start, problem))
            else:
                raise
            continue
        succeeded = True
        yield from broken
        broken = []
        yield start, root
    if not succeeded:
        raise error
    yield from broken


def _halves(start: int, size: int) -> list[tuple[int, int]]:
    """Return the second half, and on top of it the first."""
    half = (size + 1) // 2
    return [(start + half, size - half), (start, half)]
