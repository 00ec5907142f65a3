"""Any kind of file as one or more tables of text, where DuckDB can read them.

A ``RawTable`` is a CSV in UTF-8 with as many columns in every row, and how its rows are counted
in the file that a person sees.
"""

from __future__ import annotations

import csv
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, BinaryIO

from ckanext.mxcity.files.model import DEFAULT, FileRefused, Limits, Note

if TYPE_CHECKING:
    import duckdb

#: What DuckDB may use while it reads, of memory and, beyond it, of the disk.
MEMORY, SPILL = "1GB", "8GB"
#: Seconds between two looks at a file that is being written.
_LOOK = 0.02


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
    import duckdb

    with TemporaryDirectory(prefix="mxcity-") as folder:
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": MEMORY,
            "threads": 1,
            "temp_directory": folder,
            "max_temp_directory_size": SPILL,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "preserve_insertion_order": True,
        }
        with duckdb.connect(config=settings) as connection:
            yield connection


@contextmanager
def watched(connection: duckdb.DuckDBPyConnection, target: Path, most: int) -> Iterator[None]:
    """Stop what DuckDB writes to a file once it has more than ``most`` bytes: FileRefused."""
    import duckdb

    done = threading.Event()
    beyond = False

    def watch() -> None:
        nonlocal beyond
        while not done.wait(_LOOK):
            if target.exists() and target.stat().st_size > most:
                beyond = True
                connection.interrupt()
                return

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    except duckdb.InterruptException as error:
        raise FileRefused("too-much-text", limit=most) from error
    finally:
        done.set()
        watcher.join()
    if beyond or (target.exists() and target.stat().st_size > most):
        raise FileRefused("too-much-text", limit=most)


class Counted:
    """A text file in UTF-8 that takes no more bytes than it may; FileRefused beyond them."""

    def __init__(self, file: BinaryIO, most: int) -> None:
        self._file, self._most = file, most
        self.size = 0

    def write(self, text: str) -> int:
        """Write a text."""
        content = text.encode("utf-8", "replace")
        self.size += len(content)
        if self.size > self._most:
            raise FileRefused("too-much-text", limit=self._most)
        return self._file.write(content)


def write_rows(
    rows: Iterable[Sequence[object]], width: int, target: Path, most: int = DEFAULT.written
) -> int:
    """Write rows as a RawTable's CSV, each filled up to ``width``; return how many.

    FileRefused when there are more than ``most`` bytes.
    """
    count = 0
    with target.open("wb") as file:
        writer = csv.writer(Counted(file, most), lineterminator="\n")
        for row in rows:
            values = ["" if value is None else str(value) for value in row[:width]]
            writer.writerow(values + [""] * (width - len(values)))
            count += 1
    return count


def refuse_wide(columns: int, limits: Limits) -> None:
    """FileRefused for more columns than a table may have."""
    if columns > limits.columns:
        raise FileRefused("too-many-columns", columns=columns, limit=limits.columns)


def refuse_many(rows: int, columns: int, limits: Limits, filled: int | None = None) -> None:
    """FileRefused for more rows or cells than a table may have, or for hardly any with a value.

    ``filled`` are the cells with a value, where they are known.
    """
    if rows > limits.rows:
        raise FileRefused("too-many-rows", rows=rows, limit=limits.rows)
    cells = rows * columns
    if cells > limits.cells:
        raise FileRefused("too-many-cells", cells=cells, limit=limits.cells)
    if filled is not None and cells > limits.sparse and cells > limits.blank * filled:
        raise FileRefused("too-sparse", cells=cells, filled=filled)
