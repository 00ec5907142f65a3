"""Write changes in batches: one transaction and one update of the index a batch.

A record that is refused is left out and told; one that the database refuses is found by halving
the batch until it is alone. The rest is never lost.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.lib import search
from ckan.types import Context
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError

from ckanext.mxcity.catalogue.bulk import compat
from ckanext.mxcity.ground.messages import N_, Message
from ckanext.sniegharvest.engine.identity import provenance
from ckanext.sniegharvest.engine.overlay import stored_overlays
from ckanext.sniegharvest.engine.records import Change, Stored
from ckanext.sniegharvest.engine.report.report import Problem
from ckanext.sniegharvest.engine.write import gc_freeze, table_queue, writers
from ckanext.sniegharvest.engine.write.bulk import single
from ckanext.sniegharvest.engine.write.bulk.archive import archive
from ckanext.sniegharvest.engine.write.bulk.batch import Batch
from ckanext.sniegharvest.engine.write.bulk.publisher import Publisher

log = logging.getLogger(__name__)

REFUSED = N_("The dataset was refused: {reason}")
NOT_WRITTEN = N_("The dataset could not be written: {reason}")

Written = Callable[[Change], None]
Put = Callable[[Sequence[Change], Written], Iterator[Problem]]
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

    def __init__(self, job_id: str, source_id: str, user: str, processes: int = 1) -> None:
        self.job_id = job_id
        self.source_id = source_id
        self.user = user
        self.processes = processes

    def write(self, changes: Iterator[Change], size: int, written: Written) -> Iterator[Problem]:
        """Write every change, ``size`` at a time, and yield those that were refused."""
        with Publisher() as self.publisher, gc_freeze.settled():
            own = self._own(changes, size, written)
            if compat.overridden():
                yield from self._batches(own, size, written, self._one_by_one)
            elif self.processes == 1:
                yield from self._batches(own, size, written, self._put)
            else:
                yield from writers.write(
                    own, size, self.processes, self._begin, self.source_id, written
                )

    def _own(self, changes: Iterator[Change], size: int, written: Written) -> Iterator[Change]:
        """Sort out the changes that only add a provenance, and note those."""
        further: list[Change] = []
        for change in changes:
            if not change.further:
                yield change
                continue
            further.append(change)
            if len(further) >= size:
                self._add_ways(further, written)
                further = []
        if further:
            self._add_ways(further, written)

    def _batches(
        self, changes: Iterator[Change], size: int, written: Written, put: Put
    ) -> Iterator[Problem]:
        while batch := list(islice(changes, size)):
            yield from put(batch, written)

    def _begin(self) -> writers.Put:
        """Begin in a process that writes beside others; gives what writes a batch there."""
        self.publisher = Publisher()
        return self._put_apart

    def _put_apart(self, batch: Sequence[Change]) -> writers.Outcome:
        stored: list[Change] = []
        problems = tuple(self._put(batch, stored.append))
        self.publisher.arrive()
        return writers.Outcome(frozenset(change.package_id for change in stored), problems)

    def _add_ways(self, changes: Sequence[Change], written: Written) -> None:
        """Note by which further way datasets arrive; their fields stay the authority's."""
        self.publisher.settle()
        provenance.add(changes)
        for change in changes:
            written(change)

    def archive(self, vanished: Sequence[Stored]) -> Iterator[Problem]:
        """Take datasets that their source no longer lists out of sight; ids and names stay."""
        if compat.overridden() or not self._archive_at_once(vanished):
            yield from self._archive_one_by_one(vanished)

    def _archive_at_once(self, vanished: Sequence[Stored]) -> bool:
        """Archive all or none; whether it could be done."""
        try:
            archive([stored.package_id for stored in vanished], self.user)
        except OF_THE_RECORD as error:
            model.Session.rollback()
            if _server_is_gone(error):
                raise
            return False
        return True

    def _archive_one_by_one(self, vanished: Sequence[Stored]) -> Iterator[Problem]:
        for stored in vanished:
            context: Context = {
                "user": self.user,
                "ignore_auth": True,
            }
            try:
                tk.get_action("package_delete")(context, {"id": stored.package_id})
            except (tk.ValidationError, *OF_THE_RECORD) as error:
                model.Session.rollback()
                if _server_is_gone(error):
                    raise
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
        gc_freeze.collect()

    def _one_by_one(self, changes: Sequence[Change], written: Written) -> Iterator[Problem]:
        stored = []
        changes = stored_overlays.laid(changes)
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
            table_queue.load(change.package["resources"], self.user)

    def _failed(self, change: Change, error: Exception) -> Problem:
        if not isinstance(error, tk.ValidationError):
            log.error("Record %s could not be written", change.record.identifier, exc_info=error)
        return _of(change, error)


def _server_is_gone(error: Exception) -> bool:
    """Return whether the database does not answer, which is no fault of a record."""
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
    """Return what an error says, without the statement that a database error carries along."""
    if isinstance(error, tk.ValidationError):
        return "; ".join(f"{key}: {value}" for key, value in error.error_summary.items())
    return str(error).splitlines()[0][:500] if str(error) else type(error).__name__
