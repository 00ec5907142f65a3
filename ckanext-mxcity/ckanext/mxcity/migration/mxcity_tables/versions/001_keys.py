"""Create the tables that know which columns of which table others can be joined by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "mxcity_tables_001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "mxcity_table_key",
        sa.Column("resource_id", sa.UnicodeText, primary_key=True),
        sa.Column("column_name", sa.UnicodeText, primary_key=True),
        sa.Column("level", sa.UnicodeText, nullable=False),
        sa.Column("found", sa.DateTime, nullable=False),
    )
    op.create_index("ix_mxcity_table_key_level", "mxcity_table_key", ["level", "found"])
    op.create_table(
        "mxcity_table_key_value",
        sa.Column("resource_id", sa.UnicodeText, primary_key=True),
        sa.Column("column_name", sa.UnicodeText, primary_key=True),
        sa.Column("value", sa.UnicodeText, primary_key=True),
    )


def downgrade() -> None:
    """Drop both tables."""
    op.drop_table("mxcity_table_key_value")
    op.drop_table("mxcity_table_key")
