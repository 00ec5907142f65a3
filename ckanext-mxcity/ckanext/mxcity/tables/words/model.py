"""Our tables: what each table of the DataStore says in words, and the tables to be read anew."""

from __future__ import annotations

import datetime as dt

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped


def _of_resource() -> sa.Column[str]:
    """Return the key column of a row that goes with its resource."""
    return sa.Column(
        "resource_id",
        sa.UnicodeText,
        sa.ForeignKey("resource.id", ondelete="CASCADE"),
        primary_key=True,
    )


class ColumnWords(tk.BaseModel):
    """A column of a table: what it is called, what it means, and the texts that it holds.

    ``texts`` are distinct and as the table has them; none where the column holds numbers, keys,
    long texts or what is private. So a text leads to its tables and columns.
    """

    __table__ = sa.Table(
        "mxcity_column_words",
        tk.BaseModel.metadata,
        _of_resource(),
        sa.Column("column_name", sa.UnicodeText, primary_key=True),
        sa.Column("title", sa.UnicodeText, nullable=False),
        sa.Column("notes", sa.UnicodeText, nullable=False),
        sa.Column("texts", ARRAY(sa.UnicodeText), nullable=False),
    )

    resource_id: Mapped[str]
    column_name: Mapped[str]
    title: Mapped[str]
    notes: Mapped[str]
    texts: Mapped[list[str]]


class ChangedTable(tk.BaseModel):
    """A table whose words are to be read anew: since when a job is asked to, and if it has begun.

    A change after the beginning asks for another job.
    """

    __table__ = sa.Table(
        "mxcity_changed_table",
        tk.BaseModel.metadata,
        _of_resource(),
        sa.Column("asked", sa.DateTime, nullable=False, index=True),
        sa.Column("begun", sa.Boolean, nullable=False),
    )

    resource_id: Mapped[str]
    asked: Mapped[dt.datetime]
    begun: Mapped[bool]
