"""Sentences for the clerk whose file a worker could not finish; the log has the exception.

Each says what happened, that nothing was lost, and what to do. Every exception has one.
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

from ckanext.mxcity.city.language import current_language
from ckanext.mxcity.files import FileRefused, messages
from ckanext.mxcity.ground.messages import N_, said
from ckanext.mxcity.publishing.upload_files import NO_ROOM


@dataclass(frozen=True)
class Failure:
    """A kind of failure; ``passing`` if a later try may succeed without anybody's help."""

    code: str
    text: str
    passing: bool = False

    def said(self, error: BaseException | None = None, **values: Any) -> str:
        """Return the sentence, in the portal's language."""
        links = list(_chain(error))
        refused = next((link for link in links if isinstance(link, FileRefused)), None)
        if self is REFUSED and refused:
            # A refusal that has no text of its own is still told.
            told = messages.text(refused.code, refused.params, current_language())
            return told or UNKNOWN.said()
        invalid = next((link for link in links if isinstance(link, tk.ValidationError)), None)
        if self is INVALID and invalid:
            named = invalid.error_summary.items()
            values["fields"] = "; ".join(f"{name}: {text}" for name, text in named)
        return said(self.text, values, current_language())


DATABASE = Failure(
    "database",
    N_(
        "The portal's database did not answer. Nothing was lost: try again in a few minutes; if it "
        "happens once more, tell the administrators."
    ),
    passing=True,
)
SEARCH = Failure(
    "search",
    N_(
        "The portal's search engine did not answer. Nothing was lost: try again in a few minutes; "
        "if it happens once more, tell the administrators."
    ),
    passing=True,
)
QUEUE_LOST = Failure(
    "queue",
    N_(
        "The portal's queue of work did not answer. Nothing was lost: try again in a few minutes; "
        "if it happens once more, tell the administrators."
    ),
    passing=True,
)
DISK = Failure(
    "disk",
    N_(
        "The portal's disk is full. Nothing was lost: tell the administrators, and try again when "
        "they have made room."
    ),
)
MEMORY = Failure(
    "memory",
    N_(
        "The file needs more memory than the portal has for one file. Nothing was lost: divide "
        "it, by year or by area, and send the parts."
    ),
)
TIME = Failure(
    "time",
    N_(
        "The file takes longer than the portal may work on one file. Nothing was lost: try again, "
        "or divide it, by year or by area, and send the parts."
    ),
)
ENDLESS = Failure(
    "endless",
    N_(
        "The work was interrupted {tries} times before its end; the file may be too large. Nothing "
        "was lost: try again, or divide it, by year or by area; if it happens once more, tell the "
        "administrators."
    ),
)
INVALID = Failure(
    "invalid",
    N_("The dataset cannot be published as it is described: {fields}. Correct it and try again."),
)
FORBIDDEN = Failure(
    "forbidden",
    N_(
        "Your account may no longer change this dataset. Ask an administrator of its organization "
        "for the right, and try again."
    ),
)
MISSING = Failure(
    "missing",
    N_("The dataset is no longer in the portal. Send the file again, to publish it as a new one."),
)
REFUSED = Failure("refused", "")
UNKNOWN = Failure(
    "unknown",
    N_(
        "Something failed in the portal, not in the file. Nothing was lost: try again; if it "
        "happens once more, tell the administrators."
    ),
)

#: The kinds of exception that tell their reason by themselves; the first that fits is taken.
_KINDS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], Failure], ...] = (
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


def of(error: BaseException) -> Failure:
    """Return the kind of failure of an exception, by the exception or by one of its causes."""
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


def _known(error: BaseException) -> Failure | None:
    if isinstance(error, sa.exc.DBAPIError):
        return _of_database(error.orig)
    if isinstance(error, psycopg2.Error):
        return _of_database(error)
    return next((reason for kind, reason in _KINDS if isinstance(error, kind)), None)


def _of_database(error: BaseException | None) -> Failure | None:
    code = getattr(error, "pgcode", None)
    if code in (_DISK_FULL, _CANCELED):
        return DISK if code == _DISK_FULL else TIME
    lost = isinstance(error, (psycopg2.OperationalError, psycopg2.InterfaceError))
    return DATABASE if lost else None
