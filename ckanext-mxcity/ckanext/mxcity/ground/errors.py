"""Everything that may go wrong between a source and a record, as data. No CKAN import.

::

    HarvestError
    ├── FetchError                 a request that was not made, or not answered well
    │   ├── AddressRefusedError    the address is not on the public network
    │   │   └── ServerUnknownError the address may be that of a server whose name found none
    │   ├── SchemeRefusedError     the URL is not a plain http or https one
    │   ├── RobotsRefusedError     the site asks programs not to read it
    │   ├── TooManyRedirectsError
    │   ├── TooLargeError
    │   ├── TooSlowError
    │   ├── ConnectionFailedError
    │   └── HttpStatusError
    └── ReadError                  a whole document (or listing) that cannot be read
        ├── NotWhatItSaysError     a web page where data were promised
        ├── DangerousDocumentError a document that our parsers refuse to open
        ├── UnsupportedFormatError a format that is known, and not read
        └── IncompleteListingError records were read, but more exist that could not be

Each class has a ``slug``, an English ``template`` (the message id of its translation) and
``params``; ``str(error)`` is the template filled in. None of them but ``ServerUnknownError`` is
an ``OSError``, so that a library's own retries cannot swallow a refusal. Raising one has no side
effect.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from ckanext.mxcity.ground.messages import N_, Message, filled


class HarvestError(Exception):
    """Any failure of reading a source; catch this to catch them all."""

    slug: ClassVar[str] = "harvest-error"
    template: ClassVar[str] = N_("The source could not be harvested: {reason}")

    def __init__(self, **params: Any) -> None:
        self.params: Mapping[str, Any] = MappingProxyType(params)
        super().__init__(filled(self.template, params))

    def __reduce__(self) -> tuple[Any, ...]:
        # Exceptions built from keyword arguments do not pickle by themselves.
        return _rebuild, (type(self), dict(self.params))

    @property
    def message(self) -> Message:
        """The same as data, to be stored or translated."""
        return Message(self.slug, self.template, self.params)


def _rebuild(error: type[HarvestError], params: dict[str, Any]) -> HarvestError:
    return error(**params)


class FetchError(HarvestError):
    """A request was not made, or not answered as it should. Params: ``url``, ``reason``."""

    slug = "fetch"
    template = N_("{url} could not be fetched: {reason}")


class AddressRefusedError(FetchError):
    """The host is, or resolves to, an address outside the public network.

    Params: ``url``, ``host``, ``address``, ``reason``.
    """

    slug = "address-refused"
    template = N_(
        "The address {address} of {host} is not allowed ({reason}). Only public addresses are "
        "fetched; an internal host has to be named in the configuration."
    )


class ServerUnknownError(AddressRefusedError, OSError):
    """The address is refused while the name of a server of the portal, at that port, found none.

    It is an ``OSError``: a client of that server takes it for what it is, a server out of reach.
    Params: as of ``AddressRefusedError``.
    """


class SchemeRefusedError(FetchError):
    """The URL is not a plain http(s) one. Params: ``url``, ``reason``."""

    slug = "url-refused"
    template = N_("{url} is not an address that can be fetched: {reason}.")


class RobotsRefusedError(FetchError):
    """The site's robots.txt forbids the URL. Params: ``url``, ``host``, ``reason``."""

    slug = "robots-refused"
    template = N_(
        "{host} asks programs not to fetch {url} ({reason}). Ask the site for permission and "
        "record it in the configuration."
    )


class TooManyRedirectsError(FetchError):
    """The site sends us on and on. Params: ``url``, ``limit``."""

    slug = "too-many-redirects"
    template = N_("{url} was redirected more than {limit} times.")


class TooLargeError(FetchError):
    """The answer, decompressed, passes the limit. Params: ``url``, ``limit`` (bytes)."""

    slug = "too-large"
    template = N_("{url} is larger than the {limit} bytes allowed.")


class TooSlowError(FetchError):
    """The answer did not arrive in time. Params: ``url``, ``limit`` (seconds)."""

    slug = "too-slow"
    template = N_("{url} did not answer completely within {limit} seconds.")


class ConnectionFailedError(FetchError):
    """There was no connection: name, network or certificate. Params: ``url``, ``reason``."""

    slug = "connection-failed"
    template = N_("There is no connection with {url}: {reason}")


class HttpStatusError(FetchError):
    """The server answered with an error. Params: ``url``, ``status``, ``retry_after`` or None."""

    slug = "http-status"
    template = N_("{url} answered with HTTP status {status}.")


class ReadError(HarvestError):
    """A whole document cannot be read. Params: ``record`` (document or record), ``reason``."""

    slug = "unreadable"
    template = N_("{record} cannot be read: {reason}")


class NotWhatItSaysError(ReadError):
    """The document is of another kind. Params: ``record``, ``expected``, ``found``."""

    slug = "not-what-it-says"
    template = N_("{record} should be {expected} but is {found}.")


class DangerousDocumentError(ReadError):
    """The document uses what our parsers refuse to open. Params: ``record``, ``reason``."""

    slug = "dangerous-document"
    template = N_("{record} was refused without being opened: {reason}")


class UnsupportedFormatError(ReadError):
    """The format is recognised, and not read. Params: ``record``, ``format``."""

    slug = "unsupported-format"
    template = N_("{record} is {format}, which is not harvested yet. Ask the source for another.")


class IncompleteListingError(ReadError):
    """The listing ended before its end: nothing may be deleted. Params: ``record``, ``reason``."""

    slug = "incomplete-listing"
    template = N_("The list of records of {record} is not complete: {reason}")


#: Reasons that several readers give, with the places that are filled in.
FEWER = N_("it announces {announced} records and gave {given}")
MORE_PAGES = N_("it has more than {pages} pages")
TOO_DEEP = N_("it is nested more than {depth} levels deep")
ANSWERED = N_("it answered: {answer}")
