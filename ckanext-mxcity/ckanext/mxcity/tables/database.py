"""The DataStore's database, as what only reads is let into it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa


@contextmanager
def reading(timeout: int) -> Iterator[sa.Connection]:
    """Give a connection that can only read, each statement for ``timeout`` milliseconds at most.

    OperationalError of SQLAlchemy, inside the block, where a statement takes longer.
    """
    from ckanext.datastore.backend.postgres import get_read_engine

    with get_read_engine().connect() as connection:
        connection.execute(sa.text("SET TRANSACTION READ ONLY"))
        connection.execute(sa.text(f"SET LOCAL statement_timeout = {int(timeout)}"))
        yield connection
