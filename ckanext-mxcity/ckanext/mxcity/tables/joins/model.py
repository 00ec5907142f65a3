"""Our tables: the key columns of each table in the DataStore, and the values that they hold."""

from __future__ import annotations

import datetime as dt

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.orm import Mapped


class TableKey(tk.BaseModel):
    """A column that others can be joined by; ``level`` says what its values are codes of."""

    __table__ = sa.Table(
        "mxcity_table_key",
        tk.BaseModel.metadata,
        sa.Column("resource_id", sa.UnicodeText, primary_key=True),
        sa.Column("column_name", sa.UnicodeText, primary_key=True),
        sa.Column("level", sa.UnicodeText, nullable=False),
        sa.Column("found", sa.DateTime, nullable=False),
    )

    resource_id: Mapped[str]
    column_name: Mapped[str]
    level: Mapped[str]
    found: Mapped[dt.datetime]


class TableKeyValue(tk.BaseModel):
    """A value of a key column, once."""

    __table__ = sa.Table(
        "mxcity_table_key_value",
        tk.BaseModel.metadata,
        sa.Column("resource_id", sa.UnicodeText, primary_key=True),
        sa.Column("column_name", sa.UnicodeText, primary_key=True),
        sa.Column("value", sa.UnicodeText, primary_key=True),
    )

    resource_id: Mapped[str]
    column_name: Mapped[str]
    value: Mapped[str]
