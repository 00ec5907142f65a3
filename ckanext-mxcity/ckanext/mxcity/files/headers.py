"""Where the header of a table is, and what its columns are called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from unidecode import unidecode

from ckanext.mxcity.files.model import Note
from ckanext.mxcity.files.shapes import NUMBER, are_names, evidence, is_year, kind_of_text

#: Rows of a sheet that are looked at to find the header.
LOOKED_AT = 30
#: Longest name of a column that PostgreSQL keeps, in bytes.
LONGEST = 63
#: Rows that a header may have.
DEEPEST_HEADER = 3
#: Characters of the rows above it that a note repeats.
_LONGEST_TEXT = 200
#: How full a header is, of a row of the table.
_FULL = 0.6
#: Cells that a title fills at most.
_TITLE = 2

#: Merged cells that are looked at.
_MOST_MERGED = 5_000

#: Cells that are merged: first row, first column, last row, last column, from 0.
Merged = tuple[int, int, int, int]


@dataclass(frozen=True)
class Header:
    """The header of a table; rows are counted from 0."""

    #: Its last row; -1 where there is none, and the first row is a record already.
    first: int
    #: How many rows are joined in it.
    rows: int
    #: What it calls the columns; none where there is none.
    titles: tuple[str, ...]
    #: Rows below that say the header again.
    repeated: tuple[int, ...]
    #: Whether the table itself tells; a guess has to be said.
    certain: bool
    #: The first row of data, or a blank one above it.
    data: int
    #: Rows with a value above the header, titles and comments, and what they say.
    left_out: int
    above_says: str = ""
    #: The last row that a person chose, where the table has no header there.
    refused: int | None = None
    #: The last row of the header, as it is written.
    line: tuple[str, ...] = ()
    #: Whether the table shows that a row like it is no record.
    shown: bool = False

    @property
    def above(self) -> int:
        """How many rows stand above the header: titles, comments and blank ones."""
        return self.data if self.first < 0 else self.first - self.rows + 1

    def place(self, offset: int = 0) -> tuple[int, int]:
        """Return its first and last row as a ``Recipe`` has them; see ``notes`` for ``offset``."""
        if self.first < 0:
            return 0, offset + self.data
        return offset + self.above + 1, offset + self.first + 1

    def notes_above(self, place: str = "") -> list[Note]:
        """Return what has to be said of the rows above it."""
        params = {"rows": self.left_out, "text": self.above_says}
        return [Note("title-rows", params, place)] if self.left_out else []

    def notes(self, place: str = "", offset: int = 0) -> list[Note]:
        """Return what has to be said of it; ``offset`` rows of the file stand above those given."""
        found = []
        if self.first < 0:
            found.append(Note("no-header", {"row": offset + self.data + 1}, place))
        elif not self.certain:
            found.append(Note("header-guessed", {"row": offset + self.first + 1}, place))
        if self.refused is not None:
            found.append(Note("recipe-header", {"row": offset + self.refused}, place))
        return found


def find_header(rows: Sequence[Sequence[object]], merged: Sequence[Merged] = ()) -> Header:
    """Return the header of a table, found by its first rows.

    It is the first row as full as most are whose cells are unlike those below. Titles above it
    fill a cell or two; rows that begin with ``#`` are comments where their shape shows it. Where
    words stand above words nothing tells it from a record: the first such row is taken, and is not
    certain. No row is taken because it is longer than the others.

    Args:
        rows: the first rows of the table, blank ones too.
        merged: which of their cells are merged.

    """
    seen = [[_text(cell) for cell in row] for row in rows[:LOOKED_AT]]
    filled = [sum(map(bool, row)) for row in seen]
    merged = [m for m in merged[:_MOST_MERGED] if _is_merged(seen, m)]
    start, is_header, certain = _start(seen, filled)
    if not is_header:
        return Header(-1, 0, (), (), certain, start, *_said(seen[:start]))
    last = _down(seen, filled, start, merged)
    return _between(seen, _up(seen, last, merged), last, merged, certain=certain)


def header_of(
    rows: Sequence[Sequence[object]],
    chosen: tuple[int, int] | None,
    merged: Sequence[Merged] = (),
    repeated: bool | None = None,
) -> Header:
    """Return the header that a person chose, or the one that is found.

    It is where they say, whatever stands there. Where there is nothing, or no row below it, it is
    looked for, and said.

    Args:
        rows: the first rows of the table, blank ones too.
        chosen: its first and last row, from 1; a first of 0 for none, with the data below the last.
        merged: which of their cells are merged.
        repeated: whether rows that say it again are data, as a person says.

    """
    found = _chosen_or_found(rows, chosen, merged)
    if repeated and found.repeated:
        return replace(found, data=found.first + 1, repeated=())
    return found


def _chosen_or_found(
    rows: Sequence[Sequence[object]], chosen: tuple[int, int] | None, merged: Sequence[Merged]
) -> Header:
    if chosen is None:
        return find_header(rows, merged)
    seen = [[_text(cell) for cell in row] for row in rows[:LOOKED_AT]]
    first, last = chosen
    named = first == 0 or (first <= last and any(map(any, seen[first - 1 : last])))
    if not (named and last < LOOKED_AT and any(map(any, seen[last:]))):
        return replace(find_header(rows, merged), refused=last)
    if first == 0:
        return Header(-1, 0, (), (), True, last, *_said(seen[:last]))
    merged = [m for m in merged[:_MOST_MERGED] if _is_merged(seen, m)]
    return _between(seen, first - 1, last - 1, merged, certain=True)


def _between(
    seen: list[list[str]], top: int, last: int, merged: Sequence[Merged], *, certain: bool
) -> Header:
    """Return the header from a row to another, with the rows below that say it again.

    Words that stand above the same words are records, if nothing else shows that they are names.
    """
    repeated, data = [], last + 1
    names, alike = _evidence(seen, last)
    others = [row for row in seen[last + 1 :] if not _same(row, seen[last])]
    shown = names > alike or (not alike and are_names(seen[last], others))
    for number in range(last + 1, len(seen)) if shown else ():
        if any(seen[number]) and not _same(seen[number], seen[last]):
            break
        if any(seen[number]):
            repeated.append(number)
            data = number + 1
    titles = tuple(_joined(seen, top, last, merged))
    return Header(
        last, last - top + 1, titles, tuple(repeated), certain, data, *_said(seen[:top]),
        line=_cut(seen[last]), shown=shown,
    )  # fmt: skip


def _cut(row: Sequence[str]) -> tuple[str, ...]:
    """Return a row up to its last value."""
    filled = [place for place, cell in enumerate(row) if cell]
    return tuple(row[: filled[-1] + 1]) if filled else ()


def _said(rows: Sequence[Sequence[str]]) -> tuple[int, str]:
    """Return how many rows have a value, and what they say."""
    texts = [" ".join(filter(None, row)) for row in rows if any(row)]
    return len(texts), " / ".join(texts)[:_LONGEST_TEXT]


def _is_merged(seen: list[list[str]], merged: Merged) -> bool:
    """Say whether cells are merged as told: only the first of them has a value."""
    top, left, bottom, right = merged
    rows = [row[left : right + 1] for row in seen[top : bottom + 1]]
    return not any(map(any, rows[1:])) and not any(rows[0][1:] if rows else ())


def _start(seen: list[list[str]], filled: list[int]) -> tuple[int, bool, bool]:
    """Return the first row that is no title, whether it is a header, and whether that is sure."""
    usual = usual_width(filled)
    full = [
        number
        for number, count in enumerate(filled)
        if count >= max(1, _FULL * usual) and not _is_comment(seen, filled, number, usual)
    ]
    for place, number in enumerate(full):
        names, alike = _evidence(seen, number)
        if names > alike:
            below = _or_below(seen, filled, number, full[place + 1 :])
            sure = below == number or _evidence(seen, below)[0] > names
            return below, True, sure and not alike
        if _names_columns(seen, number - 1):
            return number - 1, True, False
        if alike >= max(1, 3 * names):
            return number, False, True
        if names or alike:
            return number, True, False
        if filled[number] >= usual or _is_words(seen[number]):
            others = full[place + 1 :]
            if _is_alone(filled, number) and any(filled[other] > 1 for other in others[:1]):
                return others[0], True, False
            below = _or_below(seen, filled, number, others)
            sure = filled[below] >= usual and are_names(seen[below], seen[below + 1 :])
            return below, True, sure
    return next((number for number, count in enumerate(filled) if count), 0), True, False


def _or_below(seen: list[list[str]], filled: list[int], number: int, others: Sequence[int]) -> int:
    """Return a row, or the next one where two words stand above a wider header: a title."""
    for below in others[:1]:
        names, alike = _evidence(seen, below)
        if names > alike and filled[number] <= _TITLE < filled[below]:
            return below
    return number


def _is_alone(filled: list[int], number: int) -> bool:
    """Say whether a row has one cell, and half of the rows below have more: it is a title."""
    below = [count for count in filled[number + 1 :] if count]
    return filled[number] == 1 and 2 * sum(count > 1 for count in below) >= len(below)


def _names_columns(seen: list[list[str]], number: int) -> bool:
    """Say whether a row names columns, though fewer than there are, and not the first alone."""
    if number < 0 or not any(seen[number][1:]) or seen[number][0].startswith("#"):
        return False
    names, alike = _evidence(seen, number)
    return names > 0 and not alike


def usual_width(filled: Sequence[int]) -> int:
    """Return how many cells of a row are filled, as most rows that are rather full have them."""
    counts = [count for count in filled if count]
    wider = [count for count in counts if count > 1]
    if 4 * len(wider) >= len(counts) and len(wider) > 1:
        # Rows of one cell are titles and notes.
        counts = wider
    return max(
        set(counts),
        key=lambda width: (width * sum(count >= width for count in counts), -width),
        default=0,
    )


def _is_comment(seen: list[list[str]], filled: list[int], number: int, usual: int) -> bool:
    """Say whether a row that begins with ``#`` is shown to be a comment.

    It stands above all rows of another beginning, and is not as full as they are; or the next of
    them is a header. Any other is a record, or a header itself.
    """
    if not _is_hashed(seen[number]):
        return False
    others = [n for n, row in enumerate(seen) if filled[n] and not _is_hashed(row)]
    below = next((n for n in others if n > number), None)
    if below is None or any(n < number and filled[n] > _TITLE for n in others):
        return False
    hashed = [n for n in range(below, len(seen)) if filled[n] == usual and _is_hashed(seen[n])]
    if filled[number] != usual and not hashed:
        return True
    names, alike = _evidence(seen, below)
    return names > alike or are_names(seen[below], seen[below + 1 :])


def _is_hashed(row: Sequence[str]) -> bool:
    """Say whether the first value of a row begins with ``#``, and is more than that."""
    text = next((cell for cell in row if cell), "")
    return text.startswith("#") and text.strip("# ") != ""


def _evidence(seen: list[list[str]], number: int) -> tuple[int, int]:
    row = seen[number]
    return evidence(row, [other for other in seen[number + 1 :] if not _same(other, row)])


def _down(seen: list[list[str]], filled: list[int], start: int, merged: Sequence[Merged]) -> int:
    """Return the last row of the header that begins with, or above, a row."""
    last = start
    while last + 1 < len(seen) and last - start < DEEPEST_HEADER - 1:
        below = seen[last + 1]
        if not all(not re.search(r"\d", cell) or is_year(cell) for cell in below):
            break
        groups = [m for m in merged if m[0] == last and m[1] < m[3]]
        grouped = any(any(below[m[1] : m[3] + 1]) for m in groups)
        # A name merged over the rows of a header; in the body it would be a value of records.
        tall = any(start <= m[0] <= last < m[2] < start + DEEPEST_HEADER for m in merged)
        names, before = _evidence(seen, last + 1)[0], _evidence(seen, last)[0]
        titled = filled[last] <= _TITLE and names > before
        upper = (names or not before) and _is_upper(seen[last], below)
        wider = filled[last + 1] > filled[last] and (titled or upper)
        if grouped or wider or (tall and (names or not any(below))):
            last += 1
        else:
            break
    return last


def _up(seen: list[list[str]], last: int, merged: Sequence[Merged]) -> int:
    """Return the first row of the header that ends with a row: those above it are its groups."""
    top = last
    width = max(map(len, seen), default=0)
    while top > 0 and last - top < DEEPEST_HEADER - 1 and any(seen[top - 1]):
        above = top - 1
        groups = [m for m in merged if m[0] <= above <= m[2] and (m[1] > 0 or m[3] < width - 1)]
        into = any(m[2] > above for m in groups)
        beside = any(m[1] < m[3] for m in groups) and sum(map(bool, seen[above])) > 1
        if into or beside or _is_upper(seen[above], seen[last]):
            top = above
        else:
            break
    return top


def _joined(seen: list[list[str]], top: int, last: int, merged: Sequence[Merged]) -> list[str]:
    """Return the titles of the columns, with the groups above them."""
    width = max(len(row) for row in seen[top : last + 1])
    titles: list[list[str]] = [[] for _ in range(width)]
    # A name that is merged over rows reaches down into those below the first.
    for first, left, _, right in [m for m in merged if m[0] < top <= m[2]]:
        for title in titles[left : right + 1]:
            title += filter(None, seen[first][left : left + 1])
    for number in range(top, last + 1):
        for title, text in zip(titles, _spread(seen, number, width, last, merged), strict=True):
            if text and text not in title[-1:]:
                title.append(text)
    return [" · ".join(title) for title in titles]


def _spread(
    seen: list[list[str]], number: int, width: int, last: int, merged: Sequence[Merged]
) -> list[str]:
    """Return a row of a header, each group over all of its columns."""
    row = seen[number] + [""] * (width - len(seen[number]))
    groups = [m for m in merged if m[0] == number and m[1] < m[3]]
    for _, left, _, right in groups:
        row[left : right + 1] = [row[left]] * (min(right + 1, width) - left)
    if not groups and number < last and _is_upper(seen[number], seen[last]):
        text = ""
        for column, cell in enumerate(row):
            row[column] = text = cell or text
    return row


def _is_upper(row: Sequence[str], lower: Sequence[str]) -> bool:
    """Say whether a row is the upper part of a header: groups over columns that repeat."""
    filled = [cell for cell in row if cell]
    repeated = len(set(lower) - {""}) < len([cell for cell in lower if cell])
    return 2 <= len(filled) < len(lower) and repeated


def _is_words(row: Sequence[str]) -> bool:
    """Say whether most cells of a row are words, or years."""
    filled = [cell for cell in row if cell]
    words = sum(kind_of_text(cell) != NUMBER or is_year(cell) for cell in filled)
    return words >= _FULL * len(filled)


def _same(row: Sequence[str], other: Sequence[str]) -> bool:
    """Say whether two rows have the same cells."""
    longest = max(len(row), len(other))
    return [*row, *[""] * (longest - len(row))] == [*other, *[""] * (longest - len(other))]


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
