"""Hardened against told passwords: Solr's goes in a header, not in addresses.

CKAN puts ``solr_user`` and ``solr_password`` into the address of each connection, and errors and
logs quote addresses.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote_plus, urlsplit

import pysolr


class HeaderSolr(pysolr.Solr):
    """A connection to Solr whose address has no account in it."""

    def __init__(self, url: str, *args: Any, **options: Any) -> None:
        """Take the account out of ``url``, and the rest as pysolr does."""
        parts = urlsplit(url)
        if parts.username is not None:
            account = (unquote_plus(parts.username), unquote_plus(parts.password or ""))
            options.setdefault("auth", account)
            url = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
        super().__init__(url, *args, **options)


def install() -> None:
    """Make CKAN's connections to Solr such ones."""
    pysolr.Solr = HeaderSolr  # type: ignore[misc]
