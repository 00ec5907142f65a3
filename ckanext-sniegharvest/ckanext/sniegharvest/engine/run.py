"""One run of one source, from its address to the report."""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.lib.munge import munge_title_to_name

from ckanext.harvest.model import HarvestSource
from ckanext.sniegharvest import config, source_config
from ckanext.sniegharvest.engine import identity, plan, stored
from ckanext.sniegharvest.engine.journal import Journal
from ckanext.sniegharvest.engine.mapping import SourceFacts, to_package
from ckanext.sniegharvest.engine.records import Change, Plan, Problem, Report
from ckanext.sniegharvest.engine.sources import SOURCE_TYPES, items
from ckanext.sniegharvest.engine.write import Writer
from ckanext.sniegharvest.errors import (
    N_,
    HarvestError,
    Message,
    ReadError,
)
from ckanext.sniegharvest.readers import Item, Record
from ckanext.sniegharvest.source_config import SourceConfig, SourceConfigError

log = logging.getLogger(__name__)

Progress = Callable[[str], None]

OFF = N_("The source is switched off.")
NOT_PERMITTED = N_("The source is switched off: its owner's permission has not been recorded.")
EMPTY = N_("The source can be read, and lists no dataset.")
BUSY = N_("Another run of this source is under way.")
UNEXPECTED = N_("The run stopped: {reason}")


class Run:
    """Carries a job of ckanext-harvest out. Nothing that a source does makes it raise."""

    def __init__(
        self,
        job_id: str,
        source: HarvestSource,
        *,
        allow_loopback: bool = False,
        released: bool = False,
        progress: Progress = lambda text: None,
    ) -> None:
        self.job_id = job_id
        self.source_id: str = source.id
        self.url: str = source.url
        self.title: str = source.title or source.url
        self.type: str = source.type
        self.settings: str = source.config or ""
        self.allow_loopback = allow_loopback
        self.released = released
        self.progress = progress
        self.report = Report()

    def execute(self) -> Report:
        """Run every stage, keep the journal, and return what was done."""
        start = time.monotonic()
        journal = Journal(self.job_id, self.source_id)
        with _only_one(self.source_id) as alone:
            if not alone:
                self._fail("list", Message("busy", BUSY))
                if journal.is_new():
                    journal.begin()
                    journal.end(self.report)
                return self.report
            journal.begin()
            self._guarded(journal)
            self.report.seconds = time.monotonic() - start
            if self.report.state == "running":
                self.report.state = "done-errors" if self.report.problems else "done"
            journal.end(self.report)
        return self.report

    def _guarded(self, journal: Journal) -> None:
        """Run the stages; whatever happens, the report says it."""
        try:
            self._stages(journal)
        except Exception as error:
            log.exception("The run of %s stopped", self.url)
            model.Session.rollback()
            self._fail("write", Message("unexpected", UNEXPECTED, {"reason": str(error)[:500]}))

    def _stages(self, journal: Journal) -> None:
        settings = self._settings()
        if settings is None:
            return
        known = stored.datasets_of(self.source_id)
        records, complete = self._read(settings)
        if self.report.state == "failed":
            return
        drawn = plan.make(records, known, complete)
        self.report.unchanged = drawn.unchanged
        journal.planned(drawn)
        if not (known or records or self.report.problems):
            self._problem(self.url, "list", Message("empty", EMPTY))
        active = sum(item.active for item in known.values())
        reason = plan.reason_to_hold(drawn, active, config.vanish_share(), config.change_share())
        if reason and not self.released:
            self.report.state, self.report.held = "held", reason
            return
        self.progress(
            f"{len(drawn.create)} new, {len(drawn.update)} changed, {drawn.unchanged} unchanged, "
            f"{len(drawn.vanished)} vanished"
        )
        self._write(drawn, settings)

    def _settings(self) -> SourceConfig | None:
        try:
            settings = source_config.parse(self.settings)
        except SourceConfigError as error:
            self._fail("list", error.message)
            return None
        if settings.may_run:
            return settings
        off = settings.requires_permission and not settings.permission
        self._fail("list", Message("off", NOT_PERMITTED if off else OFF))
        return None

    def _read(self, settings: SourceConfig) -> tuple[list[Record], bool]:
        """Read the listing; records, and whether it was read to its end."""
        exempt = frozenset({urlsplit(self.url).hostname or ""} if settings.permission else ())
        client = config.client(config.network_policy(self.allow_loopback, exempt))
        records: list[Record] = []
        try:
            listed = items(SOURCE_TYPES[self.type], self.url, settings, client)
            for item in self._counted(listed):
                if isinstance(item, Record):
                    records.append(item)
                    self.report.warnings += len(item.warnings)
                else:
                    self._problem(item.identifier or f"#{item.position}", "read", item.message,
                                  item.title)  # fmt: skip
        except HarvestError as error:
            stage = "read" if isinstance(error, ReadError) else "fetch"
            self._problem(self.url, stage, error.message)
            if not records:
                self.report.state = "failed"
            return records, False
        finally:
            client.close()
        return records, True

    def _counted(self, listed: Iterable[Item]) -> Iterator[Item]:
        for number, item in enumerate(listed, 1):
            if number % 500 == 0:
                self.progress(f"{number} records read")
            yield item

    def _write(self, drawn: Plan, settings: SourceConfig) -> None:
        user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
        writer = Writer(self.job_id, self.source_id, user)
        done = 0

        def written(change: Change) -> None:
            nonlocal done
            done += 1
            if change.action == "create":
                self.report.added += 1
            else:
                self.report.updated += 1
            if done % 100 == 0:
                self.progress(f"{done} datasets written")

        changes = self._changes(drawn, settings)
        for problem in writer.write(changes, config.batch_size(), written):
            self.report.problems.append(problem)
        failed = list(writer.archive(drawn.vanished))
        self.report.problems += failed
        self.report.archived = len(drawn.vanished) - len(failed)

    def _changes(self, drawn: Plan, settings: SourceConfig) -> Iterator[Change]:
        facts = SourceFacts(
            id=self.source_id,
            title=self.title,
            url=self.url,
            organization=stored.owner_of(self.source_id),
            defaults=settings.defaults,
            publishers=stored.organizations() if settings.publisher_organizations else {},
            harvested_at=dt.datetime.now(dt.timezone.utc).isoformat(timespec="seconds"),
        )
        wanted = [(record, known.package_id) for record, known in drawn.update] + [
            (record, identity.package_id(self.source_id, record.identifier))
            for record in drawn.create
        ]
        existing = stored.existing(id_ for _, id_ in wanted)
        names = {id_: munge_title_to_name(record.title) for record, id_ in wanted}
        taken = stored.taken_names(
            name[: identity.NAME_LENGTH].strip("-_") for name in names.values()
        )
        for record, id_ in wanted:
            if id_ in existing:  # also where the history of the source was cleared
                name, private = existing[id_]
                package = to_package(record, facts, id_, name, private=private)
                yield Change("update", record, id_, package)
            else:
                name = identity.free_name(names[id_], id_, taken)
                taken.add(name)
                yield Change("create", record, id_, to_package(record, facts, id_, name))

    def _problem(self, record: str, stage: str, message: Message, title: str = "") -> None:
        self.report.problems.append(Problem(record, stage, message, title))

    def _fail(self, stage: str, message: Message) -> None:
        self._problem(self.url, stage, message)
        self.report.state = "failed"


@contextmanager
def _only_one(source_id: str) -> Iterator[bool]:
    """Hold the source for one run; False where another process has it.

    The lock belongs to a connection of its own, so that a process that dies gives it back.
    """
    key = sa.func.hashtextextended(source_id, 0)
    with model.meta.engine.connect() as connection:
        alone = bool(connection.scalar(sa.select(sa.func.pg_try_advisory_lock(key))))
        connection.commit()
        try:
            yield alone
        finally:
            if alone:
                connection.execute(sa.select(sa.func.pg_advisory_unlock(key)))
                connection.commit()
