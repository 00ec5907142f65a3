"""CSV and its relatives: in which encoding, with which delimiter, where the header is."""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path

from ckanext.mxcity.files.headers import header_row, join_header
from ckanext.mxcity.files.model import FileRefused, Limits, Note
from ckanext.mxcity.files.source import Counted, RawTable, engine, refuse_many, refuse_wide

DELIMITERS = (",", ";", "\t", "|")
_HEAD = 1 << 18
_CHUNK = 1 << 20
#: Encodings of Mexican tables that are not UTF-8, the likeliest first.
_LATIN = ("cp1252", "mac_roman", "cp850")
_LETTERS = frozenset("áéíóúüñÁÉÍÓÚÜÑ¿¡")
_BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def read_delimited(path: Path, folder: Path, limits: Limits) -> tuple[RawTable, str]:
    """Return the table of a CSV and its encoding; a copy in UTF-8 is made where it is another."""
    encoding = _encoding(path)
    source, replaced = _as_utf8(path, encoding, folder, limits)
    with source.open(encoding="utf-8", newline="") as file:
        head = file.read(_HEAD)
    if not head.strip():
        raise FileRefused("empty")
    delimiter = _delimiter(head)
    rows = _rows(head, delimiter)
    first = header_row(rows)
    titles, _ = join_header(rows, first)
    width = max([len(titles), *(len(row) for row in rows[first + 1 :])])
    refuse_wide(width, limits)
    titles += [""] * (width - len(titles))
    notes = _ragged(rows, first, width) + replaced
    if encoding not in ("utf-8", "utf-8-sig"):
        notes.append(Note("encoding", {"encoding": encoding}))
    table = RawTable(
        name=path.stem,
        path=source,
        titles=tuple(titles),
        header_rows=_lines(head, rows, first, delimiter),
        delimiter=delimiter,
        skip=_lines(head, rows, first, delimiter),
        notes=tuple(notes),
    )
    _refuse_many(table, limits)
    return table, encoding


def _refuse_many(table: RawTable, limits: Limits) -> None:
    """FileRefused for more rows or cells than a table may have, short rows filled up.

    Lines are counted first, which is quick; a row may take several.
    """
    width = len(table.titles)
    if table.path.stat().st_size * width <= min(limits.cells, limits.rows):
        return
    most = min(limits.rows, limits.cells // width)
    if _lines_of(table.path) <= most:
        return
    sql, parameters = table.relation()
    with engine() as connection:
        found = connection.execute(
            f"SELECT count(*) FROM (SELECT c0 FROM {sql} LIMIT {most + 1})",  # noqa: S608
            parameters,
        ).fetchone()
    refuse_many(int(found[0]) if found else 0, width, limits)


def _lines_of(path: Path) -> int:
    """Return how many lines a file has, whichever way they end, or a few more."""
    feeds = returns = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            feeds += chunk.count(b"\n")
            returns += chunk.count(b"\r")
    return max(feeds, returns) + 1


def _encoding(path: Path) -> str:
    """Return the encoding: UTF-8 if all of the file is, else the likeliest of Latin ones."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    for mark, name in _BOMS.items():
        if head.startswith(mark):
            return name
    if _is_utf8(path):
        return "utf-8"
    return max(_LATIN, key=lambda name: _spanish(head, name))


def _spanish(head: bytes, encoding: str) -> int:
    """Return how many letters of Spanish beyond ASCII the bytes are in an encoding.

    A short table has too few of them for statistics, and what is wrong is never a Spanish letter.
    """
    return sum(letter in _LETTERS for letter in head.decode(encoding, errors="replace"))


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _as_utf8(path: Path, encoding: str, folder: Path, limits: Limits) -> tuple[Path, list[Note]]:
    """Return the file in UTF-8, without a mark and without NUL characters."""
    nul = _has_nul(path) if encoding in ("utf-8", "utf-8-sig") else False
    if encoding == "utf-8" and not nul:
        return path, []
    target = folder / "utf8.csv"
    nulls = False
    with (
        path.open(encoding=encoding, errors="replace", newline="") as source,
        target.open("wb") as file,
    ):
        copy = Counted(file, limits.written)
        while chunk := source.read(_CHUNK):
            if "\x00" in chunk:
                nulls = True
                chunk = chunk.replace("\x00", "")
            copy.write(chunk)
    return target, [Note("nul-removed")] if nulls else []


def _has_nul(path: Path) -> bool:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            if b"\x00" in chunk:
                return True
    return False


def _delimiter(head: str) -> str:
    """Return the delimiter that cuts most rows into the same number of cells, more than one."""
    best, score = ",", 0.0
    for delimiter in DELIMITERS:
        widths = [len(row) for row in _rows(head, delimiter)[:200] if row]
        common = max(set(widths), key=widths.count, default=1)
        share = widths.count(common) / max(len(widths), 1)
        value = share * min(common, 50) if common > 1 else 0.0
        if value > score:
            best, score = delimiter, value
    return best


def _rows(head: str, delimiter: str) -> list[list[str]]:
    """Cut the head into rows; the last one, perhaps cut short, is left out if there are more."""
    csv.field_size_limit(1 << 27)
    try:
        rows = list(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise FileRefused("broken-csv") from error
    return rows[:-1] if len(head) >= _HEAD and len(rows) > 1 else rows


def _lines(head: str, rows: list[list[str]], first: int, delimiter: str) -> int:
    """Count the lines of the file that the rows up to the header take."""
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
    for _ in range(first + 1):
        next(reader)
    return reader.line_num


def _ragged(rows: list[list[str]], first: int, width: int) -> list[Note]:
    short = [
        number
        for number, row in enumerate(rows[first + 1 :], start=first + 2)
        if row and len(row) != width
    ]
    return [Note("ragged-rows", {"count": len(short), "row": short[0]})] if short else []
