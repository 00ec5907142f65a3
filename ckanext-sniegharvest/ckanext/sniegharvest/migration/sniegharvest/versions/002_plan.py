"""Keep the plan of each run, what is missing from its source, and how a source was last read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "002_plan"
down_revision = "sniegharvest_001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sniegharvest_plan",
        sa.Column("run_id", sa.UnicodeText, primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("guid", sa.UnicodeText, nullable=False),
        sa.Column("decision", sa.UnicodeText, nullable=False),
        sa.Column("title", sa.UnicodeText, nullable=False, server_default=""),
        sa.Column("content_hash", sa.UnicodeText, nullable=False, server_default=""),
        sa.Column("package_id", sa.UnicodeText),
        sa.Column("detail", JSONB, nullable=False, server_default="{}"),
        sa.Column("record", sa.LargeBinary),
    )
    op.create_index(
        "ix_sniegharvest_plan_decision", "sniegharvest_plan", ["run_id", "decision", "position"]
    )
    op.create_table(
        "sniegharvest_missing",
        sa.Column("source_id", sa.UnicodeText, primary_key=True),
        sa.Column("guid", sa.UnicodeText, primary_key=True),
        sa.Column("since", sa.DateTime, nullable=False),
        sa.Column("runs", sa.Integer, nullable=False),
        sa.Column("last_run", sa.UnicodeText, nullable=False),
    )
    op.create_table(
        "sniegharvest_source",
        sa.Column("id", sa.UnicodeText, primary_key=True),
        sa.Column("fingerprint", sa.UnicodeText, nullable=False),
        sa.Column("address", sa.UnicodeText, nullable=False, server_default=""),
        sa.Column("etag", sa.UnicodeText, nullable=False, server_default=""),
        sa.Column("last_modified", sa.UnicodeText, nullable=False, server_default=""),
        sa.Column("sha256", sa.UnicodeText, nullable=False, server_default=""),
        sa.Column("datasets", sa.Integer, nullable=False, server_default="0"),
    )
    op.add_column(
        "sniegharvest_run",
        sa.Column("settled", sa.Boolean, nullable=False, server_default=sa.true()),
    )
    op.create_index(
        "ix_sniegharvest_object_current",
        "harvest_object",
        ["harvest_source_id", "guid"],
        postgresql_where=sa.text("current"),
    )
    op.create_index("ix_sniegharvest_job_source", "harvest_job", ["source_id", "created"])


def downgrade() -> None:
    op.drop_index("ix_sniegharvest_job_source", "harvest_job")
    op.drop_index("ix_sniegharvest_object_current", "harvest_object")
    op.drop_column("sniegharvest_run", "settled")
    for table in ("sniegharvest_source", "sniegharvest_missing", "sniegharvest_plan"):
        op.drop_table(table)
