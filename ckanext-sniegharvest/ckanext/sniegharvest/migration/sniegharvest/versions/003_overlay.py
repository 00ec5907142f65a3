"""Keep what the city changed in harvested datasets, and every way by which a dataset arrives."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "003_overlay"
down_revision = "002_plan"
branch_labels = None
depends_on = None

#: What two records of different sources can be recognised by; digests, since addresses are long.
INDEXES = {
    "identifier": ("package", "md5(extras ->> 'identifier')", "extras ? 'source_identifier'"),
    "remote": ("package", "md5(extras ->> 'source_identifier')", "extras ? 'source_identifier'"),
    "landing": ("package", "md5(url)", "extras ? 'source_identifier'"),
    "file": ("resource", "md5(url)", "state = 'active'"),
}


def upgrade() -> None:
    op.create_table(
        "sniegharvest_overlay",
        sa.Column(
            "package_id",
            sa.UnicodeText,
            sa.ForeignKey("package.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("path", sa.UnicodeText, primary_key=True),
        sa.Column("value", JSONB, nullable=False),
        sa.Column("source_value", JSONB, nullable=False),
        sa.Column("author", sa.UnicodeText, nullable=False),
        sa.Column("changed", sa.DateTime, nullable=False),
    )
    op.create_table(
        "sniegharvest_provenance",
        sa.Column("source_id", sa.UnicodeText, primary_key=True),
        sa.Column("guid", sa.UnicodeText, primary_key=True),
        sa.Column(
            "package_id",
            sa.UnicodeText,
            sa.ForeignKey("package.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("source_name", sa.UnicodeText, nullable=False),
        sa.Column("address", sa.UnicodeText, nullable=False, server_default=""),
        sa.Column("content_hash", sa.UnicodeText, nullable=False, server_default=""),
        sa.Column("harvested_at", sa.UnicodeText, nullable=False),
    )
    for name, (table, expression, condition) in INDEXES.items():
        op.execute(
            f"CREATE INDEX ix_sniegharvest_by_{name} ON {table} ({expression}) WHERE {condition}"
        )


def downgrade() -> None:
    for name in INDEXES:
        op.execute(f"DROP INDEX IF EXISTS ix_sniegharvest_by_{name}")
    for table in ("sniegharvest_provenance", "sniegharvest_overlay"):
        op.drop_table(table)
