"""Keep what is known of the bytes of files: what was expected, what was found, and when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "004_files"
down_revision = "003_overlay"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sniegharvest_file",
        sa.Column(
            "resource_id",
            sa.UnicodeText,
            sa.ForeignKey("resource.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("address", sa.UnicodeText, nullable=False),
        sa.Column("state", sa.UnicodeText, nullable=False),
        sa.Column("declared", sa.UnicodeText, nullable=False, server_default=""),
        sa.Column("expected", sa.UnicodeText, nullable=False, server_default=""),
        sa.Column("found", sa.UnicodeText, nullable=False, server_default=""),
        sa.Column("size", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("reason", sa.UnicodeText, nullable=False, server_default=""),
        sa.Column("checked", sa.DateTime, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("sniegharvest_file")
