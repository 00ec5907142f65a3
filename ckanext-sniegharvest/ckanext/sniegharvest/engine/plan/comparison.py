"""Compare what a source lists with what is stored, a chunk at a time, and fill the plan."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice

import sqlalchemy as sa

from ckanext.mxcity.reading.records import Item, Record
from ckanext.sniegharvest.engine.identity import harvested, recognition
from ckanext.sniegharvest.engine.overlay import stored_overlays
from ckanext.sniegharvest.engine.place.city_filter import CityFilter
from ckanext.sniegharvest.engine.plan import decisions
from ckanext.sniegharvest.engine.plan.store import PlanStore
from ckanext.sniegharvest.engine.records import Planned, Stored
from ckanext.sniegharvest.engine.report.report import Problem, Report

#: Records that are compared with one query.
CHUNK = 500
#: Records outside the city that the plan names; all are counted.
FILTERED_KEPT = 1000


class Comparison:
    """Compares the items of one source, and keeps in the plan what has to be done or told.

    Args:
        store: the plan that is filled.
        report: counts the rows, and gets problems, repairs and losses.
        wanted: leaves out what does not concern the areas that the source was narrowed to.
        nearer: whether this source is nearer to the producer than the one with this id.
        remap: the settings of the source have changed, so that equal content has to be written.

    """

    def __init__(
        self,
        store: PlanStore,
        report: Report,
        wanted: CityFilter,
        nearer: Callable[[str], bool],
        *,
        remap: bool,
    ) -> None:
        self._store, self._report = store, report
        self._wanted, self._nearer, self._remap = wanted, nearer, remap
        self._position = self._filtered = 0

    def add(self, items: Iterator[Item]) -> None:
        """Compare all items of a source; few are in memory at once."""
        while chunk := list(islice(items, CHUNK)):
            self._add(chunk)
            self._position += len(chunk)

    def _add(self, chunk: Sequence[Item]) -> None:
        """Compare a chunk with a few queries, and store what has to be done."""
        known = self._known(chunk)
        rows = [
            decisions.decide(number, item, known, self._remap, self._wanted, self._nearer)
            for number, item in enumerate(chunk, self._position + 1)
        ]
        self._explain(rows, known)
        for item, row in zip(chunk, rows, strict=True):
            self._count(item, row)
        # What left the city goes the way of what is not listed any more: grace, then archive.
        self._store.note(
            [
                row
                for item, row in zip(chunk, rows, strict=True)
                if decisions.is_listed(item) and row.decision != "filtered"
            ]
        )
        self._store.add([row for row in rows if self._is_shown(row)])

    @property
    def _connection(self) -> sa.Connection:
        return self._store.connection

    def _known(self, chunk: Sequence[Item]) -> dict[str, Stored]:
        """Return what is stored of the records: by this source, else by another that has them."""
        source_id = self._store.source_id
        guids = [item.identifier for item in chunk if isinstance(item, Record)]
        known = harvested.known(self._connection, source_id, guids)
        return known | recognition.elsewhere(self._connection, source_id, chunk, known)

    def _explain(self, rows: Iterable[Planned], known: Mapping[str, Stored]) -> None:
        """Add to changed records which fields differ, and which stay as the city has them."""
        changed = {
            row.guid: (row, row.record, known[row.guid])
            for row in rows
            if row.decision == "update" and row.record and not row.detail and row.guid in known
        }
        if not changed:
            return
        stored = [item for _, _, item in changed.values()]
        before = self._store.contents(stored)
        overlays = stored_overlays.fetch((item.package_id for item in stored), self._connection)
        for guid, (row, record, item) in changed.items():
            if item.package_id in overlays:
                row.detail["kept"] = decisions.kept(record, overlays[item.package_id].values())
            if guid in before:
                row.detail["fields"] = decisions.difference(before[guid], record.raw)

    def _count(self, item: Item, row: Planned) -> None:
        self._report.plan.add(row)
        if not isinstance(item, Record):
            self._report.add(Problem(row.guid, "read", item.message, item.title))
            return
        self._report.repairs.add(item)
        if row.decision != "filtered":
            self._report.losses.add(item)

    def _is_shown(self, row: Planned) -> bool:
        """Return whether the plan keeps a row; of records from elsewhere it keeps the first."""
        if row.decision == "filtered":
            self._filtered += 1
            return self._filtered <= FILTERED_KEPT
        return row.decision != "unchanged"
