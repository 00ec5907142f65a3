"""Our table of the charts that were quoted, each with its figures as they were."""

from __future__ import annotations

import datetime as dt

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.orm import Mapped


class ChartQuote(tk.BaseModel):
    """A chart as it was when somebody quoted it; see ``record.Quote`` for its ``content``.

    It goes with its resource: nothing is left of what was purged.
    """

    __table__ = sa.Table(
        "mxcity_chart_quote",
        tk.BaseModel.metadata,
        sa.Column("code", sa.UnicodeText, primary_key=True),
        sa.Column(
            "resource_id",
            sa.UnicodeText,
            sa.ForeignKey("resource.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("content", sa.UnicodeText, nullable=False),
        sa.Column("made", sa.DateTime, nullable=False),
    )

    code: Mapped[str]
    resource_id: Mapped[str]
    content: Mapped[str]
    made: Mapped[dt.datetime]
