"""What stands below a table: notes, sources and rows of totals.

A row is left out only where the table itself shows that it is no record. Pure functions over
rows of text, for sheets and delimited files alike.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ckanext.mxcity.files.model import Note

#: Characters of the foot that a note repeats.
_LONGEST_TEXT = 200
#: Rows at the end of a table that are looked at.
LOOKED_AT = 60
#: Words that a row of totals begins with; what they give of the rows above.
TOTALS = ("total", "totales", "total general", "gran total", "suma", "suma total", "sumas")
MEANS = ("promedio", "media", "promedio general")
_WORDS = (
    r"(fuentes?|notas?|elabor[oóa]\w*|corte|cifras?|unidad(es)?|source|notes?|revis[oó]|autoriz[oó]"
    r"|actualiza\w*|consulta\w*|observaci[oó]n(es)?|llamadas?|simbolog[ií]a|datos? al?)\b"
)
#: "Fuente: …", "* …", "1/ …"; without a colon it may be a name: "Fuentes del Valle".
_MARKED = re.compile(
    rf"{_WORDS}[^:]{{0,30}}:.*|{_WORDS}[ .]*|[*†‡]+ ?[^\W_].*|\w/ .*|\(?[\da-z]\) .*",
    re.IGNORECASE | re.DOTALL,
)
_NOTE = re.compile(rf"{_WORDS}.*", re.IGNORECASE | re.DOTALL)
#: A text that long in a row of its own is a remark, not a name.
_LONG = 60
_NUMBER = re.compile(r"-?[$]? ?-?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?([eE][+-]?\d+)? ?%?")

#: Number of a row in the file, and its cells.
Numbered = tuple[int, Sequence[str]]


@dataclass(frozen=True)
class Foot:
    """The rows at the end of a table that are no records, or may be none."""

    #: Notes and sources, with the rows' numbers.
    notes: tuple[Numbered, ...] = ()
    #: Rows at the end, above the notes, that are called totals: ``is_total`` proves each.
    totals: tuple[Numbered, ...] = ()

    @property
    def text(self) -> str:
        """What the notes say."""
        return _said(self.notes)


def _said(rows: Sequence[Numbered]) -> str:
    """Return what some rows say."""
    return " / ".join(" ".join(cell for cell in row if cell) for _, row in rows)


def find_foot(tail: Sequence[Numbered], usual: int) -> Foot:
    """Return what may stand below a table.

    Args:
        tail: the last rows with a value, numbered as in the file; the first of them is a record.
        usual: how many cells of a record are filled.

    """
    end = len(tail)
    cut = end
    left = min((_place(row) for _, row in tail), default=0)
    for place in range(end - 1, 0, -1):
        number, row = tail[place]
        cells = [cell for cell in row if cell]
        apart = number > tail[place - 1][0] + 1
        # In a narrow table a value that stands in its second column is a record's.
        beside = usual <= 2 and _place(row) > left
        if not beside and _is_note(cells, usual, apart=apart):
            cut = place
        elif len(cells) > 1 or _NUMBER.fullmatch(cells[0]) or usual < 2:
            break
    first = cut
    while first > 1 and _label(tail[first - 1][1]) in (*TOTALS, *MEANS):
        first -= 1
    return Foot(tuple(tail[cut:]), tuple(tail[first:cut]))


def _place(row: Sequence[str]) -> int:
    """Return the column of the first cell with a value."""
    return next((place for place, cell in enumerate(row) if cell), len(row))


def _is_note(cells: Sequence[str], usual: int, *, apart: bool) -> bool:
    """Say whether the cells of a row are a note; ``apart`` is one below a blank row."""
    marked = bool(_MARKED.fullmatch(cells[0]))
    if len(cells) == 2:
        return marked and (usual > 2 or apart) and not _NUMBER.fullmatch(cells[1])
    if len(cells) > 2 or _NUMBER.fullmatch(cells[0]):
        return False
    if marked and (usual > 1 or apart):
        return True
    sure = usual > 2 or (usual == 2 and bool(_NOTE.fullmatch(cells[0])))
    return (apart and sure) or (len(cells[0]) > _LONG and usual > 2)


def left_out(
    found: Foot, records: Callable[[int], Iterable[Numbered]], place: str = ""
) -> tuple[int | None, list[Note]]:
    """Return the number of the first row that is left out, None without one, and what is said.

    Args:
        found: what may stand below the table.
        records: gives the rows of the table above a row, by its number.
        place: where the table is: its sheet.

    """
    end = None
    rows = len(found.totals) + len(found.notes)
    notes = []
    if found.notes:
        end = found.notes[0][0]
        params = {"rows": len(found.notes), "row": end, "text": found.text[:_LONGEST_TEXT]}
        notes.append(Note("foot-left-out", params, place))
    if found.totals:
        count = proved(found.totals, records(found.totals[0][0]))
        kept = found.totals[: len(found.totals) - count]
        if count:
            end = found.totals[-count][0]
            text = _said(found.totals[-count:])[:_LONGEST_TEXT]
            params = {"rows": count, "row": end, "text": text}
            notes.append(Note("totals-left-out", params, place))
        if kept:
            params = {"rows": len(kept), "row": kept[-1][0], "text": _first(kept[-1][1])}
            notes.append(Note("total-kept", {**params, "foot": rows}, place))
    return end, notes


def foot_of(
    tail: Sequence[Numbered],
    usual: int,
    records: Callable[[int], Iterable[Numbered]],
    chosen: int | None,
    place: str = "",
) -> tuple[int | None, list[Note], int]:
    """Return the same, and how many rows with a value are left out, as a person chose or as found.

    Where the table has no row above those that were chosen, its foot is looked for, and said.

    Args:
        tail: as of ``find_foot``.
        usual: as of ``find_foot``.
        records: as of ``left_out``.
        chosen: how many rows with a value at the end are no data.
        place: where the table is: its sheet.

    """
    if chosen is None or chosen >= len(tail):
        end, notes = left_out(find_foot(tail, usual), records, place)
        if chosen:
            notes.append(Note("recipe-foot", {"rows": chosen}, place))
    else:
        below = Foot(tuple(tail[len(tail) - chosen :]))
        end = below.notes[0][0] if chosen else None
        params = {"rows": chosen, "row": end, "text": below.text[:_LONGEST_TEXT]}
        notes = [Note("foot-left-out", params, place)] if chosen else []
    return end, notes, 0 if end is None else sum(number >= end for number, _ in tail)


def proved(totals: Sequence[Numbered], records: Iterable[Numbered]) -> int:
    """Return how many of the rows called totals are some, counted from the last one.

    One is where it comes once and a figure in it is the sum (or the mean, if it is called so) of
    the records above it in its column. ``records`` are the rows above all of them.
    """
    wanted = sorted({place for _, row in totals for place, cell in enumerate(row) if amount(cell)})
    labels = [_label(row) for _, row in totals]
    sums = dict.fromkeys(wanted, 0.0)
    counts = dict.fromkeys(wanted, 0)
    again = {label for label in labels if labels.count(label) > 1}
    for _, row in records:
        if (label := _label(row)) in labels:
            again.add(label)
        for place in wanted:
            if place < len(row) and (value := amount(row[place])) is not None:
                sums[place] += value
                counts[place] += 1
    found = 0
    for (_, row), label in zip(reversed(totals), reversed(labels), strict=True):
        if label in again or not _adds_up(row, label, sums, counts):
            break
        found += 1
    return found


def _adds_up(
    row: Sequence[str], label: str, sums: dict[int, float], counts: dict[int, int]
) -> bool:
    """Say whether a figure of a row is what its label says of the column above it."""
    for place, total in sums.items():
        value = amount(row[place]) if place < len(row) else None
        if not value or not counts[place]:
            continue
        expected = total / counts[place] if label in MEANS else total
        digits = row[place].partition(".")[2].rstrip(" %")
        near = 0.5 * 10.0 ** -len(digits) if digits.isdecimal() or not digits else 0.0
        if math.isclose(value, expected, rel_tol=1e-9, abs_tol=near):
            return True
    return False


def amount(text: str) -> float | None:
    """Return the number that a text is, written with a point; None for any other text."""
    if not text or not _NUMBER.fullmatch(text):
        return None
    return float(text.translate({ord(sign): None for sign in "$, %"}))


def _label(row: Sequence[str]) -> str:
    """Return the first words of a row, as they are compared."""
    return _first(row).strip(" :.*").lower()


def _first(row: Sequence[str]) -> str:
    return next((cell for cell in row if cell), "")
