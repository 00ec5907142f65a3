"""Our tables: runs, their plans, what is missing from its source, how a source was last read."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped


class Run(tk.BaseModel):
    """One run of one source; its id is that of ckanext-harvest's job."""

    __table__ = sa.Table(
        "sniegharvest_run",
        tk.BaseModel.metadata,
        sa.Column("id", sa.UnicodeText, primary_key=True),
        sa.Column("source_id", sa.UnicodeText, nullable=False, index=True),
        sa.Column("state", sa.UnicodeText, nullable=False),
        sa.Column("started", sa.DateTime, nullable=False),
        sa.Column("finished", sa.DateTime),
        #: As ``Report.as_dict()`` without the errors.
        sa.Column("counts", JSONB, nullable=False, server_default="{}"),
        #: As ``Problem.as_dict()``, at most ``KEPT_PROBLEMS`` of them.
        sa.Column("problems", JSONB, nullable=False, server_default="[]"),
        #: False from the first write until the index is known to hold all that was written.
        sa.Column("settled", sa.Boolean, nullable=False, server_default=sa.true()),
    )

    id: Mapped[str]
    source_id: Mapped[str]
    state: Mapped[str]
    started: Mapped[dt.datetime]
    finished: Mapped[dt.datetime | None]
    counts: Mapped[dict[str, Any]]
    problems: Mapped[list[dict[str, Any]]]
    settled: Mapped[bool]

    @classmethod
    def of_source(cls, source_id: str) -> sa.Select[tuple[Run]]:
        """Return the runs of a source, the newest first."""
        return sa.select(cls).where(cls.source_id == source_id).order_by(cls.started.desc())

    def dictize(self) -> dict[str, Any]:
        """Plain data for the API; times are ISO 8601 in UTC."""
        return {
            "id": self.id,
            "source_id": self.source_id,
            "state": self.state,
            "started": self.started.isoformat(),
            "finished": self.finished.isoformat() if self.finished else None,
            **self.counts,
            "problems": self.problems,
        }


#: What a run does with each record. Rows are written while the source is read, before any dataset.
PLAN = sa.Table(
    "sniegharvest_plan",
    tk.BaseModel.metadata,
    sa.Column("run_id", sa.UnicodeText, primary_key=True),
    #: The order in which the source lists them; what vanished follows.
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("guid", sa.UnicodeText, nullable=False),
    sa.Column("decision", sa.UnicodeText, nullable=False),
    sa.Column("title", sa.UnicodeText, nullable=False, server_default=""),
    sa.Column("content_hash", sa.UnicodeText, nullable=False, server_default=""),
    sa.Column("package_id", sa.UnicodeText),
    #: The fields that differ, the reason, or since when it is missing.
    sa.Column("detail", JSONB, nullable=False, server_default="{}"),
    #: The record itself, compressed, where it has to be written.
    sa.Column("record", sa.LargeBinary),
    sa.Index("ix_sniegharvest_plan_decision", "run_id", "decision", "position"),
)

#: Datasets that their source does not list at the moment.
MISSING = sa.Table(
    "sniegharvest_missing",
    tk.BaseModel.metadata,
    sa.Column("source_id", sa.UnicodeText, primary_key=True),
    sa.Column("guid", sa.UnicodeText, primary_key=True),
    sa.Column("since", sa.DateTime, nullable=False),
    sa.Column("runs", sa.Integer, nullable=False),
    sa.Column("last_run", sa.UnicodeText, nullable=False),
)

#: How a source stood after its last complete run.
SOURCE = sa.Table(
    "sniegharvest_source",
    tk.BaseModel.metadata,
    sa.Column("id", sa.UnicodeText, primary_key=True),
    #: Of everything besides the record that shapes a dataset: settings, owner, mapping.
    sa.Column("fingerprint", sa.UnicodeText, nullable=False),
    #: The one document that was read; empty when there were several, or something failed.
    sa.Column("address", sa.UnicodeText, nullable=False, server_default=""),
    sa.Column("etag", sa.UnicodeText, nullable=False, server_default=""),
    sa.Column("last_modified", sa.UnicodeText, nullable=False, server_default=""),
    sa.Column("sha256", sa.UnicodeText, nullable=False, server_default=""),
    #: Active datasets at that time.
    sa.Column("datasets", sa.Integer, nullable=False, server_default="0"),
)

#: What the city changed in harvested datasets: it stays, whatever the source says.
OVERLAY = sa.Table(
    "sniegharvest_overlay",
    tk.BaseModel.metadata,
    sa.Column("package_id", sa.UnicodeText, primary_key=True),
    #: ``notes``, ``tags``, ``extras/KEY``, ``resources/ID/FIELD``; ``resources/ID`` is a whole one.
    sa.Column("path", sa.UnicodeText, primary_key=True),
    #: JSON's null where the city took the value away.
    sa.Column("value", JSONB, nullable=False),
    #: What the source said last.
    sa.Column("source_value", JSONB, nullable=False),
    #: Id of the user.
    sa.Column("author", sa.UnicodeText, nullable=False),
    sa.Column("changed", sa.DateTime, nullable=False),
)

#: Further ways by which a dataset arrives: records of sources that are not its authority.
PROVENANCE = sa.Table(
    "sniegharvest_provenance",
    tk.BaseModel.metadata,
    sa.Column("source_id", sa.UnicodeText, primary_key=True),
    sa.Column("guid", sa.UnicodeText, primary_key=True),
    sa.Column("package_id", sa.UnicodeText, nullable=False, index=True),
    sa.Column("source_name", sa.UnicodeText, nullable=False),
    #: Of the record's page at that source; "" if it has none.
    sa.Column("address", sa.UnicodeText, nullable=False, server_default=""),
    sa.Column("content_hash", sa.UnicodeText, nullable=False, server_default=""),
    #: ISO 8601 in UTC.
    sa.Column("harvested_at", sa.UnicodeText, nullable=False),
)

#: The temporary table of what a source lists; it lives while a run reads.
LISTING = "sniegharvest_listing"

#: What is known of the bytes of a file: see :mod:`ckanext.sniegharvest.files.checksums`.
FILE = sa.Table(
    "sniegharvest_file",
    tk.BaseModel.metadata,
    sa.Column("resource_id", sa.UnicodeText, primary_key=True),
    #: From where it was fetched.
    sa.Column("address", sa.UnicodeText, nullable=False),
    #: ``same``, ``differs``, ``new`` (there was nothing to compare with) or ``unreachable``.
    sa.Column("state", sa.UnicodeText, nullable=False),
    #: The checksum that the source declares; "" if none.
    sa.Column("declared", sa.UnicodeText, nullable=False, server_default=""),
    #: What it was compared with, and what it has, in hexadecimal digits.
    sa.Column("expected", sa.UnicodeText, nullable=False, server_default=""),
    sa.Column("found", sa.UnicodeText, nullable=False, server_default=""),
    #: Bytes.
    sa.Column("size", sa.BigInteger, nullable=False, server_default="0"),
    #: Why it could not be fetched.
    sa.Column("reason", sa.UnicodeText, nullable=False, server_default=""),
    sa.Column("checked", sa.DateTime, nullable=False),
)
