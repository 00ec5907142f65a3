"""Ask a source only for what changed since we last read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from ckanext.mxcity.net.client import GuardedClient
from ckanext.mxcity.net.response import Response

#: A document may change twice within the second that Last-Modified can tell: it has to be older.
SETTLED_SECONDS = 60


class NotModifiedError(Exception):
    """The document is the one that we have already read."""


@dataclass(frozen=True)
class Version:
    """Which version of a document was read; empty where the server did not say."""

    address: str = ""
    etag: str = ""
    last_modified: str = ""
    sha256: str = ""


class ConditionalClient:
    """A client whose first request is conditional, and that remembers what it got.

    Args:
        client: does the work.
        known: the version that was read before, if there is one.

    """

    def __init__(self, client: GuardedClient, known: Version | None = None) -> None:
        self._client = client
        self._known = known
        self._got: Version | None = None
        self._requests = 0

    def get(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        etag: str = "",
        last_modified: str = "",
        *,
        obey_robots: bool = True,
    ) -> Response:
        """Fetch as :meth:`GuardedClient.get` does.

        Raises:
            NotModifiedError: the first document is the known version.
            FetchError: see :mod:`ckanext.mxcity.ground.errors`.

        """
        known = self._known if not self._requests and self._matches(url) else None
        if known is not None:
            etag, last_modified = etag or known.etag, last_modified or known.last_modified
        self._requests += 1
        response = self._client.get(url, headers, etag, last_modified, obey_robots=obey_robots)
        if known is not None and (response.not_modified or response.sha256 == known.sha256):
            response.close()
            raise NotModifiedError(url)
        self._got = version(url, response)
        return response

    @property
    def single(self) -> Version | None:
        """The version of the one document that was read; None if there were several."""
        return self._got if self._requests == 1 else None

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._client.close()

    def __getattr__(self, name: str) -> Any:
        # What else the client can do counts as further requests: no version can be told.
        self._requests += 2
        return getattr(self._client, name)

    def _matches(self, url: str) -> bool:
        return self._known is not None and self._known.address == url


def version(url: str, response: Response) -> Version:
    """Return which version a response is; a date that may hide a later change is left out."""
    dated = response.last_modified
    try:
        age = parsedate_to_datetime(response.headers.get("date", "")) - parsedate_to_datetime(dated)
    except (TypeError, ValueError):
        dated = ""
    else:
        dated = dated if age.total_seconds() >= SETTLED_SECONDS else ""
    return Version(url, response.etag, dated, response.sha256)
