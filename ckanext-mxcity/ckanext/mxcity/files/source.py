"""Any kind of file as one or more tables of text, where DuckDB can read them.

A ``RawTable`` is a CSV in UTF-8 with as many columns in every row, and how its rows are counted
in the file that a person sees.
"""

from __future__ import annotations

import csv
import os
import threading
from codecs import BOM_UTF8
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, BinaryIO

from ckanext.mxcity.files.model import DEFAULT, FileRefused, Limits, Note, Question
from ckanext.mxcity.files.records import LONGEST

if TYPE_CHECKING:
    import duckdb

#: What DuckDB may use while it reads, of memory and, beyond it, of the disk.
MEMORY, SPILL = "1GB", "8GB"
#: What it uses of memory while it goes once through a file, unless that is too little: it keeps all
#: that it has seen of one, as far as it may.
LITTLE = "192MB"
#: Processors that it uses at once where the order of the rows does not matter.
PROCESSORS = 2
#: How DuckDB goes through a CSV: one row after the other, with lines as long as the longest cell
#: that is taken, and no more of the file at once.
ONCE = "max_line_size = 20000000, buffer_size = 20000000, parallel = false"
#: Bytes that are read at once.
_CHUNK = 1 << 20
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
    #: See ``TableReading.header`` and ``TableReading.foot``.
    header: tuple[int, int] | None = None
    foot: int = 0
    questions: tuple[Question, ...] = ()
    #: Whether it is all of a file as it came, below one line of titles: in UTF-8 with commas, and a
    #: record a line.
    whole: bool = False
    #: DuckDB with the table ``raw``, where it was parsed already.
    loaded: duckdb.DuckDBPyConnection | None = field(default=None, compare=False, repr=False)

    @property
    def columns(self) -> list[str]:
        """The names that DuckDB gives the columns: c0, c1, …."""
        return [f"c{number}" for number in range(len(self.titles))]

    def relation(self) -> tuple[str, list[object]]:
        """Return SQL that reads the table, every value as text, and its parameters.

        A row that is not as long as the others is an error.
        """
        columns = dict.fromkeys(self.columns, "VARCHAR")
        sql = (
            "read_csv(?, columns = ?, auto_detect = false, header = false, delim = ?, skip = ?, "
            f"quote = '\"', escape = '\"', strict_mode = true, {ONCE})"
        )
        return sql, [str(self.path), columns, self.delimiter, self.skip]

    @contextmanager
    def held(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Give a DuckDB that has the table as ``raw``, each value as text."""
        if self.loaded:
            yield self.loaded
            return
        with engine() as connection:
            self.load(connection)
            yield connection

    def load(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Parse the table into a DuckDB."""
        sql, parameters = self.relation()
        sparingly(connection, f"CREATE TABLE raw AS SELECT * FROM {sql}", parameters)  # noqa: S608


def sparingly(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[object] = ()
) -> list[tuple[Any, ...]]:
    """Execute what goes once through a file; return its rows.

    It is tried with little memory first, and then with all that there may be.
    """
    import duckdb

    connection.execute(f"SET memory_limit = '{LITTLE}'")
    try:
        return connection.execute(sql, parameters).fetchall()
    except duckdb.OutOfMemoryException:
        connection.execute(f"SET memory_limit = '{MEMORY}'")
        return connection.execute(sql, parameters).fetchall()
    finally:
        connection.execute(f"SET memory_limit = '{MEMORY}'")


@contextmanager
def in_any_order(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Let DuckDB look at rows by all processors; what is asked may not depend on their order."""
    connection.execute(f"SET threads = {min(PROCESSORS, len(os.sched_getaffinity(0)))}")
    try:
        yield
    finally:
        connection.execute("SET threads = 1")


@contextmanager
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a DuckDB of its own: one thread, bounded memory, nothing from the network."""
    with TemporaryDirectory(prefix="mxcity-") as folder, opened(Path(folder)) as connection:
        yield connection


def opened(folder: Path) -> duckdb.DuckDBPyConnection:
    """Return such a DuckDB, which puts into a folder what its memory does not hold."""
    import duckdb

    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": MEMORY,
        "threads": 1,
        "temp_directory": str(folder / "spilled"),
        "max_temp_directory_size": SPILL,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "preserve_insertion_order": True,
    }
    return duckdb.connect(config=settings)


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


def chunks(path: Path) -> Iterator[bytes]:
    """Give the bytes of a file, a part after the other."""
    with path.open("rb") as file:
        yield from iter(partial(file.read, _CHUNK), b"")


def past_mark(file: BinaryIO) -> bool:
    """Move a file that was opened to what stands behind a mark of UTF-8; tell if there is one."""
    marked = file.read(len(BOM_UTF8)) == BOM_UTF8
    if not marked:
        file.seek(0)
    return marked


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


def one_line_end(cell: str) -> str:
    """Return a cell whose lines end as those of a RawTable's CSV do, or it would end a row."""
    return cell.replace("\r\n", "\n").replace("\r", "\n") if "\r" in cell else cell


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
            values = ["" if value is None else one_line_end(str(value)) for value in row[:width]]
            writer.writerow(values + [""] * (width - len(values)))
            count += 1
    return count


def without_rows(
    table: RawTable, ranges: Sequence[tuple[int, int]], folder: Path, limits: Limits = DEFAULT
) -> RawTable:
    """Return a table without rows that a person left out, written anew in ``folder``.

    Rows are named by their numbers in the file. What they name above the first row of data, or
    blank rows, is none of the table's.
    """
    if not ranges:
        return table
    target = folder / f"{table.path.stem}-taken.csv"
    waiting, asked = deque(table.blanks), deque(sorted(ranges))
    number, count, out = table.header_rows, 0, 0
    blanks: list[int] = []
    csv.field_size_limit(LONGEST)
    with table.path.open(encoding="utf-8", newline="") as file, target.open("wb") as written:
        rows = islice(csv.reader(file, delimiter=table.delimiter), table.skip, None)
        writer = csv.writer(
            Counted(written, limits.written), delimiter=table.delimiter, lineterminator="\n"
        )
        for place, row in enumerate(rows):
            while waiting and waiting[0] <= place:
                waiting.popleft()
                blanks.append(count)
                number += 1
            number += 1
            while asked and asked[0][1] < number:
                asked.popleft()
            if asked and asked[0][0] <= number:
                blanks.append(count)
                out += 1
            else:
                writer.writerow(row)
                count += 1
    said = Note("rows-left-out", {"count": out}) if out else Note("rows-not-there")
    return replace(
        table,
        path=target,
        loaded=None,
        whole=False,
        skip=0,
        notes=(*table.notes, said),
        blanks=(*blanks, *[count] * len(waiting)),
    )


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
