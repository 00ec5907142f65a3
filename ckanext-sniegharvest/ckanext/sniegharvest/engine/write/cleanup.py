"""Archive what vanished from a source, and index again what a broken run wrote."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.lib import search

from ckanext.harvest.model import HarvestObject
from ckanext.mxcity.catalogue.bulk.reindex import index_again
from ckanext.sniegharvest.engine.identity import harvested, provenance
from ckanext.sniegharvest.engine.plan.store import PlanStore
from ckanext.sniegharvest.engine.records import Stored
from ckanext.sniegharvest.engine.report.report import Problem
from ckanext.sniegharvest.engine.write.writer import Writer
from ckanext.sniegharvest.model import PLAN, Run

CHUNK = 200
SOLR_COMMIT = "ckan.search.solr_commit"


def archive(store: PlanStore, writer: Writer) -> Iterator[tuple[int, list[Problem]]]:
    """Archive the datasets that are due; yield counts and problems of each batch."""
    store.mark_missing()
    store.forget_missing()
    for page in store.pages(CHUNK, "vanish"):
        due = [row for row in page if row.detail.get("archive")]
        if not due:
            continue
        names = harvested.existing(row.package_id for row in due)
        vanished = [
            Stored(row.guid, row.package_id, names[row.package_id][0], "", True)
            for row in due
            if row.package_id in names
        ]
        left = provenance.hand_over({item.package_id for item in vanished}, writer.source_id)
        gone = [item for item in vanished if item.package_id not in left]
        with _one_commit():
            failed = list(writer.archive(gone))
        lost = {problem.record for problem in failed}
        store.forget_missing([item.guid for item in vanished if item.guid not in lost])
        yield len(gone) - len(failed), failed


def unsettled(source_id: str) -> list[str]:
    """Return the runs of a source that ended while they wrote."""
    return list(
        model.Session.scalars(
            sa.select(Run.id).where(Run.source_id == source_id, Run.settled.is_(False))
        )
    )


def settle(run_id: str) -> int:
    """Index again the datasets that a broken run wrote or archived; return how many."""
    objects = sa.select(HarvestObject.package_id).where(
        HarvestObject.harvest_job_id == run_id, HarvestObject.package_id.is_not(None)
    )
    vanished = sa.select(PLAN.c.package_id).where(
        PLAN.c.run_id == run_id,
        PLAN.c.package_id.is_not(None),
        sa.or_(PLAN.c.decision == "vanish", PLAN.c.detail["reason"].astext == "further"),
    )
    wanted = model.Session.scalars(sa.union(objects, vanished)).all()
    index_again(wanted)
    model.Session.execute(sa.update(Run).where(Run.id == run_id).values(settled=True))
    model.Session.commit()
    return len(wanted)


@contextmanager
def _one_commit() -> Iterator[None]:
    """Commit the index once for a batch, not once a dataset, with CKAN's own switch."""
    before = tk.config[SOLR_COMMIT]
    tk.config[SOLR_COMMIT] = False
    try:
        yield
    finally:
        tk.config[SOLR_COMMIT] = before
        search.commit()
