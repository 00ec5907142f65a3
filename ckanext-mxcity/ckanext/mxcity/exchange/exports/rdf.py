"""The catalogue as DCAT, in pages, by ckanext-dcat's own serializer."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import ckan.plugins.toolkit as tk

from ckanext.mxcity.exchange.exports import read
from ckanext.mxcity.exchange.exports.publisher import city_publisher
from ckanext.mxcity.exchange.exports.select import Selection, SelectionError, select
from ckanext.mxcity.ground.clock import read_moment
from ckanext.mxcity.ground.numbers import whole_number

#: The formats of ckanext-dcat, by the end of the address.
FORMATS = ("ttl", "rdf", "xml", "jsonld", "n3")
MAX_PAGE = 1_000_000


def selection_of(data_dict: dict[str, Any]) -> Selection:
    """Return the selection that the arguments of ``dcat_catalog_show`` ask for.

    Raises:
        ValidationError: an argument that is not understood.

    """
    given = {key: str(data_dict[key]) for key in ("include", "for") if data_dict.get(key)}
    try:
        return select(given)
    except SelectionError as error:
        raise tk.ValidationError({"for" if "for" in given else "include": [str(error)]}) from error


def page_number(value: Any) -> int:
    """Return the number of a page, the first if none is given.

    Raises:
        ValidationError: not a whole number from 1.

    """
    number = whole_number(value or 1)
    if number is None or not 1 <= number <= MAX_PAGE:
        raise tk.ValidationError({"page": [tk._("The page has to be a whole number from 1.")]})
    return number


def catalogue_page(data_dict: dict[str, Any], path: str) -> str:
    """Return one page of the catalogue.

    Args:
        data_dict: ``format`` (``ttl``, ``rdf``, ``xml``, ``jsonld``, ``n3``), ``page`` from 1,
            ``include`` and ``for`` as in data.json, ``modified_since`` (a date or a
            moment of ISO 8601), ``profiles``.
        path: the path that the addresses of the other pages have.

    Raises:
        ValidationError: an argument that is not understood.

    """
    from ckanext.dcat.processors import RDFSerializer
    from ckanext.dcat.utils import catalog_uri

    number = page_number(data_dict.get("page"))
    selection, arguments = _narrowed(selection_of(data_dict), data_dict)
    size = tk.config["ckanext.dcat.datasets_per_page"]
    datasets, count = read.page(selection, number, size)
    serializer = RDFSerializer(profiles=data_dict.get("profiles"))
    output: str = serializer.serialize_catalog(
        _head(),
        datasets,
        _format=data_dict.get("format"),
        pagination_info=_pages(catalog_uri().rstrip("/") + path, arguments, number, size, count),
    )
    return output


def _head() -> dict[str, str]:
    publisher = city_publisher("")
    head = {"title": publisher.catalogue_title, "description": publisher.description}
    return {key: value for key, value in head.items() if value}


def _narrowed(
    selection: Selection, data_dict: dict[str, Any]
) -> tuple[Selection, list[tuple[str, str]]]:
    """Add the arguments that ckanext-dcat has: a date, and profiles for the addresses."""
    arguments = list(selection.arguments)
    filters = list(selection.filters)
    since = data_dict.get("modified_since")
    if since:
        try:
            moment = read_moment(str(since)).isoformat() + "Z"
        except ValueError as error:
            text = tk._(
                "modified_since has to be a date of ISO 8601, e.g. 2026-01-31 or "
                "2026-01-31T18:00:00-06:00."
            )
            raise tk.ValidationError({"modified_since": [text]}) from error
        filters.append(f"+metadata_modified:[{moment} TO *]")
        arguments.append(("modified_since", str(since)))
    profiles = data_dict.get("profiles")
    if profiles:
        names = [profiles] if isinstance(profiles, str) else profiles
        arguments.append(("profiles", ",".join(map(str, names))))
    return Selection(tuple(filters), selection.arguments), arguments


def _pages(
    address: str, arguments: list[tuple[str, str]], number: int, size: int, count: int
) -> dict[str, Any]:
    if not count:
        return {}
    last = -(-count // size)

    def url(page: int) -> str:
        return f"{address}?{urlencode([*arguments, ('page', str(page))])}"

    info = {
        "count": count,
        "items_per_page": size,
        "current": url(number),
        "first": url(1),
        "last": url(last),
    }
    if number > 1:
        info["previous"] = url(min(number - 1, last))
    if number < last:
        info["next"] = url(number + 1)
    return info
