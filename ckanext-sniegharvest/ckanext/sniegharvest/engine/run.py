"""One run of one source, from its address to the report: the stages, in their order."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterator
from itertools import islice

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.harvest.model import HarvestSource
from ckanext.sniegharvest import config, source_config
from ckanext.sniegharvest.engine import (
    freshness,
    lease,
    overlays,
    plan,
    prepare,
    provenance,
    recognition,
    reconcile,
    stored,
)
from ckanext.sniegharvest.engine.cityfilter import CityFilter
from ckanext.sniegharvest.engine.journal import Journal
from ckanext.sniegharvest.engine.planstore import PlanStore
from ckanext.sniegharvest.engine.read import Reading
from ckanext.sniegharvest.engine.records import Change, Planned, Problem, Report
from ckanext.sniegharvest.engine.sources import SOURCE_TYPES
from ckanext.sniegharvest.engine.write import Writer
from ckanext.sniegharvest.errors import N_, Message
from ckanext.sniegharvest.http.conditional import Version
from ckanext.sniegharvest.readers import Item, Record
from ckanext.sniegharvest.source_config import SourceConfig, SourceConfigError

log = logging.getLogger(__name__)

Progress = Callable[[str], None]

#: Records that are compared with one query.
CHUNK = 500
#: Records that are mapped together before they are written.
PAGE = 200
#: Records outside the city that the plan names; all are counted.
FILTERED_KEPT = 1000

OFF = N_("The source is switched off.")
NOT_PERMITTED = N_("The source is switched off: its owner's permission has not been recorded.")
EMPTY = N_("The source can be read, and lists no dataset.")
CHANGED_SINCE = N_(
    "The source has changed since the run was looked at; this is a new plan. {reason}"
)
BUSY = N_("Another run of this source is under way.")
UNEXPECTED = N_("The run stopped: {reason}")


class Run:
    """Carries a job of ckanext-harvest out. Nothing that a source does makes it raise.

    Args:
        job_id: of ckanext-harvest's job; of a dry run, any new id.
        source: what is harvested.
        allow_loopback: whether the source may be on this machine.
        released: a person has looked at a plan that was held.
        dry: plan, and change nothing.
        progress: told in words how far it is.

    """

    def __init__(
        self,
        job_id: str,
        source: HarvestSource,
        *,
        allow_loopback: bool = False,
        released: bool = False,
        dry: bool = False,
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
        self.dry = dry
        self.progress = progress
        self.report = Report(job_id)
        self._settled = True
        self._wanted = CityFilter(())
        self._filtered = 0
        self._order: dict[str, int] | None = None

    def execute(self) -> Report:
        """Run every stage, keep the journal, and return what was done."""
        start = time.monotonic()
        journal = Journal(self.job_id, self.source_id)
        with lease.hold(self.source_id) as connection:
            if connection is None:
                self._fail("list", Message("busy", BUSY))
                if journal.is_new():
                    journal.begin()
                    journal.end(self.report)
                return self.report
            if journal.is_over():
                self._fail("list", Message("stopped", lease.STOPPED))
                return self.report
            self._guarded(journal, connection)
            self.report.seconds = time.monotonic() - start
            if self.report.state == "running":
                self.report.state = "done-errors" if self.report.failed else "done"
            journal.end(self.report, settled=self._settled)
            PlanStore(connection, self.job_id, self.source_id).prune(config.plans_kept())
        return self.report

    def _guarded(self, journal: Journal, connection: sa.Connection) -> None:
        """Run the stages; whatever happens, the report says it."""
        try:
            for run_id in [] if self.dry else reconcile.unsettled(self.source_id):
                self.progress(f"{reconcile.settle(run_id)} datasets of a broken run indexed again")
            self.released = self.released or journal.releases()
            journal.begin()
            self._stages(journal, connection)
        except lease.StoppedError as error:
            model.Session.rollback()
            self._fail(error.stage, error.message)
        except Exception as error:
            log.exception("The run of %s stopped", self.url)
            model.Session.rollback()
            self._fail("write", Message("unexpected", UNEXPECTED, {"reason": str(error)[:500]}))

    def _stages(self, journal: Journal, connection: sa.Connection) -> None:
        settings = self._settings()
        if settings is None:
            return
        store = PlanStore(connection, self.job_id, self.source_id)
        standing = freshness.load(connection, self.source_id)
        shape = freshness.fingerprint(
            self.settings, self.type, self.title, stored.owner_of(self.source_id)
        )
        store.begin()
        active = stored.active(connection, self.source_id)
        same = standing is not None and standing.fingerprint == shape
        listed = active + provenance.count(connection, self.source_id)
        waiting = store.has_missing() or any(
            self._nearer(other) for other in recognition.authorities(connection, self.source_id)
        )
        reading = self._reading(settings, standing if same else None, listed, waiting)
        model.Session.commit()  # reading may take hours: no transaction stays open for so long
        self._wanted = self._filter(settings)
        self._plan(reading, store, remap=standing is not None and not same)
        if self.report.state == "failed":
            return
        if reading.unmodified:
            self.report.unchanged = self.report.plan.unchanged = listed
            return
        self._close_plan(reading, store, settings, active)
        digest = store.digest()
        reviewed = self.released and digest == journal.held_digest()
        journal.planned(self.report.plan, digest)
        if not self._may_write(active, reviewed):
            return
        if reviewed and self.report.plan.vanish:
            self.report.plan.archive = store.end_grace()
        if reading.complete and reading.count:
            provenance.forget_unlisted(self.source_id, store)
        self._write(journal, store, settings)
        if reading.complete:
            found = reading.version if not self.report.failed else None
            now = stored.active(connection, self.source_id)
            now += provenance.count(connection, self.source_id)
            freshness.save(
                connection,
                self.source_id,
                freshness.Standing(shape, found or Version(), now),
            )

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

    def _reading(
        self,
        settings: SourceConfig,
        standing: freshness.Standing | None,
        active: int,
        waiting: bool,
    ) -> Reading:
        """Prepare to read; conditionally, unless something happened to the datasets since.

        Where datasets are missing, or wait for this source as a nearer one (``waiting``), the
        source is read: their grace may be over.
        """
        asked = standing is not None and standing.datasets == active and not self.dry
        asked = asked and not waiting
        return Reading(
            SOURCE_TYPES[self.type],
            self.url,
            settings,
            allow_loopback=self.allow_loopback,
            known=standing.version if standing is not None and asked else None,
        )

    def _plan(self, reading: Reading, store: PlanStore, *, remap: bool) -> None:
        """List, fetch, read and compare: fill the plan while the source is read."""
        watch = lease.Watch(store.connection, self.job_id, "read", config.read_deadline())
        stream = reading.items(watch, lambda count: self.progress(f"{count} records read"))
        position = 0
        while chunk := list(islice(stream, CHUNK)):
            self._compare(chunk, position, store, remap)
            position += len(chunk)
        if reading.problem is not None:
            self.report.add(reading.problem)
            if not (self.report.plan.listed - self.report.plan.troubled):
                self.report.state = "failed"

    def _compare(self, chunk: list[Item], position: int, store: PlanStore, remap: bool) -> None:
        """Compare a chunk of items with what is stored, and store what has to be done."""
        guids = [item.identifier for item in chunk if isinstance(item, Record)]
        known = stored.known(store.connection, self.source_id, guids)
        known |= recognition.elsewhere(store.connection, self.source_id, chunk, known)
        rows = [
            plan.decide(number, item, known, remap, self._wanted, self._nearer)
            for number, item in enumerate(chunk, position + 1)
        ]
        changed = [
            known[row.guid]
            for row in rows
            if row.decision == "update" and row.guid in known and not row.detail
        ]
        before = store.contents(changed) if changed else {}
        laid = overlays.fetch((item.package_id for item in changed), store.connection)
        for row in rows:
            if row.record is not None and row.package_id in laid:
                row.detail["kept"] = plan.kept(row.record, laid[row.package_id].values())
            if row.guid in before and row.record is not None:
                row.detail["fields"] = plan.difference(before[row.guid], row.record.raw)
            self.report.plan.add(row)
        for item, row in zip(chunk, rows, strict=True):
            if isinstance(item, Record):
                self.report.repairs.add(item)
                if row.decision != "filtered":
                    self.report.losses.add(item)
            else:
                self.report.add(Problem(row.guid, "read", item.message, item.title))
        listed = [row for item, row in zip(chunk, rows, strict=True) if plan.is_listed(item)]
        # What left the city goes the way of what is not listed any more: grace, then archive.
        store.note([row for row in listed if row.decision != "filtered"])
        store.add([row for row in rows if self._told(row)])

    def _filter(self, settings: SourceConfig) -> CityFilter:
        """What is left to sort out once the source was asked for its areas."""
        areas = () if SOURCE_TYPES[self.type].exact_areas else settings.areas
        return CityFilter(areas, settings.defaults, prepare.boxes())

    def _told(self, row: Planned) -> bool:
        """Whether the plan keeps a row: of what is elsewhere, only the first are shown."""
        if row.decision == "filtered":
            self._filtered += 1
            return self._filtered <= FILTERED_KEPT
        return row.decision != "unchanged"

    def _nearer(self, source_id: str) -> bool:
        """Whether this source is declared to be nearer to the producer than another."""
        if self._order is None:
            self._order = provenance.order(config.authority_order())
        last = len(self._order)
        return self._order.get(self.source_id, last) < self._order.get(source_id, last)

    def _close_plan(
        self, reading: Reading, store: PlanStore, settings: SourceConfig, active: int
    ) -> None:
        """Add what vanished, which only a complete listing can tell."""
        counts = self.report.plan
        self.report.unchanged = counts.unchanged
        if reading.complete:
            runs, days = config.grace(settings.grace_runs, settings.grace_days)
            counts.vanish, counts.archive = store.close_listing(reading.count, runs=runs, days=days)
        if not counts.idle:
            store.keep_unchanged()
        if not (active or counts.listed or self.report.failed):
            self._problem(self.url, "list", Message("empty", EMPTY))

    def _may_write(self, active: int, reviewed: bool) -> bool:
        """Whether the plan may be carried out now; one that a person has looked at may."""
        counts = self.report.plan
        reason = plan.reason_to_hold(counts, active, config.vanish_share(), config.change_share())
        if reason and self.released and not reviewed:
            reason = Message("changed-since", CHANGED_SINCE, {"reason": str(reason)})
        if reason and not reviewed:
            self.report.state, self.report.held = "held", reason
        if self.dry:
            self.report.state = "planned"
        self.progress(
            f"{counts.create} new, {counts.update} changed, {counts.unchanged} unchanged, "
            f"{counts.vanish} vanished, {counts.filtered} outside the areas of the source"
        )
        return self.report.state == "running"

    def _write(self, journal: Journal, store: PlanStore, settings: SourceConfig) -> None:
        """Carry the plan out."""
        counts = self.report.plan
        if not (counts.create or counts.update or counts.vanish):
            store.forget_missing()
            return
        journal.writing()
        self._settled = False
        user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
        size = config.batch_size()
        processes = min(config.writers(), math.ceil((counts.create + counts.update) / size))
        writer = Writer(self.job_id, self.source_id, user, max(1, processes))
        source = prepare.facts(self.source_id, self.title, self.url, settings)
        unwritten = (config.writers() + 2) * size + PAGE
        changes = prepare.changes(self._pages(store), source, unwritten)
        for problem in writer.write(changes, size, self._written):
            self.report.add(problem)
        self.report.missing = counts.vanish - counts.archive
        for archived, failed in reconcile.archive(store, writer):
            self.report.archived += archived
            for problem in failed:
                self.report.add(problem)
        self._settled = True

    def _pages(self, store: PlanStore) -> Iterator[list[Planned]]:
        watch = lease.Watch(store.connection, self.job_id, "write", config.write_deadline())
        for page in store.pages(PAGE, "create", "update"):
            watch.check()
            yield page

    def _written(self, change: Change) -> None:
        if change.action == "create":
            self.report.added += 1
        else:
            self.report.updated += 1
        done = self.report.added + self.report.updated
        if done % 100 == 0:
            self.progress(f"{done} datasets written")

    def _problem(self, record: str, stage: str, message: Message, title: str = "") -> None:
        self.report.add(Problem(record, stage, message, title))

    def _fail(self, stage: str, message: Message) -> None:
        self._problem(self.url, stage, message)
        self.report.state = "failed"
