"""Where the header of a sheet is, and what its columns are called."""

from __future__ import annotations

import re
from collections.abc import Sequence

from unidecode import unidecode

from ckanext.mxcity.files.model import Note

#: Rows of a sheet that are looked at to find the header.
LOOKED_AT = 30
#: Longest name of a column that PostgreSQL keeps, in bytes.
LONGEST = 63
_NUMBER = re.compile(r"[+-]?[$]?[\d.,\s]+%?")


def header_row(rows: Sequence[Sequence[object]]) -> int:
    """Return the number of the row, from 0, that names the columns.

    It is the first that is as full as the table is wide (or nearly), whose cells are words and
    all different: titles above it fill a cell or two.
    """
    seen = [[_text(cell) for cell in row] for row in rows[:LOOKED_AT]]
    widths = [sum(bool(cell) for cell in row) for row in seen]
    widest = max(widths, default=0)
    for number, row in enumerate(seen):
        if widths[number] < max(1, 0.6 * widest) or not _is_header(row):
            continue
        # The upper half of a header of two rows: its groups are fewer than the columns below.
        below = seen[number + 1] if number + 1 < len(seen) else []
        if sum(map(bool, below)) > widths[number] and _all_words(below):
            return number + 1
        return number
    return next((number for number, width in enumerate(widths) if width), 0)


def _is_header(row: Sequence[str]) -> bool:
    """Say whether most cells of a row are words, or years."""
    filled = [cell for cell in row if cell]
    words = sum(not _NUMBER.fullmatch(cell) or _is_year(cell) for cell in filled)
    return words >= 0.6 * len(filled)


def _all_words(row: Sequence[str]) -> bool:
    return not any(re.search(r"\d", cell) for cell in row)


def join_header(rows: Sequence[Sequence[object]], first: int) -> tuple[list[str], int]:
    """Return the titles of the columns and how many rows they take.

    A header of two rows, the upper one merged over several columns, is joined: "2024 · Mujeres".
    """
    lower = [_text(cell) for cell in rows[first]]
    if first == 0 or not _is_upper(rows[first - 1], lower):
        return lower, 1
    upper, group = [], ""
    for cell in [_text(cell) for cell in rows[first - 1]] + [""] * len(lower):
        group = cell or group
        upper.append(group)
    joined = [
        f"{above} · {below}" if above and below and above != below else below or above
        for above, below in zip(upper, lower, strict=False)
    ]
    return joined, 2


def _is_upper(row: Sequence[object], lower: list[str]) -> bool:
    """Say whether a row is the upper half of a header: groups over columns that repeat."""
    filled = [_text(cell) for cell in row if _text(cell)]
    repeated = len(set(lower)) < len([cell for cell in lower if cell])
    return 2 <= len(filled) < len(lower) and repeated


def clean_names(titles: Sequence[str]) -> tuple[list[str], list[Note]]:
    """Return a name for each title, all different, and what had to be changed."""
    names: list[str] = []
    notes: list[Note] = []
    for number, title in enumerate(titles, start=1):
        plain = re.sub(r"\W+", "_", unidecode(title.strip()).lower()).strip("_")
        name = plain[:LONGEST].strip("_") or f"columna_{number}"
        if not plain:
            notes.append(Note("column-without-name", {"number": number}, name))
        base, again = name, 1
        while name in names:
            again += 1
            name = f"{base[: LONGEST - 4]}_{again}"
        if again > 1:
            notes.append(Note("column-repeated", {"title": title.strip(), "name": name}, name))
        names.append(name)
    return names, notes


def _text(cell: object) -> str:
    return "" if cell is None else str(cell).strip()


def _is_year(text: str) -> bool:
    return bool(re.fullmatch(r"(19|20)\d\d", text))
