"""Keep the charts that are quoted, with their figures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "mxcity_tables_004"
down_revision = "mxcity_tables_003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "mxcity_chart_quote",
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


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("mxcity_chart_quote")
