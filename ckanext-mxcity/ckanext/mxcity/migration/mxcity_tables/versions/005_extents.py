"""Create the table that knows where the rows of tables are.

Tables that are loaded already are noted as changed: a worker reads them.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "mxcity_tables_005"
down_revision = "mxcity_tables_004"
branch_labels = None
depends_on = None

_LOADED = """
INSERT INTO mxcity_changed_table (resource_id, asked, begun)
SELECT id, TIMESTAMP '2000-01-01', false FROM resource
WHERE state = 'active' AND CAST(extras AS text) LIKE '%"datastore_active": true%'
ON CONFLICT (resource_id) DO NOTHING
"""


def upgrade() -> None:
    """Create the table, and note the tables that are loaded."""
    op.create_table(
        "mxcity_table_extent",
        sa.Column(
            "resource_id",
            sa.UnicodeText,
            sa.ForeignKey("resource.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        *(sa.Column(side, sa.Float, nullable=False) for side in ("west", "south", "east", "north")),
    )
    op.execute(_LOADED)


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("mxcity_table_extent")
