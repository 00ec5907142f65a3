"""CSV and its relatives: rows and cells are those of the file, or it is said what differs.

A file that is strictly a table is read where it is. Any other is written anew, record by record,
so that whoever reads it after has as many cells in every row.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

import duckdb

from ckanext.mxcity.files import foot
from ckanext.mxcity.files.delimiters import NAMES, delimiter_of, rows_of
from ckanext.mxcity.files.encodings import Text, as_text
from ckanext.mxcity.files.headers import (
    LOOKED_AT,
    header_of,
    usual_width,
)
from ckanext.mxcity.files.model import FileRefused, Limits, Note, Question
from ckanext.mxcity.files.questions import delimiter_question, encoding_question
from ckanext.mxcity.files.recipes import AS_READ, Recipe
from ckanext.mxcity.files.records import Records
from ckanext.mxcity.files.repeated import Repeated
from ckanext.mxcity.files.source import (
    Counted,
    RawTable,
    one_line_end,
    opened,
    refuse_many,
    refuse_wide,
)
from ckanext.mxcity.files.sql import literal

_HEAD = 1 << 18
#: Bytes at the end of a file in which its foot is.
_TAIL = 1 << 16


def read_delimited(
    path: Path, folder: Path, limits: Limits, recipe: Recipe = AS_READ
) -> tuple[RawTable, str]:
    """Return the table of a CSV and its encoding; a copy is made where it has to be mended."""
    text = as_text(path, folder, limits, recipe.encoding)
    with text.path.open(encoding="utf-8", newline="") as file:
        head = file.read(_HEAD)
        whole = not file.read(1)
    if not head.strip():
        raise FileRefused("empty")
    delimiter, notes, asked = _delimiter(head, whole, recipe)
    notes = [*text.notes, *notes]
    asked += [encoding_question(note) for note in notes if note.code == "encoding-guessed"]
    rows = rows_of(head, delimiter, whole=whole)
    table = _as_it_is(text, delimiter, rows, folder, limits, recipe)
    if table is None:
        table = _Mended(text, delimiter, folder, limits, recipe).table()
    named = RawTable(
        name=path.stem,
        path=table.path,
        titles=tuple(" ".join(title.split()) for title in table.titles),
        header_rows=table.header_rows,
        delimiter=delimiter,
        skip=table.skip,
        notes=(*notes, *table.notes),
        blanks=table.blanks,
        header=table.header,
        foot=table.foot,
        questions=tuple(asked),
        whole=table.whole,
        loaded=table.loaded,
    )
    return named, text.encoding


def _delimiter(head: str, whole: bool, recipe: Recipe) -> tuple[str, list[Note], list[Question]]:
    """Return what divides the columns, as a person says or as is found, and what is said of it."""
    delimiter, other = delimiter_of(head, whole=whole)
    chosen = recipe.delimiter
    if chosen and (chosen in head or delimiter not in head):
        return chosen, [], []
    if chosen:
        named = {"delimiter": NAMES[chosen], "taken": NAMES[delimiter]}
        return delimiter, [Note("recipe-delimiter", named)], []
    if not other:
        return delimiter, [], []
    both = {"delimiter": NAMES[delimiter], "other": NAMES[other]}
    cut = {}
    for mark in (delimiter, other):
        rows = rows_of(head, mark, whole=whole)
        header = header_of(rows, recipe.header)
        below = [row for row in rows[header.data :] if any(row)]
        width = max(map(len, below), default=0)
        titles = [" ".join(title.split()) for title in header.titles] or [""] * width
        cut[mark] = titles, below
    return delimiter, [Note("delimiter-guessed", both)], [delimiter_question(cut)]


def _as_it_is(
    text: Text,
    delimiter: str,
    rows: list[list[str]],
    folder: Path,
    limits: Limits,
    recipe: Recipe,
) -> RawTable | None:
    """Return the table of a file that is strictly one: a record a line, with as many cells.

    None for any other. Rows are proved to be so on all of the file, and counted. That parses them,
    so that the table is returned with what was parsed.
    """
    if not text.even:
        return None
    header = header_of(rows, recipe.header, repeated=recipe.repeated)
    data = rows[header.data :]
    titles = header.titles or ("",) * max(map(len, data), default=0)
    refuse_wide(len(titles), limits)
    uneven = any(len(row) != len(titles) for row in data)
    if uneven or not (data and all(header.titles)):
        return None
    if recipe.foot or (recipe.foot is None and _has_foot(text, delimiter, rows)):
        return None
    repeated = Repeated(header, recipe.repeated)
    notes = (*header.notes_above(), *header.notes(), *repeated.notes())
    table = RawTable(
        "", text.path, titles, header.data, delimiter, header.data, notes, header=header.place(),
        whole=text.itself and delimiter == "," and header.place() == (1, 1) and header.data == 1,
    )  # fmt: skip
    connection = opened(folder)
    count = _count(connection, table, header.line if repeated.looks else None)
    if count is None or count + table.skip != text.lines:
        connection.close()
        return None
    refuse_many(count, len(titles), limits)
    return replace(table, loaded=connection)


def _count(
    connection: duckdb.DuckDBPyConnection, table: RawTable, header: Sequence[str] | None
) -> int | None:
    """Parse a table; return how many rows it has.

    None where one of them is blank, uneven, or says the ``header`` again: such rows are looked at
    one by one.
    """
    first, cells = table.columns[0], ", ".join(table.columns)
    again = "false"
    if header is not None:
        line = zip(table.columns, header, strict=False)
        again = " AND ".join(f"trim({cell}) = {literal(title)}" for cell, title in line)
    try:
        table.load(connection)
        ((count, filled),) = connection.execute(
            f"SELECT count(*), count({first}) FROM raw"  # noqa: S608
        ).fetchall()
        apart = (
            count > filled
            and connection.execute(
                f"SELECT 1 FROM raw WHERE {first} IS NULL AND coalesce({cells}) IS NULL LIMIT 1"  # noqa: S608
            ).fetchone()
        ) or connection.execute(f"SELECT 1 FROM raw WHERE {again} LIMIT 1").fetchone()  # noqa: S608
    except duckdb.OutOfMemoryException as error:
        raise FileRefused("room-memory") from error
    except duckdb.Error:
        return None
    return None if apart else int(count)


def _has_foot(text: Text, delimiter: str, rows: list[list[str]]) -> bool:
    """Say whether something may stand below a table of a record a line."""
    with text.path.open("rb") as file:
        size = file.seek(0, io.SEEK_END)
        file.seek(max(0, size - _TAIL))
        lines = file.read().decode("utf-8", "ignore").splitlines()[-foot.LOOKED_AT :]
    tail = rows_of("\n".join(lines[1:]) + "\n", delimiter, whole=True)
    numbered = [(number, _stripped(row)) for number, row in enumerate(tail) if _filled(row)]
    found = foot.find_foot(numbered, _usual(rows))
    return bool(found.notes or found.totals)


def _usual(rows: list[list[str]]) -> int:
    return usual_width([sum(1 for cell in row if cell.strip()) for row in rows[:LOOKED_AT]])


def _stripped(row: list[str]) -> list[str]:
    return [cell.strip() for cell in row]


@dataclass
class _Rows:
    """Rows that are not as the others: how many, and where the first is."""

    count: int = 0
    first: int = 0

    def add(self, number: int) -> None:
        self.count += 1
        self.first = self.first or number

    def note(self, code: str) -> list[Note]:
        return [Note(code, {"count": self.count, "row": self.first})] if self.count else []


@dataclass
class _Survey:
    """What the rows of a table are like."""

    titles: list[str]
    #: The number that the next row has if no blank one stands above it.
    next: int
    count: int = 0
    #: Cells up to the last one with a value, in the widest row.
    width: int = 0
    short: _Rows = field(default_factory=_Rows)
    long: _Rows = field(default_factory=_Rows)
    #: Those with a quotation mark inside a quoted cell.
    quotes: _Rows = field(default_factory=_Rows)
    #: Columns without a title that have a value somewhere.
    used: set[int] = field(default_factory=set)
    #: See ``TableReading.blanks``.
    blanks: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._unnamed = [n for n, title in enumerate(self.titles) if not title.strip()]

    def add(self, number: int, row: list[str], filled: int, limits: Limits) -> None:
        """Look at a row, ``filled`` up to a cell; FileRefused for more rows than there may be."""
        self.blanks += [self.count] * (number - self.next)
        if len(self.blanks) > limits.blank_rows:
            raise FileRefused("rows-far-apart", row=number, limit=limits.blank_rows)
        self.next = number + 1
        self.count += 1
        named = len(self.titles)
        self.width = max(self.width, filled)
        if len(row) < named:
            self.short.add(number)
        if filled > named:
            self.long.add(number)
            self.used.update(n for n in range(named, filled) if row[n].strip())
        if self._unnamed:
            self.used.update([n for n in self._unnamed if n < len(row) and row[n].strip()])
        refuse_many(self.count, named, limits)


class _Mended:
    """A file whose rows are not all alike, written anew as a table."""

    def __init__(
        self, text: Text, delimiter: str, folder: Path, limits: Limits, recipe: Recipe
    ) -> None:
        self._records = Records(text.path, delimiter)
        self._delimiter, self._limits, self._recipe = delimiter, limits, recipe
        self._target = folder / "rows.csv"
        #: Number of the first row below the table.
        self._end: int | None = None
        #: Rows that say the header again and are left out.
        self._out: set[int] = set()

    def table(self) -> RawTable:
        """Return the table; FileRefused where its rows cannot be told apart."""
        head = list(islice(self._records, LOOKED_AT))
        header = header_of(head, self._recipe.header, repeated=self._recipe.repeated)
        self._repeated = Repeated(header, self._recipe.repeated)
        titles = list(header.titles[: _filled(header.titles)])
        self._records.width = len(titles) or max(map(len, head))
        named = titles or [""] * self._records.width
        survey, said, below = self._survey(header.data, named, _usual(head))
        # A header that a person chose, or is asked of, may name fewer columns than there are.
        sure = header.certain and (not self._recipe.header or header.refused)
        if sure and survey.long.count > survey.count / 2:
            raise FileRefused(
                "rows-wider", count=survey.long.count, row=survey.long.first,
                columns=len(titles), cells=survey.width,
            )  # fmt: skip
        width = max(len(titles), survey.width)
        refuse_wide(width, self._limits)
        titles += [""] * (width - len(titles))
        kept = [n for n, title in enumerate(titles) if title.strip() or n in survey.used]
        self._write(header.data, kept)
        left_out = max(width, len(header.titles)) - len(kept)
        blank = len(survey.blanks) - sum(number < survey.next for number in self._out)
        notes = [
            *header.notes_above(),
            *header.notes(),
            *self._repeated.notes(others=survey.count - self._repeated.kept),
            *said,
            *survey.short.note("short-rows"),
            *survey.long.note("long-rows"),
            *survey.quotes.note("quotes-inside"),
            *([Note("blank-rows", {"count": blank})] if blank else []),
            *([Note("empty-columns", {"count": left_out})] if left_out else []),
        ]
        return RawTable(
            name="",
            path=self._target,
            titles=tuple(titles[n] for n in kept),
            header_rows=header.data,
            delimiter=self._delimiter,
            notes=tuple(notes),
            blanks=tuple(survey.blanks),
            header=header.place(),
            foot=below,
        )

    def _rows(self, above: int, end: int | None) -> Iterator[tuple[int, list[str]]]:
        """Yield the rows below the header, blank ones too, numbered as in the file."""
        number = above
        for row in islice(self._records, above, None if end is None else end - 1):
            number += 1
            yield number, row

    def _kept_rows(self, above: int, end: int | None) -> Iterator[tuple[int, list[str]]]:
        """Yield the same but those that say the header again."""
        return (row for row in self._rows(above, end) if row[0] not in self._out)

    def _survey(self, above: int, titles: list[str], usual: int) -> tuple[_Survey, list[Note], int]:
        """Look at the rows below the header; return what is said of the foot, and its length.

        The last ones wait until it is known where the table ends.
        """
        found = _Survey(titles, above + 1)
        tail: deque[tuple[int, list[str], int]] = deque()
        for number, row in self._rows(above, None):
            if self._repeated.leaves_out(number, row):
                self._out.add(number)
            elif filled := _filled(row):
                tail.append((number, row, filled))
            if len(tail) > foot.LOOKED_AT:
                found.add(*tail.popleft(), self._limits)
        found.quotes = _Rows(self._records.quotes, self._records.first_quotes)
        self._end, said, below = foot.foot_of(
            [(number, _stripped(row)) for number, row, _ in tail],
            usual,
            lambda end: self._kept_rows(above, end),
            self._recipe.foot,
        )
        for number, row, filled in tail:
            if self._end is None or number < self._end:
                found.add(number, row, filled, self._limits)
        return found, said, below

    def _write(self, above: int, kept: list[int]) -> None:
        with self._target.open("wb") as file:
            writer = csv.writer(
                Counted(file, self._limits.written),
                delimiter=self._delimiter,
                lineterminator="\n",
            )
            width = len(kept)
            whole = kept == list(range(width))
            for _, row in self._kept_rows(above, self._end):
                if _filled(row):
                    cells = row if whole and len(row) == width else _chosen(row, kept)
                    writer.writerow(map(one_line_end, cells))


def _filled(row: Sequence[str]) -> int:
    """Return how many cells a row has up to the last one with a value."""
    return next((n + 1 for n in range(len(row) - 1, -1, -1) if row[n].strip()), 0)


def _chosen(row: list[str], kept: list[int]) -> list[str]:
    return [row[n] if n < len(row) else "" for n in kept]
