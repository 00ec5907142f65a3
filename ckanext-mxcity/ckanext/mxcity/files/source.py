"""Any kind of file as one or more tables of text, where DuckDB can read them.

A ``RawTable`` is a CSV in UTF-8 with as many columns in every row, and how its rows are counted
in the file that a person sees.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from ckanext.mxcity.files.model import FileRefused, Limits, Note

#: What DuckDB may use while it reads.
MEMORY = "300MB"


@dataclass(frozen=True)
class RawTable:
    """A table of text. ``path`` is CSV in UTF-8 without a header; ``titles`` are its header."""

    name: str
    path: Path
    titles: tuple[str, ...]
    header_rows: int
    delimiter: str = ","
    #: Rows of the file before the first of data, that DuckDB has to leave out.
    skip: int = 0
    notes: tuple[Note, ...] = ()
    #: Columns whose type the file itself tells, as Table Schema names it.
    typed: dict[str, str] = field(default_factory=dict)
    crs: str | None = None
    #: See ``TableReading.blanks``.
    blanks: tuple[int, ...] = ()

    @property
    def columns(self) -> list[str]:
        """The names that DuckDB gives the columns: c0, c1, …."""
        return [f"c{number}" for number in range(len(self.titles))]

    def relation(self) -> tuple[str, list[object]]:
        """Return SQL that reads the table, every value as text, and its parameters."""
        columns = dict.fromkeys(self.columns, "VARCHAR")
        sql = (
            "read_csv(?, columns = ?, auto_detect = false, header = false, delim = ?, skip = ?, "
            "quote = '\"', escape = '\"', null_padding = true, strict_mode = false, "
            "max_line_size = 20000000, parallel = false, store_rejects = true)"
        )
        return sql, [str(self.path), columns, self.delimiter, self.skip]


@contextmanager
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB of its own: one thread, bounded memory, nothing from the network."""
    with TemporaryDirectory(prefix="mxcity-") as folder:
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": MEMORY,
            "threads": 1,
            "temp_directory": folder,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "preserve_insertion_order": True,
        }
        with duckdb.connect(config=settings) as connection:
            yield connection


def write_rows(rows: Iterable[Sequence[object]], width: int, target: Path) -> int:
    """Write rows as a RawTable's CSV, each filled up to ``width``; return how many."""
    count = 0
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        for row in rows:
            values = ["" if value is None else str(value) for value in row[:width]]
            writer.writerow(values + [""] * (width - len(values)))
            count += 1
    return count


def refuse_wide(columns: int, limits: Limits) -> None:
    """FileRefused for more columns than a table may have."""
    if columns > limits.columns:
        raise FileRefused("too-many-columns", columns=columns, limit=limits.columns)
