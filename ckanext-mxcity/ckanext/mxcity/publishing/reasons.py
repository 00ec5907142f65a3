"""Why the work with a file stopped, in words for who waits for it; the log has the rest.

Every exception has a sentence: what happened, that nothing was lost, and what to do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import ckan.plugins.toolkit as tk
import psycopg2
import pysolr
import sqlalchemy as sa
from ckan.lib.search.common import SearchError, SearchIndexError, SolrConnectionError
from redis.exceptions import RedisError
from rq.timeouts import BaseTimeoutException

from ckanext.mxcity.files import FileRefused, messages
from ckanext.mxcity.publishing.sentences import language
from ckanext.mxcity.publishing.uploads import NO_ROOM


def _(text: str) -> str:
    """Mark a text for translation; a worker has no reader, so the portal's language is taken."""
    return text


@dataclass(frozen=True)
class Reason:
    """A kind of reason. ``passing``: what failed may be back soon, so that trying again helps."""

    code: str
    text: str
    passing: bool = False

    def said(self, error: BaseException | None = None, **values: Any) -> str:
        """Return the sentence, in the portal's language."""
        links = list(_chain(error))
        refused = next((link for link in links if isinstance(link, FileRefused)), None)
        if self is REFUSED and refused:
            # A refusal that has no text of its own is still told.
            told = messages.text(refused.code, refused.params, language())
            return told or UNKNOWN.said()
        invalid = next((link for link in links if isinstance(link, tk.ValidationError)), None)
        if self is INVALID and invalid:
            named = invalid.error_summary.items()
            values["fields"] = "; ".join(f"{name}: {text}" for name, text in named)
        return messages.said(self.text, values, language())


DATABASE = Reason(
    "database",
    _(
        "The portal's database did not answer. Nothing was lost: try again in a few minutes; if it "
        "happens once more, tell the administrators."
    ),
    passing=True,
)
SEARCH = Reason(
    "search",
    _(
        "The portal's search engine did not answer. Nothing was lost: try again in a few minutes; "
        "if it happens once more, tell the administrators."
    ),
    passing=True,
)
QUEUE_LOST = Reason(
    "queue",
    _(
        "The portal's queue of work did not answer. Nothing was lost: try again in a few minutes; "
        "if it happens once more, tell the administrators."
    ),
    passing=True,
)
DISK = Reason(
    "disk",
    _(
        "The portal's disk is full. Nothing was lost: tell the administrators, and try again when "
        "they have made room."
    ),
)
MEMORY = Reason(
    "memory",
    _(
        "The file needs more memory than the portal has for one file. Nothing was lost: divide "
        "it, by year or by area, and send the parts."
    ),
)
TIME = Reason(
    "time",
    _(
        "The file takes longer than the portal may work on one file. Nothing was lost: try again, "
        "or divide it, by year or by area, and send the parts."
    ),
)
ENDLESS = Reason(
    "endless",
    _(
        "The work was interrupted {tries} times before its end; the file may be too large. Nothing "
        "was lost: try again, or divide it, by year or by area; if it happens once more, tell the "
        "administrators."
    ),
)
INVALID = Reason(
    "invalid",
    _("The dataset cannot be published as it is described: {fields}. Correct it and try again."),
)
FORBIDDEN = Reason(
    "forbidden",
    _(
        "Your account may no longer change this dataset. Ask an administrator of its organization "
        "for the right, and try again."
    ),
)
MISSING = Reason(
    "missing",
    _("The dataset is no longer in the portal. Send the file again, to publish it as a new one."),
)
REFUSED = Reason("refused", "")
UNKNOWN = Reason(
    "unknown",
    _(
        "Something failed in the portal, not in the file. Nothing was lost: try again; if it "
        "happens once more, tell the administrators."
    ),
)

#: The kinds of exception that tell their reason by themselves; the first that fits is taken.
_KINDS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], Reason], ...] = (
    (FileRefused, REFUSED),
    (tk.ValidationError, INVALID),
    (tk.NotAuthorized, FORBIDDEN),
    (tk.ObjectNotFound, MISSING),
    (MemoryError, MEMORY),
    (BaseTimeoutException, TIME),
    (RedisError, QUEUE_LOST),
    ((SearchError, SearchIndexError, SolrConnectionError, pysolr.SolrError), SEARCH),
    ((sa.exc.TimeoutError, sa.exc.PendingRollbackError), DATABASE),
)
#: PostgreSQL's codes for a full disk and for a statement that took too long.
_DISK_FULL, _CANCELED = "53100", "57014"


def of(error: BaseException) -> Reason:
    """Return the reason that an exception, or what led to it, stands for."""
    links = list(_chain(error))
    if any(isinstance(link, OSError) and link.errno in NO_ROOM for link in links):
        return DISK
    return next((reason for reason in map(_known, links) if reason), UNKNOWN)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    link = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)


def _known(error: BaseException) -> Reason | None:
    if isinstance(error, sa.exc.DBAPIError):
        return _of_database(error.orig)
    if isinstance(error, psycopg2.Error):
        return _of_database(error)
    return next((reason for kind, reason in _KINDS if isinstance(error, kind)), None)


def _of_database(error: BaseException | None) -> Reason | None:
    code = getattr(error, "pgcode", None)
    if code in (_DISK_FULL, _CANCELED):
        return DISK if code == _DISK_FULL else TIME
    lost = isinstance(error, (psycopg2.OperationalError, psycopg2.InterfaceError))
    return DATABASE if lost else None
