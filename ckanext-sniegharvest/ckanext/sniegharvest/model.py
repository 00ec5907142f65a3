"""The record of each run: what it did, and what failed with which reason."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped


def now() -> dt.datetime:
    """The time in UTC, without a zone, as CKAN's own tables keep it."""
    return dt.datetime.now(dt.timezone.utc).replace(tzinfo=None)


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
    )

    id: Mapped[str]
    source_id: Mapped[str]
    state: Mapped[str]
    started: Mapped[dt.datetime]
    finished: Mapped[dt.datetime | None]
    counts: Mapped[dict[str, Any]]
    problems: Mapped[list[dict[str, Any]]]

    @classmethod
    def of_source(cls, source_id: str) -> sa.Select[tuple[Run]]:
        """The runs of a source, the newest first."""
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
