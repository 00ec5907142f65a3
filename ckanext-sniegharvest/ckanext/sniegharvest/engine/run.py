"""Run the stages of a harvest for one source, in their order."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterator

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.harvest.model import HarvestSource
from ckanext.mxcity.ground.messages import N_, Message
from ckanext.mxcity.net.conditional import Version
from ckanext.sniegharvest import config
from ckanext.sniegharvest.engine import lease
from ckanext.sniegharvest.engine.identity import harvested, provenance, recognition
from ckanext.sniegharvest.engine.place.boxes import boxes
from ckanext.sniegharvest.engine.place.city_filter import CityFilter
from ckanext.sniegharvest.engine.plan import decisions
from ckanext.sniegharvest.engine.plan.comparison import Comparison
from ckanext.sniegharvest.engine.plan.store import PlanStore
from ckanext.sniegharvest.engine.read import source_state
from ckanext.sniegharvest.engine.read.reading import Reading
from ckanext.sniegharvest.engine.read.source_state import SourceState
from ckanext.sniegharvest.engine.records import Change, Planned
from ckanext.sniegharvest.engine.report.journal import Journal
from ckanext.sniegharvest.engine.report.report import Problem, Report
from ckanext.sniegharvest.engine.write import cleanup, prepare
from ckanext.sniegharvest.engine.write.writer import Writer
from ckanext.sniegharvest.sources import source_config
from ckanext.sniegharvest.sources.source_config import SourceConfig, SourceConfigError
from ckanext.sniegharvest.sources.types import SOURCE_TYPES

log = logging.getLogger(__name__)

Progress = Callable[[str], None]

#: Records that are mapped together before they are written.
PAGE = 200

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
            for run_id in [] if self.dry else cleanup.unsettled(self.source_id):
                self.progress(f"{cleanup.settle(run_id)} datasets of a broken run indexed again")
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
        before = source_state.load(connection, self.source_id)
        shape = source_state.fingerprint(
            self.settings, self.type, self.title, harvested.owner_of(self.source_id)
        )
        store.begin()
        active = harvested.active(connection, self.source_id)
        reshaped = before is not None and before.fingerprint != shape
        reading = self._reading(settings, None if reshaped else before, store)
        model.Session.commit()  # reading may take hours: no transaction stays open for so long
        self._plan(reading, store, self._filter(settings), remap=reshaped)
        if self.report.state == "failed":
            return
        if reading.unmodified:
            self.report.unchanged = self.report.plan.unchanged = self._stored(connection)
            return
        if not self._is_cleared(reading, store, settings, journal, active):
            return
        if reading.complete and reading.count:
            provenance.forget_unlisted(self.source_id, connection)
        self._write(journal, store, settings)
        if reading.complete:
            version = (reading.version if not self.report.failed else None) or Version()
            state = source_state.SourceState(shape, version, self._stored(connection))
            source_state.save(connection, self.source_id, state)

    def _stored(self, connection: sa.Connection) -> int:
        """Return how many datasets the source has in the portal, as authority or beside another."""
        own = harvested.active(connection, self.source_id)
        return own + provenance.count(connection, self.source_id)

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
        self, settings: SourceConfig, before: SourceState | None, store: PlanStore
    ) -> Reading:
        """Prepare to read; conditionally, unless something happened to the datasets since.

        Where datasets are missing, or wait for this source as a nearer one, the source is read:
        their grace may be over.

        Args:
            settings: of the source.
            before: how the source was after its last run, if its settings are the same.
            store: the plan of this run.

        """
        connection = store.connection
        waiting = store.has_missing() or any(
            self._nearer(other) for other in recognition.authorities(connection, self.source_id)
        )
        asked = not (self.dry or waiting)
        if before is None or before.datasets != self._stored(connection):
            asked = False
        return Reading(
            SOURCE_TYPES[self.type],
            self.url,
            settings,
            allow_loopback=self.allow_loopback,
            known=before.version if before is not None and asked else None,
        )

    def _plan(self, reading: Reading, store: PlanStore, wanted: CityFilter, *, remap: bool) -> None:
        """List, fetch, read and compare: fill the plan while the source is read."""
        watch = lease.Watch(store.connection, self.job_id, "read", config.read_deadline())
        stream = reading.items(watch, lambda count: self.progress(f"{count} records read"))
        Comparison(store, self.report, wanted, self._nearer, remap=remap).add(stream)
        if reading.problem is not None:
            self.report.add(reading.problem)
            if not (self.report.plan.listed - self.report.plan.troubled):
                self.report.state = "failed"

    def _filter(self, settings: SourceConfig) -> CityFilter:
        """Return the filter for records that the source gives beyond its areas."""
        areas = () if SOURCE_TYPES[self.type].exact_areas else settings.areas
        return CityFilter(areas, settings.defaults, boxes())

    def _nearer(self, source_id: str) -> bool:
        """Return whether this source is declared to be nearer to the producer than another."""
        if self._order is None:
            self._order = provenance.order(config.authority_order())
        last = len(self._order)
        return self._order.get(self.source_id, last) < self._order.get(source_id, last)

    def _is_cleared(
        self,
        reading: Reading,
        store: PlanStore,
        settings: SourceConfig,
        journal: Journal,
        active: int,
    ) -> bool:
        """Close the plan, and say whether it is carried out now or waits for a person."""
        self._close_plan(reading, store, settings, active)
        digest = store.digest()
        reviewed = self.released and digest == journal.held_digest()
        journal.planned(self.report.plan, digest)
        if not self._may_write(active, reviewed):
            return False
        if reviewed and self.report.plan.vanish:
            self.report.plan.archive = store.end_grace()
        return True

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
        """Return whether the plan may be carried out now, as one that a person has seen may."""
        counts = self.report.plan
        reason = decisions.reason_to_hold(
            counts, active, config.vanish_share(), config.change_share()
        )
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
        for archived, failed in cleanup.archive(store, writer):
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
