"""Show the tables that had CKAN's preview of tables by the portal's own."""

from __future__ import annotations

from alembic import op

revision = "mxcity_tables_003"
down_revision = "mxcity_tables_002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Give each such preview the kind of ours; its title and place stay."""
    op.execute(
        "UPDATE resource_view SET view_type = 'mxcity_table_view'"
        " WHERE view_type = 'datatables_view'"
    )


def downgrade() -> None:
    """Give them CKAN's kind again."""
    op.execute(
        "UPDATE resource_view SET view_type = 'datatables_view'"
        " WHERE view_type = 'mxcity_table_view'"
    )
