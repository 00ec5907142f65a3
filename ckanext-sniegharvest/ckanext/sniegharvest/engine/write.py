"""Write changes in batches: one transaction and one update of the index a batch.

A record that is refused is left out and told; one that the database refuses is found by halving
the batch until it is alone. The rest is never lost.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.lib import search
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError

from ckanext.sniegharvest.engine import heap, overlays, provenance, tables
from ckanext.sniegharvest.engine.bulk import compat, single
from ckanext.sniegharvest.engine.bulk.batch import Batch
from ckanext.sniegharvest.engine.bulk.publisher import Publisher
from ckanext.sniegharvest.engine.records import Change, Problem, Stored
from ckanext.sniegharvest.errors import N_, Message

log = logging.getLogger(__name__)

REFUSED = N_("The dataset was refused: {reason}")
NOT_WRITTEN = N_("The dataset could not be written: {reason}")

Written = Callable[[Change], None]
#: What a single record may cause: its own fault, or that of a plugin that works on it.
OF_THE_RECORD = (
    SQLAlchemyError,
    tk.ObjectNotFound,
    LookupError,
    AttributeError,
    TypeError,
    ValueError,
)


class Writer:
    """Writes the changes of one run."""

    def __init__(self, job_id: str, source_id: str, user: str) -> None:
        self.job_id = job_id
        self.source_id = source_id
        self.user = user

    def write(self, changes: Iterator[Change], size: int, written: Written) -> Iterator[Problem]:
        """Write every change, ``size`` at a time, and yield those that were refused."""
        with Publisher() as self.publisher, heap.settled():
            yield from self._batches(changes, size, written)

    def _batches(self, changes: Iterator[Change], size: int, written: Written) -> Iterator[Problem]:
        put = self._one_by_one if compat.overridden() else self._put
        batch: list[Change] = []
        further: list[Change] = []
        for change in changes:
            (further if change.further else batch).append(change)
            if len(batch) >= size:
                yield from put(batch, written)
                batch = []
            if len(further) >= size:
                self.publisher.settle()
                self._add_ways(further, written)
                further = []
        if batch:
            yield from put(batch, written)
        if further:
            self.publisher.settle()
            self._add_ways(further, written)

    def _add_ways(self, changes: Sequence[Change], written: Written) -> None:
        """Note by which further way datasets arrive; their fields stay the authority's."""
        provenance.add(changes)
        for change in changes:
            written(change)

    def archive(self, vanished: Sequence[Stored]) -> Iterator[Problem]:
        """Take datasets that their source no longer lists out of sight; ids and names stay."""
        for stored in vanished:
            context: dict[str, Any] = {
                "model": model,
                "session": model.Session,
                "user": self.user,
                "ignore_auth": True,
            }
            try:
                tk.get_action("package_delete")(context, {"id": stored.package_id})
            except (tk.ValidationError, tk.ObjectNotFound, SQLAlchemyError) as error:
                model.Session.rollback()
                yield _problem(stored.guid, stored.name, NOT_WRITTEN, error)

    def _put(self, changes: Sequence[Change], written: Written) -> Iterator[Problem]:
        """Write a batch whole; if it fails in the database, each half of it."""
        batch = Batch(self.job_id, self.source_id, self.user)
        try:
            stored = batch.store(changes)
        except (tk.ValidationError, *OF_THE_RECORD) as error:
            model.Session.rollback()
            model.Session.expunge_all()
            if _server_is_gone(error):
                raise
            if len(changes) == 1:
                yield self._failed(changes[0], error)
                return
            middle = len(changes) // 2
            yield from self._put(changes[:middle], written)
            yield from self._put(changes[middle:], written)
            return
        for change, refusal in batch.refused:
            yield _of(change, refusal)
        for change in stored:
            written(change)
        batch.publish(self.publisher, partial(self._load_tables, stored))
        model.Session.expunge_all()
        heap.collect()

    def _one_by_one(self, changes: Sequence[Change], written: Written) -> Iterator[Problem]:
        stored = []
        changes = overlays.laid(changes)
        model.Session.commit()  # each dataset has a transaction of its own
        for change in changes:
            try:
                single.write(change, self.job_id, self.source_id, self.user)
            except (tk.ValidationError, *OF_THE_RECORD) as error:
                model.Session.rollback()
                if _server_is_gone(error):
                    raise
                yield self._failed(change, error)
                continue
            stored.append(change)
            written(change)
        search.commit()
        self._load_tables(stored)

    def _load_tables(self, stored: Sequence[Change]) -> None:
        for change in stored:
            tables.load(change.package["resources"], self.user)

    def _failed(self, change: Change, error: Exception) -> Problem:
        if not isinstance(error, tk.ValidationError):
            log.error("Record %s could not be written", change.record.identifier, exc_info=error)
        return _of(change, error)


def _server_is_gone(error: Exception) -> bool:
    """Whether the database does not answer, which is no fault of a record."""
    return isinstance(error, (OperationalError, InterfaceError)) and not getattr(
        error.orig, "pgcode", None
    )


def _of(change: Change, error: Exception) -> Problem:
    refused = isinstance(error, tk.ValidationError)
    return _problem(
        change.record.identifier,
        change.record.title,
        REFUSED if refused else NOT_WRITTEN,
        error,
        stage="check" if refused else "write",
    )


def _problem(
    record: str, title: str, template: str, error: Exception, stage: str = "write"
) -> Problem:
    message = Message(
        "refused" if stage == "check" else "not-written", template, {"reason": _reason(error)}
    )
    return Problem(record, stage, message, title)


def _reason(error: Exception) -> str:
    """What an error says, without the statement that a database error carries along."""
    if isinstance(error, tk.ValidationError):
        return "; ".join(f"{key}: {value}" for key, value in error.error_summary.items())
    return str(error).splitlines()[0][:500] if str(error) else type(error).__name__
