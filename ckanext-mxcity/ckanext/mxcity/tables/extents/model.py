"""Our table: the rectangle around the rows of each table of the DataStore that have places."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.orm import Mapped


class TableExtent(tk.BaseModel):
    """The rectangle around the places of a table's rows, in degrees of WGS 84."""

    __table__ = sa.Table(
        "mxcity_table_extent",
        tk.BaseModel.metadata,
        sa.Column(
            "resource_id",
            sa.UnicodeText,
            sa.ForeignKey("resource.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("west", sa.Float, nullable=False),
        sa.Column("south", sa.Float, nullable=False),
        sa.Column("east", sa.Float, nullable=False),
        sa.Column("north", sa.Float, nullable=False),
    )

    resource_id: Mapped[str]
    west: Mapped[float]
    south: Mapped[float]
    east: Mapped[float]
    north: Mapped[float]
