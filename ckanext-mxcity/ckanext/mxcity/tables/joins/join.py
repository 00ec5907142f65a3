"""Join two tables of the DataStore, in the database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from ckanext.mxcity.tables.database import reading
from ckanext.mxcity.tables.downloads.columns import Column

#: Milliseconds for a page of rows, and for a whole file.
PAGE_TIMEOUT, FILE_TIMEOUT = 5_000, 120_000
#: Rows of a joined file at most: two tables may hold many rows of one key.
MOST_ROWS = 1_000_000
_BATCH = 5_000


@dataclass(frozen=True)
class Side:
    """A table of the DataStore and its columns."""

    table: str
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Join:
    """Two tables and the pairs of columns (left, right) whose values are the same."""

    left: Side
    right: Side
    on: tuple[tuple[str, str], ...]

    def columns(self) -> list[Column]:
        """Return the columns of the result: the left's, then the right's without its keys.

        A name that both have is told apart by ``_2``.
        """
        taken = {column.name for column in self.left.columns}
        keys = {right for _, right in self.on}
        found = list(self.left.columns)
        for column in self.right.columns:
            if column.name in keys:
                continue
            name = column.name
            while name in taken:
                name = f"{name}_2"
            taken.add(name)
            found.append(Column(name, column.type, column.title))
        return found

    def statement(self, limit: int) -> sa.Select[Any]:
        """Return the query: rows of the left that have a match, in its order."""
        left, right = self._table(self.left, "l"), self._table(self.right, "r")
        keys = {name for _, name in self.on}
        columns = [left.c[column.name] for column in self.left.columns]
        columns += [
            right.c[column.name] for column in self.right.columns if column.name not in keys
        ]
        labels = [column.name for column in self.columns()]
        same = sa.and_(
            *(
                sa.cast(left.c[mine], sa.Text) == sa.cast(right.c[other], sa.Text)
                for mine, other in self.on
            )
        )
        return (
            sa.select(*(column.label(name) for column, name in zip(columns, labels, strict=True)))
            .select_from(left.join(right, same))
            .order_by(left.c["_id"], right.c["_id"])
            .limit(limit)
        )

    @staticmethod
    def _table(side: Side, name: str) -> Any:
        columns: list[Any] = [sa.column(column.name) for column in side.columns]
        return sa.alias(sa.table(side.table, sa.column("_id"), *columns), name)


def rows(join: Join, limit: int, timeout: int) -> Iterator[list[list[Any]]]:
    """Yield the joined rows in batches.

    OperationalError of SQLAlchemy if the database takes longer than ``timeout`` milliseconds.
    """
    with reading(timeout) as connection:
        streamed = connection.execution_options(stream_results=True, yield_per=_BATCH)
        for batch in streamed.execute(join.statement(limit)).partitions():
            yield [[_plain(value) for value in row] for row in batch]


def _plain(value: Any) -> Any:
    """Return a value as JSON and CSV write it."""
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
