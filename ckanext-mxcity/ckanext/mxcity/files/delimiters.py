"""Which character cuts the rows of a table into cells."""

from __future__ import annotations

import csv
import io

from ckanext.mxcity.files.model import FileRefused
from ckanext.mxcity.files.records import LONGEST

#: The rarest inside of texts and numbers first: where several cut a table evenly, it is this.
DELIMITERS = ("\t", ";", "|", ",")
#: What people are shown of each.
NAMES = {",": ",", ";": ";", "\t": "TAB", "|": "|"}
#: Rows that are looked at.
_ROWS = 200
#: Columns beyond which more of them say nothing more.
_WIDE = 50


def delimiter_of(head: str, *, whole: bool) -> tuple[str, str | None]:
    """Return the delimiter, and another that would cut the table as evenly; None without one.

    Args:
        head: the first part of a file.
        whole: whether that is all of it; else its last row may be cut short.

    """
    found = {mark: _evenness(head, mark, whole) for mark in DELIMITERS}
    even = [mark for mark, (share, width) in found.items() if share == 1.0 and width > 1]
    if even:
        return even[0], even[1] if len(even) > 1 else None
    scores = {
        mark: share * min(width, _WIDE) if width > 1 else 0.0
        for mark, (share, width) in found.items()
    }
    best = max(scores, key=lambda mark: scores[mark])
    return (best if scores[best] else ","), None


def rows_of(head: str, delimiter: str, *, whole: bool) -> list[list[str]]:
    """Cut the first part of a file into rows; one that may be cut short is left out.

    FileRefused for text of which that cannot be done.
    """
    csv.field_size_limit(LONGEST)
    try:
        reader = csv.reader(
            io.StringIO(head, newline=""), delimiter=delimiter, skipinitialspace=True
        )
        rows = list(reader)
    except csv.Error as error:
        raise FileRefused("broken-csv") from error
    return rows if whole or len(rows) == 1 else rows[:-1]


def _evenness(head: str, delimiter: str, whole: bool) -> tuple[float, int]:
    """Return the share of the rows that have the commonest number of cells, and that number."""
    widths = [len(row) for row in rows_of(head, delimiter, whole=whole)[:_ROWS] if row]
    common = max(set(widths), key=widths.count, default=1)
    return widths.count(common) / max(len(widths), 1), common
