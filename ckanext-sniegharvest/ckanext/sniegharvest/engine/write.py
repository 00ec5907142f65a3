"""Write changes in batches: one transaction and one round of indexing a batch.

CKAN's own actions do the writing, so that validators, hooks and views are CKAN's. A record that
is refused leaves the batch, which is then written without it; the rest is never lost.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.lib import search
from ckan.logic import package_show_default_and_custom_schemas
from sqlalchemy.exc import SQLAlchemyError

from ckanext.harvest.model import HarvestJob, HarvestObject, HarvestObjectExtra
from ckanext.sniegharvest.engine import tables
from ckanext.sniegharvest.engine.records import Change, Problem, Stored
from ckanext.sniegharvest.engine.stored import HASH_KEY
from ckanext.sniegharvest.errors import N_, Message
from ckanext.sniegharvest.model import now
from ckanext.sniegharvest.readers.canonical import serialised

log = logging.getLogger(__name__)

REFUSED = N_("The dataset was refused: {reason}")
NOT_WRITTEN = N_("The dataset could not be written: {reason}")


class Writer:
    """Writes the changes of one run."""

    def __init__(self, job_id: str, source_id: str, user: str) -> None:
        self.job_id = job_id
        self.source_id = source_id
        self.user = user

    def write(
        self, changes: Iterator[Change], size: int, written: Callable[[Change], None]
    ) -> Iterator[Problem]:
        """Write every change, ``size`` at a time, and yield those that were refused."""
        batch: list[Change] = []
        for change in changes:
            batch.append(change)
            if len(batch) >= size:
                yield from self._batch(batch, written)
                batch = []
        if batch:
            yield from self._batch(batch, written)

    def archive(self, vanished: Sequence[Stored]) -> Iterator[Problem]:
        """Take datasets that their source no longer lists out of sight; ids and names stay."""
        for stored in vanished:
            try:
                tk.get_action("package_delete")(self._context(), {"id": stored.package_id})
            except (tk.ValidationError, tk.ObjectNotFound, SQLAlchemyError) as error:
                model.Session.rollback()
                yield _problem(stored.guid, stored.name, NOT_WRITTEN, error)

    def _batch(self, batch: list[Change], written: Callable[[Change], None]) -> Iterator[Problem]:
        waiting = list(batch)
        while waiting:
            refused = self._transaction(waiting)
            if refused is None:
                break
            change, problem = refused
            waiting.remove(change)
            yield problem
        self._index([change.package_id for change in waiting])
        for change in waiting:
            tables.load(change.package["resources"], self.user)
        for change in waiting:
            written(change)

    def _transaction(self, batch: Sequence[Change]) -> tuple[Change, Problem] | None:
        """Write a batch whole, or nothing of it: then the change that stood in the way is told."""
        change = batch[0]
        try:
            for change in batch:
                self._one(change)
                model.Session.flush()
            model.Session.commit()
        except tk.ValidationError as error:
            model.Session.rollback()
            return change, _problem(
                change.record.identifier, change.record.title, REFUSED, error, stage="check"
            )
        except (SQLAlchemyError, tk.ObjectNotFound, AttributeError, TypeError, ValueError) as error:
            model.Session.rollback()
            log.exception("Record %s could not be written", change.record.identifier)
            return change, _problem(
                change.record.identifier, change.record.title, NOT_WRITTEN, error
            )
        return None

    def _one(self, change: Change) -> None:
        action = tk.get_action(f"package_{change.action}")
        context = {**self._context(), "defer_commit": True, "return_id_only": True}
        action(context, dict(change.package))
        model.Session.query(HarvestObject).filter_by(
            harvest_source_id=self.source_id, guid=change.record.identifier, current=True
        ).update({"current": False}, synchronize_session=False)
        moment = now()
        stored = HarvestObject(
            guid=change.record.identifier,
            current=True,
            state="COMPLETE",
            report_status="added" if change.action == "create" else "updated",
            job=model.Session.get(HarvestJob, self.job_id),
            harvest_source_id=self.source_id,
            package_id=change.package_id,
            content=serialised(change.record.raw),
            gathered=moment,
            fetch_started=moment,
            fetch_finished=moment,
            import_started=moment,
            import_finished=moment,
        )
        stored.extras.append(HarvestObjectExtra(key=HASH_KEY, value=change.record.content_hash))
        model.Session.add(stored)

    def _index(self, package_ids: Sequence[str]) -> None:
        """Send a batch to Solr; the index is committed once, at the end of it."""
        if not package_ids:
            return
        index = search.index_for("Package")
        for package_id in package_ids:
            default, custom = package_show_default_and_custom_schemas(self._context(), package_id)
            index.update_dict({**default, "with_custom_schema": custom}, defer_commit=True)
        search.commit()

    def _context(self) -> dict[str, Any]:
        return {"model": model, "session": model.Session, "user": self.user, "ignore_auth": True}


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
