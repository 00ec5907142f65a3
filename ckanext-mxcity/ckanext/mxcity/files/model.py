"""What is understood of a file."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

#: West, south, east, north in degrees of WGS 84.
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Limits:
    """What a file may hold; sizes in bytes. Counted while it is read, never taken from the file.

    A CSV of 2 GB with 50 million rows is taken, and so are 5 million rows of 20 columns in any
    kind, and a sheet as long as Excel's (1,048,576 rows) with 15 columns. More is no table of a
    city: it would fill the disk that the database shares.
    """

    size: int = 2_000_000_000
    #: Of a file that is read into memory: spreadsheets and layers of a map.
    memory_size: int = 150_000_000
    unpacked: int = 2_000_000_000
    #: How much larger than the archive its content may be.
    ratio: int = 200
    #: Of an archive: a workbook has a few parts a sheet.
    members: int = 10_000
    sheets: int = 1_000
    rows: int = 50_000_000
    columns: int = 1_000
    #: Of all tables of a file, blank ones too: 2 GB of CSV hold some 300 million of 7 bytes.
    cells: int = 300_000_000
    #: A table this large is not mostly blank, see ``blank``.
    sparse: int = 20_000_000
    #: Cells without a value for each one with a value, in a table that is not small.
    blank: int = 50
    #: Blank rows among those of a sheet: more are a stray cell, far below the table.
    blank_rows: int = 100_000
    #: Characters of a cell: Excel's longest has 32,767; a geometry or a report has more.
    cell: int = 1_000_000
    #: What the texts that a workbook's cells share may take of memory.
    texts: int = 600_000_000
    #: Text of all tables as it is written to be read: the largest CSV, in another encoding.
    written: int = 2_500_000_000
    sample: int = 20
    #: Of time for one file, until it is understood or written; see ``patience``.
    seconds: float = 1_200
    #: Of memory that its reader may reserve.
    memory: int = 4 << 30
    #: Whether maps are read: see ``ckanext.mxcity.publishing.maps``.
    maps: bool = True

    def patience(self, size: int) -> float:
        """Return the seconds that a file of ``size`` bytes may take: a small one holds nobody."""
        return 120 + size / 2_000_000

    def disk(self, size: int) -> int:
        """Return the bytes that the reading of a file of ``size`` bytes may write on its way."""
        return 2_000_000_000 + 12 * size

    def unpacked_from(self, size: int) -> int:
        """Return the bytes that an archive of ``size`` bytes may be unpacked to."""
        return min(self.unpacked, self.ratio * max(size, 100_000))

    def written_from(self, size: int) -> int:
        """Return the bytes that the tables of a packed file of ``size`` bytes may be written to.

        A table of few values has hardly any itself.
        """
        return min(self.written, self.ratio * max(size, 1_000_000))


DEFAULT = Limits()


@dataclass(frozen=True)
class Note:
    """Something that a person should know: ``code`` and ``params`` for ``messages.text``."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)
    #: Where: a column, a sheet or a row; empty for the whole file.
    place: str = ""


#: Notes of what a question asks where it can be asked.
ASKED_NOTES = (
    *("encoding-guessed", "delimiter-guessed", "header-guessed", "total-kept"),
    *("numbers-ambiguous", "ambiguous-dates", "zeros-kept", "percents-mixed"),
    *("header-repeated", "header-again"),
    *("century-supposed", "midnight-supposed", "zones-mixed"),
)


@dataclass(frozen=True)
class Option:
    """One of the readings between which a question asks."""

    #: The part of a recipe that stands for it: see ``recipes``.
    recipe: dict[str, Any]
    #: Its sentence, as of a ``Note``.
    code: str
    params: dict[str, Any] = field(default_factory=dict)
    #: What it makes of some rows of the file: cells.
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Question:
    """Something that the file does not tell. The first of the options was taken."""

    code: str
    options: tuple[Option, ...]
    params: dict[str, Any] = field(default_factory=dict)
    #: The column that it is about; empty for the whole table.
    place: str = ""


class FileRefused(Exception):  # noqa: N818  # not a fault: an answer
    """A file that cannot be taken, and why: see ``messages.text`` for the sentence and the hint."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    def as_dict(self) -> dict[str, Any]:
        """Plain data for the API."""
        return {"code": self.code, "params": self.params}


@dataclass(frozen=True)
class Column:
    """A column of a table."""

    #: Clean name, as the DataStore has it.
    name: str
    #: The header as it was written.
    title: str
    #: A type of Table Schema: string, integer, number, boolean, date, datetime, time, geojson.
    type: str = "string"
    #: How its values are written, for ``canonical``: "decimal-comma", "%d/%m/%Y", "pad:5", …
    format: str = ""
    #: area, period, latitude, longitude, geometry or none.
    role: str | None = None
    example: str = ""
    #: Cells without a value.
    missing: int = 0
    notes: tuple[Note, ...] = ()
    #: Further marks of no value, which a schema names.
    absent: tuple[str, ...] = ()
    #: Whether a person left it out: it is not published.
    left_out: bool = False
    #: What its numbers are written or shown with, and are published without.
    unit: str = ""


@dataclass(frozen=True)
class TableReading:
    """A table of a file: a sheet, a layer, or the file itself."""

    name: str
    title: str
    #: Rows above the first row of data, titles and header.
    header_rows: int
    columns: tuple[Column, ...]
    row_count: int
    #: The first rows, as they were written.
    sample: tuple[tuple[str | None, ...], ...] = ()
    #: The same rows, as they are published.
    published: tuple[tuple[str | None, ...], ...] = ()
    extent: Box | None = None
    #: First and last day that the values tell of, in ISO 8601.
    period: tuple[str, str] | None = None
    notes: tuple[Note, ...] = ()
    #: INEGI's codes of the areas that the rows tell of, unless they are too many to list.
    areas: tuple[str, ...] = ()
    #: Of each row among the data that was left out: how many rows of data stand above it.
    blanks: tuple[int, ...] = ()
    #: First and last row of the header, as in a ``Recipe``; None where the file names its columns.
    header: tuple[int, int] | None = None
    #: Rows with a value at the end that were left out.
    foot: int = 0
    questions: tuple[Question, ...] = ()
    #: Of a file that is its own canonical table: see ``unchanged``.
    proof: str = ""

    @property
    def taken(self) -> tuple[Column, ...]:
        """The columns that are published."""
        return tuple(column for column in self.columns if not column.left_out)

    def file_row(self, row: int) -> int:
        """Return where a row of the canonical CSV, whose header is 1, is in the file; 0 stays."""
        data = row - 2  # from 0
        return row and self.header_rows + 1 + data + sum(blank <= data for blank in self.blanks)

    def canonical_row(self, row: int) -> int:
        """Return the row of the canonical CSV that stands in a row of the file."""
        places = (self.header_rows + 1 + blank + n for n, blank in enumerate(self.blanks))
        return row - self.header_rows + 1 - sum(place < row for place in places)

    def as_dict(self) -> dict[str, Any]:
        """Plain data for the API."""
        return asdict(self)


#: Notes of what a file holds that is in no table.
_UNSEEN = frozenset(
    {
        *("macros", "hidden-sheets", "comments", "hidden-columns", "hidden-rows"),
        *("document-properties", "other-parts", "members-left-out", "companions-left-out"),
        *("deleted-rows", "fields-not-read", "tables-left-out", "kml-left-out"),
        *("json-members-left-out", "rows-left-out", "formulas-without-value"),
        "sheets-without-rows",
    }
)


@dataclass(frozen=True)
class FileReading:
    """What a file is, and the tables in it."""

    #: csv, tsv, xlsx, xls, ods, json, geojson, gpkg, shp, kml or parquet.
    format: str
    encoding: str | None
    delimiter: str | None
    tables: tuple[TableReading, ...]
    crs: str | None = None
    notes: tuple[Note, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Plain data for the API."""
        return asdict(self)

    @property
    def carries_more(self) -> bool:
        """Whether the file holds what nobody looked at, so that it cannot be published itself."""
        said = [*self.notes, *(note for table in self.tables for note in table.notes)]
        return any(note.code in _UNSEEN for note in said)

    def table(self, name: str | None = None) -> TableReading:
        """Return a table by name, the first without one; KeyError names what there is."""
        if name is None:
            return self.tables[0]
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(name)


@dataclass(frozen=True)
class Refusal:
    """A ``FileRefused`` as it leaves the room."""

    code: str
    params: dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What a task found; ``absent`` says that the file has no table of the name asked for."""

    refusal: Refusal | None = None
    reading: FileReading | None = None
    rows: int | None = None
    headers: list[list[str]] | None = None
    absent: bool = False
