"""A file that is its own canonical table: its rows are published byte by byte, below clean names.

While such a file is read, it is proved of every cell that it is published as it is written. The
proof stays with the reading. It holds for the same bytes, columns and reader, and for a recipe that
takes all of the file; for anything else the file is read again to be written.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ckanext.mxcity.files import canonical
from ckanext.mxcity.files.model import Column
from ckanext.mxcity.files.recipes import Recipe
from ckanext.mxcity.files.source import RawTable, chunks, in_any_order
from ckanext.mxcity.files.sql import trimmed

if TYPE_CHECKING:
    import duckdb

#: Rows that are looked at before all others.
_HEAD = 2_048
#: Of quotation marks: what programs do not all read alike, a quoted nothing and a space beside one.
_READ_APART = (b'""', b' "', b'" ')
_QUOTE = b'"'


def proof_of(
    connection: duckdb.DuckDBPyConnection, raw: RawTable, columns: Sequence[Column]
) -> str:
    """Return the proof that a file is its own canonical table; nothing for any other.

    Args:
        connection: to DuckDB, with the table ``raw``.
        raw: the table.
        columns: what was understood of its columns.

    """
    if not raw.whole or any(column.left_out for column in columns):
        return ""
    texts = ", ".join(f"{name}, {trimmed(name)} AS t{name}" for name in raw.columns)
    same = " AND ".join(
        f"{canonical.of_trimmed(f't{name}', column)} IS NOT DISTINCT FROM {name} "
        f"AND NOT coalesce(contains({name}, '\"'), false)"
        for name, column in zip(raw.columns, columns, strict=True)
    )
    for rows in (f"(SELECT * FROM raw LIMIT {_HEAD})", "raw"):  # noqa: S608
        with in_any_order(connection):
            found = connection.execute(
                f"SELECT bool_and({same}) FROM (SELECT {texts} FROM {rows})"  # noqa: S608
            ).fetchone()
        if not found or not found[0]:
            return ""
    before, digest = b"", hashlib.sha256()
    for chunk in chunks(raw.path):
        digest.update(chunk)
        if _QUOTE in chunk and any(marks in before + chunk for marks in _READ_APART):
            return ""
        before = chunk[-1:]
    return _sealed(digest.digest(), columns)


def copied(
    path: Path, target: Path, proof: str, columns: Sequence[Column], recipe: Recipe
) -> int | None:
    """Write a file as its own canonical table, and return its rows; None where no proof holds.

    Args:
        path: the file.
        target: where the table goes.
        proof: what ``proof_of`` returned when it was read.
        columns: those of that reading, perhaps corrected by a person.
        recipe: what a person said of the table.

    """
    if not (proof and _takes_all(recipe)):
        return None
    header = io.StringIO()
    csv.writer(header, lineterminator="\n").writerow(column.name for column in columns)
    digest, lines, last = hashlib.sha256(), 0, b""
    with target.open("wb") as file:
        file.write(header.getvalue().encode())
        for chunk in chunks(path):
            digest.update(chunk)
            file.write(chunk if lines else chunk.partition(b"\n")[2])
            lines += chunk.count(b"\n")
            last = chunk[-1:]
        if last != b"\n":
            file.write(b"\n")
            lines += 1
    if _sealed(digest.digest(), columns) != proof:
        target.unlink()
        return None
    return lines - 1


def _takes_all(recipe: Recipe) -> bool:
    """Say whether a recipe takes all of a file, below its first line, as UTF-8 with commas."""
    taken = (
        recipe.encoding in ("", "utf-8"),
        recipe.delimiter in ("", ","),
        recipe.header in (None, (1, 1)),
        not recipe.foot,
        not recipe.rows,
        recipe.repeated is None,
    )
    return all(taken)


def _sealed(content: bytes, columns: Iterable[Column]) -> str:
    """Return a digest of all that a proof holds for."""
    ways = [(column.type, column.format, column.absent, column.left_out) for column in columns]
    told = msgspec.json.encode([reader(), content.hex(), ways])
    return hashlib.sha256(told).hexdigest()


@lru_cache(maxsize=1)
def reader() -> str:
    """Return what tells the program that reads files: DuckDB, and the modules of this package."""
    return f"{version('duckdb')} {digest_of(Path(__file__).parent)}"


def digest_of(folder: Path) -> str:
    """Return a digest of the modules in a folder."""
    digest = hashlib.sha256()
    for module in sorted(folder.rglob("*.py")):
        digest.update(str(module.relative_to(folder)).encode())
        digest.update(hashlib.sha256(module.read_bytes()).digest())
    return digest.hexdigest()
