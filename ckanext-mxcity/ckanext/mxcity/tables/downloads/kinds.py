"""The kinds of file that a table can be taken as."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any

from ckanext.mxcity.tables.downloads import binary, cursor, spool, text
from ckanext.mxcity.tables.downloads.columns import Column
from ckanext.mxcity.tables.downloads.cursor import Question


@dataclass(frozen=True)
class Kind:
    """A kind of file: its suffix, media type and name for people."""

    suffix: str
    mimetype: str
    title: str


KINDS = {
    kind.suffix: kind
    for kind in (
        Kind("csv", "text/csv; charset=utf-8", "CSV"),
        Kind("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel"),
        Kind("json", "application/json; charset=utf-8", "JSON"),
        Kind("geojson", "application/geo+json; charset=utf-8", "GeoJSON"),
        Kind("parquet", "application/vnd.apache.parquet", "Parquet"),
    )
}


def kinds_for(columns: list[Column]) -> list[Kind]:
    """Return the kinds that make sense for a table: GeoJSON where it has places."""
    places = text.geometry_of(columns)
    return [kind for kind in KINDS.values() if kind.suffix != "geojson" or places]


def write(kind: Kind, columns: list[Column], question: Question) -> IO[bytes]:
    """Return a file of a kind with the rows of a question, whole.

    ValidationError where the DataStore refuses the question, psycopg2.Error where the database
    does, TooMuchError where the file takes more than it may.
    """
    with spool.spooled() as file:
        _WRITERS[kind.suffix](columns, question, file)
        return file.file


def _csv(columns: list[Column], question: Question, file: spool.Spool) -> None:
    file.write(text.csv_head(columns, question.for_sheets))
    cursor.copy(question, "csv", file)


def _json(columns: list[Column], question: Question, file: spool.Spool) -> None:
    file.write_all(text.write_json(columns, cursor.rows(question, file.bounds)))


def _geojson(columns: list[Column], question: Question, file: spool.Spool) -> None:
    file.write_all(text.write_geojson(columns, cursor.rows(question, file.bounds)))


def _excel(columns: list[Column], question: Question, file: spool.Spool) -> None:
    binary.write_excel(columns, cursor.rows(question, file.bounds), file.file)


def _parquet(columns: list[Column], question: Question, file: spool.Spool) -> None:
    with spool.workplace() as folder:
        middle, target = folder / "table.csv", folder / "table.parquet"
        with middle.open("wb") as stream:
            _csv(columns, question, spool.Spool(stream, file.bounds))
        binary.write_parquet(columns, middle, target)
        middle.unlink()
        with target.open("rb") as made:
            file.write_all(_parts(made))


def _parts(file: IO[bytes]) -> Iterator[bytes]:
    while part := file.read(1 << 20):
        yield part


_WRITERS: dict[str, Callable[[list[Column], Question, spool.Spool], Any]] = {
    "csv": _csv,
    "json": _json,
    "geojson": _geojson,
    "xlsx": _excel,
    "parquet": _parquet,
}
