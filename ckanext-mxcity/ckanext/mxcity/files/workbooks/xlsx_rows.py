"""The rows of one of Excel's sheets, from its XML."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ckanext.mxcity.files.model import FileRefused
from ckanext.mxcity.files.workbooks.counting import Budget, Row, Value
from ckanext.mxcity.files.workbooks.dates import LENGTH, MOMENT, iso, seen_as
from ckanext.mxcity.files.workbooks.figures import LEVELS, shaped
from ckanext.mxcity.files.workbooks.package import DEEPEST, LocalNames
from ckanext.mxcity.files.workbooks.seen import Seen

_DIGITS = "0123456789"
_LETTERS = re.compile(r"[A-Za-z]{1,3}")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
#: Digits of a whole number that every reader keeps, and of any number.
_WHOLE, _LONGEST_NUMBER = 38, 400
#: Pieces of text after which their length is looked at, before they end.
_PIECES = 8
_TRUE = ("1", "true")


@dataclass
class Book:
    """What the sheets of a workbook share."""

    texts: list[str] = field(default_factory=list)
    #: By number of a cell's style: what its numbers are shown as.
    styles: list[str] = field(default_factory=list)
    #: Numbers of the styles, and of the texts, whose letters are struck out.
    struck_styles: set[str] = field(default_factory=set)
    struck_texts: set[int] = field(default_factory=set)
    since_1904: bool = False
    #: Name, whether it is hidden, and the number of what leads to it.
    sheets: list[tuple[str, bool, str]] = field(default_factory=list)


def is_on(attributes: dict[str, str]) -> bool:
    """Say whether an element that switches something does so."""
    return attributes.get("val", "1") in _TRUE


class Columns(dict[str, int]):
    """Numbers of columns, from 0, by their letters."""

    def __missing__(self, letters: str) -> int:
        if not _LETTERS.fullmatch(letters):
            raise FileRefused("broken-workbook")
        number = 0
        for letter in letters.upper():
            number = number * 26 + ord(letter) - 64
        self[letters] = number - 1
        return number - 1


class Rows:
    """Takes the events of a sheet's XML; whole rows wait until they are taken.

    The ways of a cell are short, for a large sheet has millions: neither cells nor their values
    hold another of their kind, so that only other elements count for the depth.
    """

    def __init__(self, book: Book, budget: Budget, seen: Seen) -> None:
        self.complete = False
        self._texts, self._styles, self._budget = book.texts, book.styles, budget
        self._struck_styles, self._struck_texts = book.struck_styles, book.struck_texts
        self._struck = False
        self._seen = seen
        self._formula = self._hidden = False
        self._most, self._longest = budget.limits.columns, budget.limits.cell
        self._names, self._columns = LocalNames(), Columns()
        self._ready: list[Row] = []
        self._cells: list[Value] = []
        self._number, self._digits, self._last = 0, "", 0
        self._column = self._characters = self._depth = self._aside = 0
        self._cell: dict[str, str] | None = None
        self._value: str | None = None
        self._pieces: list[str] = []
        self._runs: list[str] = []
        self._level = ""
        self._in_row = self._in_value = self._in_text = self._keep = False
        self.text = self._pieces.append

    def take(self) -> list[Row]:
        """Return the rows that are whole, once."""
        if len(self._pieces) > _PIECES:
            if self._in_value or self._in_text:
                self._budget.text(sum(map(len, self._pieces)))
            else:
                self._pieces.clear()
        ready, self._ready = self._ready, []
        return ready

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin an element."""
        name = self._names[tag]
        if name == "c":
            if self._cell is not None or not self._in_row:
                raise FileRefused("broken-workbook")
            self._cell, self._formula, self._struck = attributes, False, False
        elif name == "v":
            if self._in_value:
                raise FileRefused("broken-workbook")
            self._in_value = True
            self._pieces.clear()
        else:
            self._start_other(name, attributes)

    def _start_other(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise FileRefused("broken-workbook")
        if name == "row":
            if self._in_row:
                raise FileRefused("broken-workbook")
            self._in_row = True
            self._begin_number(attributes.get("r") or str(self._number + 1))
            self._hidden = attributes.get("hidden") in _TRUE
        elif name == "f":
            self._formula = True
        elif name == "mergeCell":
            self._seen.merge_named(attributes.get("ref", ""))
        elif name == "col" and attributes.get("hidden") in _TRUE:
            self._hide(attributes.get("min", ""), attributes.get("max", ""))
        else:
            self._start_text(name, attributes)

    def _start_text(self, name: str, attributes: dict[str, str]) -> None:
        """Begin an element of a text that its cell has itself."""
        if name == "is":
            self._runs, self._level = [], ""
        elif name == "r":
            self._level = ""
        elif name == "vertAlign":
            self._level = attributes.get("val", "")
        elif name == "strike":
            self._struck = self._struck or is_on(attributes)
        elif name == "t" and not self._aside:
            self._pieces.clear()
            self._in_text, self._keep = True, attributes.get("xml:space") == "preserve"
        elif name == "rPh":
            self._aside += 1

    def _hide(self, first: str, last: str) -> None:
        if first.isdecimal() and last.isdecimal() and len(first) < 7:
            self._seen.hide_columns(int(first) - 1, int(last[:7]) - 1)

    def end(self, tag: str) -> None:
        """End an element."""
        name = self._names[tag]
        if name == "v":
            pieces = self._pieces
            self._value = pieces[0] if len(pieces) == 1 else "".join(pieces)
            self._in_value = False
        elif name == "c":
            cell, self._cell = self._cell, None
            if cell is not None:
                self._end_cell(cell)
        else:
            self._end_other(name)

    def _end_other(self, name: str) -> None:
        self._depth -= 1
        if name == "row":
            self._end_row()
            self._in_row = False
        elif name == "t" and self._in_text:
            run = "".join(self._pieces).translate(LEVELS.get(self._level, {}))
            self._in_text = False
            self._runs.append(run if self._keep else run.strip())
            self._budget.text(sum(map(len, self._runs)))
        elif name == "is":
            self._value = "".join(self._runs)
        elif name == "rPh":
            self._aside -= 1
        elif name == "sheetData":
            self.complete = True

    def _begin_number(self, digits: str) -> None:
        """Begin the row of a number; rows come in their order, and once."""
        if not digits.isdecimal() or len(digits) > 9 or int(digits) <= self._last:
            raise FileRefused("broken-workbook")
        self._number, self._digits, self._column = int(digits), digits, 0

    def _end_row(self) -> None:
        if self._cells:
            self._budget.row(self._number, len(self._cells), self._characters)
            self._ready.append((self._number, self._cells))
            self._seen.hidden_rows += self._hidden
            self._cells, self._characters = [], 0
            self._last = self._number

    def _end_cell(self, cell: dict[str, str]) -> None:
        place = cell.get("r")
        if place is None:
            column = self._column
        else:
            letters = place.rstrip(_DIGITS)
            column = self._columns[letters]
            if (digits := place[len(letters) :]) != self._digits:
                self._end_row()
                self._begin_number(digits)
        self._column = column + 1
        text, self._value = self._value, None
        if not text:
            # A formula that gives no text says so by its kind; one never worked out says nothing.
            if self._formula and cell.get("t") != "str":
                self._seen.unsaid.add(self._number, column)
            return
        if len(text) > self._longest:
            self._budget.text(len(text))
        kind = cell.get("t")
        if kind is None or kind == "n":
            value = self._number_of(text, kind, cell.get("s"))
        else:
            value = self._typed(text, kind)
        if value is None or (column >= self._most and not self._budget.wants(column)):
            return
        self._put(column, value, cell.get("s"))

    def _put(self, column: int, value: Value, style: str | None) -> None:
        """Put a value in its place in the row."""
        if self._struck or style in self._struck_styles:
            self._seen.struck.add(self._number, column)
        cells = self._cells
        if column == len(cells):
            cells.append(value)
        elif column > len(cells):
            cells.extend([None] * (column - len(cells)))
            cells.append(value)
        else:
            cells[column] = value

    def _number_of(self, text: str, kind: str | None, style: str | None) -> Value:
        number: float
        try:
            if len(text) <= _WHOLE and text.isdecimal() and text.isascii():
                number = int(text)
            elif "_" in text or len(text) > _LONGEST_NUMBER:
                raise ValueError  # noqa: TRY301
            else:
                number = float(text)
        except ValueError as error:
            if kind == "n":
                raise FileRefused("broken-workbook") from error
            return self._said(text)
        if style is None:
            return number
        place = int(style) if style.isdecimal() and len(style) < 7 else 0
        shape = self._styles[place] if place < len(self._styles) else ""
        if not shape:
            return number
        if shape in (MOMENT, LENGTH):
            return seen_as(number, shape, self._seen, self._number, self._column - 1)
        return shaped(number, shape, self._seen, self._column - 1)

    def _typed(self, text: str, kind: str) -> Value:
        """Return the value of a cell that is no number; None for what is blank or an error."""
        if kind == "s":
            number = int(text) if text.isdecimal() and len(text) < 10 else 0
            if number >= len(self._texts):
                raise FileRefused("broken-workbook")
            self._struck = number in self._struck_texts
            return self._said(self._texts[number])
        if kind in ("str", "inlineStr", "is"):
            return self._said(unescaped(text))
        if kind == "b":
            return text != "0"
        if kind == "d":
            return iso(text)
        if kind == "e":
            self._seen.errors.add(self._number, self._column - 1)
            return None
        raise FileRefused("broken-workbook")

    def _said(self, text: str) -> str | None:
        if not text or text.isspace():
            return None
        self._characters += len(text)
        return text


def unescaped(text: str) -> str:
    """Return a text with the characters that Excel writes as ``_x000D_``."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), text)
