"""ckanext-harvest's record of each dataset: what came from the source, and its hash."""

from __future__ import annotations

from collections.abc import Sequence

import ckan.model as model
import sqlalchemy as sa
from ckan.model.types import make_uuid

from ckanext.harvest.model import HarvestObject, HarvestObjectExtra
from ckanext.mxcity.ground import clock
from ckanext.mxcity.reading.canonical import serialised
from ckanext.sniegharvest.engine.identity.harvested import HASH_KEY
from ckanext.sniegharvest.engine.records import Change


def note(changes: Sequence[Change], job_id: str, source_id: str) -> dict[str, str]:
    """Make the records of the changes the current ones; gives their ids by dataset."""
    guids = [change.record.identifier for change in changes]
    model.Session.execute(
        sa.update(HarvestObject)
        .where(
            HarvestObject.harvest_source_id == source_id,
            HarvestObject.guid.in_(guids),
            HarvestObject.current.is_(True),
        )
        .values(current=False)
        .execution_options(synchronize_session=False)
    )
    moment = clock.utc_now()
    rows = [_row(change, job_id, source_id, moment) for change in changes]
    model.Session.execute(sa.insert(HarvestObject.__table__), rows)
    hashes = [
        {
            "id": make_uuid(),
            "harvest_object_id": row["id"],
            "key": HASH_KEY,
            "value": change.record.content_hash,
        }
        for row, change in zip(rows, changes, strict=True)
    ]
    model.Session.execute(sa.insert(HarvestObjectExtra.__table__), hashes)
    return {str(row["package_id"]): str(row["id"]) for row in rows}


def _row(change: Change, job_id: str, source_id: str, moment: object) -> dict[str, object]:
    return {
        "id": make_uuid(),
        "guid": change.record.identifier,
        "current": True,
        "state": "COMPLETE",
        "report_status": "added" if change.action == "create" else "updated",
        "harvest_job_id": job_id,
        "harvest_source_id": source_id,
        "package_id": change.package_id,
        "content": serialised(change.record.raw),
        "gathered": moment,
        "fetch_started": moment,
        "fetch_finished": moment,
        "import_started": moment,
        "import_finished": moment,
    }
