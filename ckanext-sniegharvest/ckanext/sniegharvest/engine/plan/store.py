"""The plan of a run in the database: filled while the source is read, read while it is written.

What the source lists goes to a temporary table, which costs no durable write; only what has to be
done, or told, goes to the plan itself. Nothing here grows with the source in memory.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from ckanext.harvest.model import HarvestObject
from ckanext.mxcity.ground import clock
from ckanext.sniegharvest.engine.plan.packed_records import pack, unpack
from ckanext.sniegharvest.engine.records import Decision, Planned, Stored
from ckanext.sniegharvest.model import LISTING, MISSING, PLAN

_CREATE = f"""
CREATE TEMPORARY TABLE {LISTING} (
    guid text NOT NULL, position integer NOT NULL, title text, content_hash text, package_id text,
    unchanged boolean NOT NULL)
"""
_LIST = f"""
INSERT INTO {LISTING} SELECT * FROM unnest(
    :guids, CAST(:positions AS integer[]), :titles, :hashes, :packages,
    CAST(:unchanged AS boolean[]))
"""  # noqa: S608 - the name is ours
_VANISH = f"""
INSERT INTO sniegharvest_plan (run_id, position, guid, decision, title, content_hash, package_id,
                               detail)
SELECT :run, :after + row_number() OVER (ORDER BY gone.guid), gone.guid, 'vanish', gone.title, '',
       gone.id, jsonb_build_object(
           'since', gone.since, 'runs', gone.runs,
           'archive', gone.runs >= :least_runs AND gone.since <= :least_since)
FROM (
    SELECT DISTINCT ON (object.guid) object.guid, package.title, package.id,
           coalesce(missing.since, :now) AS since,
           CASE WHEN missing.last_run = :run THEN missing.runs
                ELSE coalesce(missing.runs, 0) + 1 END AS runs
    FROM harvest_object AS object
    JOIN package ON package.id = object.package_id AND package.state = 'active'
    LEFT JOIN sniegharvest_missing AS missing
           ON missing.source_id = object.harvest_source_id AND missing.guid = object.guid
    WHERE object.harvest_source_id = :source AND object.current
      AND NOT EXISTS (SELECT FROM {LISTING} AS listing WHERE listing.guid = object.guid)
    ORDER BY object.guid, object.id
) AS gone
"""  # noqa: S608
_UNCHANGED = f"""
INSERT INTO sniegharvest_plan (run_id, position, guid, decision, title, content_hash, package_id)
SELECT :run, position, guid, 'unchanged', title, content_hash, package_id
FROM {LISTING} WHERE unchanged
"""  # noqa: S608
_MARK = """
INSERT INTO sniegharvest_missing (source_id, guid, since, runs, last_run)
SELECT :source, guid, CAST(detail ->> 'since' AS timestamp), CAST(detail ->> 'runs' AS integer),
       :run
FROM sniegharvest_plan
WHERE run_id = :run AND decision = 'vanish' AND NOT CAST(detail ->> 'archive' AS boolean)
ON CONFLICT (source_id, guid) DO UPDATE SET runs = excluded.runs, last_run = excluded.last_run
"""
_END_GRACE = """
UPDATE sniegharvest_plan SET detail = detail || '{"archive": true}'
WHERE run_id = :run AND decision = 'vanish'
"""
_RETURNED = f"""
DELETE FROM sniegharvest_missing AS missing
WHERE source_id = :source AND EXISTS (SELECT FROM {LISTING} AS l WHERE l.guid = missing.guid)
"""  # noqa: S608
_DIGEST = """
SELECT md5(coalesce(string_agg(md5(guid || decision || content_hash), '' ORDER BY guid, decision),
                    ''))
FROM sniegharvest_plan
WHERE run_id = :run AND decision IN ('create', 'update', 'vanish')
"""
_PRUNE = """
DELETE FROM sniegharvest_plan WHERE run_id IN (
    SELECT id FROM sniegharvest_run WHERE source_id = :source
    ORDER BY started DESC OFFSET :keep)
"""


class PlanStore:
    """The plan of one run, on a connection that commits each statement by itself."""

    def __init__(self, connection: sa.Connection, run_id: str, source_id: str) -> None:
        self.connection = connection
        self.run_id = run_id
        self.source_id = source_id

    def begin(self) -> None:
        """Begin an empty plan; drop what an interrupted attempt of the same run planned."""
        self.connection.execute(sa.delete(PLAN).where(PLAN.c.run_id == self.run_id))
        self.connection.execute(sa.text(f"DROP TABLE IF EXISTS {LISTING}"))
        self.connection.execute(sa.text(_CREATE))

    def close(self) -> None:
        """Drop what was needed only while reading."""
        self.connection.execute(sa.text(f"DROP TABLE IF EXISTS {LISTING}"))

    def note(self, rows: Sequence[Planned]) -> None:
        """Note what the source lists; one statement."""
        columns: dict[str, Any] = {
            "guids": [row.guid for row in rows],
            "positions": [row.position for row in rows],
            "titles": [row.title for row in rows],
            "hashes": [row.content_hash for row in rows],
            "packages": [row.package_id for row in rows],
            "unchanged": [row.decision == "unchanged" for row in rows],
        }
        texts = [
            sa.bindparam(name, type_=ARRAY(sa.Text))
            for name in ("guids", "titles", "hashes", "packages")
        ]
        self.connection.execute(sa.text(_LIST).bindparams(*texts), columns)

    def add(self, rows: Sequence[Planned]) -> None:
        """Store rows of the plan; one statement."""
        if rows:
            self.connection.execute(sa.insert(PLAN), [self._row(row) for row in rows])

    def close_listing(self, after: int, *, runs: int, days: float) -> tuple[int, int]:
        """Plan what the source lists no more, once it was read to its end.

        Args:
            after: position of the last record.
            runs: archive what is missing for so many runs, and
            days: for so many days.

        Returns:
            How many vanished, and how many of them are to be archived now.

        """
        moment = clock.utc_now()
        values = {
            "run": self.run_id,
            "source": self.source_id,
            "after": after,
            "now": moment,
            "least_runs": runs,
            "least_since": moment - dt.timedelta(days=days),
        }
        self.connection.execute(sa.text(f"ANALYZE {LISTING}"))
        vanished = self.connection.execute(sa.text(_VANISH), values).rowcount
        return vanished, self._archived() if vanished else 0

    def keep_unchanged(self) -> None:
        """Add the unchanged records to a plan that has something to do or to tell."""
        self.connection.execute(sa.text(_UNCHANGED), {"run": self.run_id})

    def digest(self) -> str:
        """Return a digest of the plan: two plans that would do the same have the same digest."""
        return str(self.connection.scalar(sa.text(_DIGEST), {"run": self.run_id}))

    def pages(self, size: int, *decisions: Decision) -> Iterator[list[Planned]]:
        """Yield the rows with these decisions in order, ``size`` at a time, with their records."""
        last = 0
        while True:
            rows = self.connection.execute(
                sa.select(PLAN)
                .where(
                    PLAN.c.run_id == self.run_id,
                    PLAN.c.decision.in_(decisions),
                    PLAN.c.position > last,
                )
                .order_by(PLAN.c.position)
                .limit(size)
            ).all()
            if not rows:
                return
            yield [planned(row) for row in rows]
            last = rows[-1].position

    def mark_missing(self) -> None:
        """Remember what vanished and is still within its grace, once a run."""
        values = {"run": self.run_id, "source": self.source_id}
        self.connection.execute(sa.text(_MARK), values)

    def forget_missing(self, guids: Sequence[str] | None = None) -> None:
        """Forget that something was missing: what is listed again, or ``guids``."""
        mine = MISSING.c.source_id == self.source_id
        if guids is not None:
            self.connection.execute(sa.delete(MISSING).where(mine, MISSING.c.guid.in_(guids)))
        elif self.has_missing():
            self.connection.execute(sa.text(_RETURNED), {"source": self.source_id})

    def has_missing(self) -> bool:
        """Return whether any dataset of the source is missing from it."""
        mine = sa.exists().where(MISSING.c.source_id == self.source_id)
        return bool(self.connection.scalar(sa.select(mine)))

    def end_grace(self) -> int:
        """Archive all that vanished without grace, since a person said so; gives how many."""
        values = {"run": self.run_id}
        return self.connection.execute(sa.text(_END_GRACE), values).rowcount

    def prune(self, keep: int) -> None:
        """Drop the plans of all but the last ``keep`` runs of the source."""
        values = {"source": self.source_id, "keep": keep}
        self.connection.execute(sa.text(_PRUNE), values)

    def contents(self, rows: Sequence[Stored]) -> dict[str, str]:
        """Return what the harvest objects of these datasets hold, by guid; one query."""
        found = self.connection.execute(
            sa.select(HarvestObject.guid, HarvestObject.content).where(
                HarvestObject.id.in_([row.object_id for row in rows])
            )
        )
        return {guid: content or "" for guid, content in found}

    def _archived(self) -> int:
        query = (
            sa.select(sa.func.count())
            .select_from(PLAN)
            .where(
                PLAN.c.run_id == self.run_id,
                PLAN.c.decision == "vanish",
                PLAN.c.detail["archive"].as_boolean(),
            )
        )
        return int(self.connection.scalar(query) or 0)

    def _row(self, row: Planned) -> dict[str, Any]:
        return {
            "run_id": self.run_id,
            "position": row.position,
            "guid": row.guid,
            "decision": row.decision,
            "title": row.title,
            "content_hash": row.content_hash,
            "package_id": row.package_id or None,
            "detail": row.detail,
            "record": pack(row.record) if row.record else None,
        }


def planned(row: Any) -> Planned:
    """Return a row of the table as a typed record."""
    return Planned(
        row.position,
        row.guid,
        row.decision,
        row.title,
        row.content_hash,
        row.package_id or "",
        row.detail,
        unpack(row.record) if row.record else None,
    )
