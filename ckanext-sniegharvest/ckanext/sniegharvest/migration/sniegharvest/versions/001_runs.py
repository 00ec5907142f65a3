"""Keep a record of each run, and find a source's datasets without reading all objects."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "sniegharvest_001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sniegharvest_run",
        sa.Column("id", sa.UnicodeText, primary_key=True),
        sa.Column("source_id", sa.UnicodeText, nullable=False),
        sa.Column("state", sa.UnicodeText, nullable=False),
        sa.Column("started", sa.DateTime, nullable=False),
        sa.Column("finished", sa.DateTime),
        sa.Column("counts", JSONB, nullable=False, server_default="{}"),
        sa.Column("problems", JSONB, nullable=False, server_default="[]"),
    )
    op.create_index("ix_sniegharvest_run_source_id", "sniegharvest_run", ["source_id"])


def downgrade() -> None:
    op.drop_table("sniegharvest_run")
