"""Feeds whose pages lead to each other: CKAN's next page leads back to the first."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import ckan.plugins.toolkit as tk


def install() -> None:
    """Have CKAN write the addresses of its feeds so, once the application has its pages.

    Each application executes the module anew.
    """
    feed: Any = import_module("ckan.views.feed")
    feed._feed_url = feed_url  # noqa: SLF001  # CKAN takes no other
    feed._navigation_urls = navigation_urls  # noqa: SLF001


def feed_url(query: Mapping[str, Any], controller: str, action: str, **kwargs: Any) -> str:
    """Return the address of a feed or of a search, with what it asks for.

    Args:
        query: the parameters of the address.
        controller: the blueprint.
        action: its endpoint.
        kwargs: parts of the address itself, e.g. the name of an organization.

    """
    asked = {**dict(query.items()), **kwargs}
    return str(tk.url_for(f"{controller}.{action}", **asked, qualified=True))


def navigation_urls(
    query: Mapping[str, Any],
    controller: str,
    action: str,
    item_count: int,
    limit: int,
    **kwargs: Any,
) -> dict[str, str | None]:
    """Return the addresses of the first, last, previous and next page; None where there is none.

    Args:
        query: the parameters of the address.
        controller: the blueprint.
        action: its endpoint.
        item_count: how many datasets there are in all.
        limit: how many a page has.
        kwargs: parts of the address itself.

    """
    page, last = tk.h.get_page_number(query), max(1, -(-item_count // limit))

    def of(number: int) -> str | None:
        if not 1 <= number <= last:
            return None
        asked = {name: value for name, value in query.items() if name != "page"}
        turned = {"page": number} if number > 1 else {}
        return feed_url({**asked, **turned}, controller, action, **kwargs)

    return {"first": of(1), "last": of(last), "previous": of(page - 1), "next": of(page + 1)}
