"""The header of a table said again among its rows, as printed pages have it."""

from __future__ import annotations

from collections.abc import Sequence

from ckanext.mxcity.files.headers import Header
from ckanext.mxcity.files.model import Note


class Repeated:
    """Tells which rows of a body say the header again, and counts them.

    They are left out where the table shows that they are no records, or a person says so; in any
    other table of which the header is said again, it is asked.
    """

    def __init__(self, header: Header, chosen: bool | None, offset: int = 0) -> None:
        """Look for a header.

        Args:
            header: of the table.
            chosen: whether rows that say it again are records, as a person says.
            offset: rows of the file above those that the header counts from.

        """
        #: A row of one value says too little.
        self._line = header.line if len([cell for cell in header.line if cell]) > 1 else ()
        self._chosen = chosen
        self._kept = not header.shown if chosen is None else chosen
        self._above = [offset + row + 1 for row in header.repeated]
        self._found: list[int] = []
        self.count = 0

    @property
    def kept(self) -> int:
        """How many of the rows of a table say the header again."""
        return self.count if self._kept else 0

    @property
    def looks(self) -> bool:
        """Whether rows have to be looked at."""
        return bool(self._line)

    def leaves_out(self, number: int, row: Sequence[str]) -> bool:
        """Say whether a row, with its number in the file, is left out; it is counted then."""
        # Most rows differ from it in the first cell.
        if not (self._line and row and row[0].strip() == self._line[0] and self._is_it(row)):
            return False
        self.count += 1
        self._found = self._found or [number]
        return not self._kept

    def _is_it(self, row: Sequence[str]) -> bool:
        cells = tuple(cell.strip() for cell in row)
        return cells[: len(self._line)] == self._line and not any(cells[len(self._line) :])

    def notes(self, place: str = "", *, others: int = 1) -> list[Note]:
        """Return what has to be said of them; ``asked`` is there where a person may choose.

        Args:
            place: where the table is: its sheet.
            others: how many rows do not say the header again; without one nothing would be left.

        """
        count = self.count + len(self._above)
        if not count:
            return []
        row = min([*self._above, *self._found])
        asked = {"asked": True} if self._chosen is None and others else {}
        code = "header-again" if self._kept else "header-repeated"
        return [Note(code, {"count": count, "row": row, **asked}, place)]
