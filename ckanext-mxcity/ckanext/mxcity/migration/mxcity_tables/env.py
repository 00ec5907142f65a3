"""Run the migrations of mxcity_tables; CKAN calls this with the address of the database."""

from __future__ import annotations

import os

from alembic import context
from sqlalchemy import engine_from_config, pool

config = context.config
name = os.path.basename(os.path.dirname(__file__))

connectable = engine_from_config(
    config.get_section(config.config_ini_section) or {},
    prefix="sqlalchemy.",
    poolclass=pool.NullPool,
)
with connectable.connect() as connection:
    context.configure(
        connection=connection, target_metadata=None, version_table=f"{name}_alembic_version"
    )
    with context.begin_transaction():
        context.run_migrations()
