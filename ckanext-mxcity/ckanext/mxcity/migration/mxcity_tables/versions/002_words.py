"""Create the tables that know what the tables of the DataStore say in words.

Tables that are loaded already are noted as changed: a worker reads them.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "mxcity_tables_002"
down_revision = "mxcity_tables_001"
branch_labels = None
depends_on = None

_LOADED = """
INSERT INTO mxcity_changed_table (resource_id, asked, begun)
SELECT id, TIMESTAMP '2000-01-01', false FROM resource
WHERE state = 'active' AND CAST(extras AS text) LIKE '%"datastore_active": true%'
"""


def upgrade() -> None:
    """Create both tables, and note the tables that are loaded."""
    op.create_table(
        "mxcity_column_words",
        _of_resource(),
        sa.Column("column_name", sa.UnicodeText, primary_key=True),
        sa.Column("title", sa.UnicodeText, nullable=False),
        sa.Column("notes", sa.UnicodeText, nullable=False),
        sa.Column("texts", ARRAY(sa.UnicodeText), nullable=False),
    )
    op.create_table(
        "mxcity_changed_table",
        _of_resource(),
        sa.Column("asked", sa.DateTime, nullable=False, index=True),
        sa.Column("begun", sa.Boolean, nullable=False),
    )
    op.execute(_LOADED)


def downgrade() -> None:
    """Drop both tables."""
    op.drop_table("mxcity_changed_table")
    op.drop_table("mxcity_column_words")


def _of_resource() -> sa.Column[str]:
    return sa.Column(
        "resource_id",
        sa.UnicodeText,
        sa.ForeignKey("resource.id", ondelete="CASCADE"),
        primary_key=True,
    )
