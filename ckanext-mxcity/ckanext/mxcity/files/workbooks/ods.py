"""OpenDocument's spreadsheets: one part holds all sheets, and a cell or a row may be repeated."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from ckanext.mxcity.files.model import FileRefused
from ckanext.mxcity.files.workbooks.counting import LONGEST_SHEET, Budget, Row, Sheet, Value
from ckanext.mxcity.files.workbooks.dates import iso
from ckanext.mxcity.files.workbooks.figures import as_percent, with_unit, with_zeros
from ckanext.mxcity.files.workbooks.ods_shown import Struck, code_shown, unit_shown
from ckanext.mxcity.files.workbooks.package import DEEPEST, Package
from ckanext.mxcity.files.workbooks.seen import MOST_ZEROS, Seen, shown_as

_WHOLE = re.compile("-?[0-9]{1,38}", re.ASCII)
_CELLS = ("table:table-cell", "table:covered-table-cell")
_ASIDE = "office:annotation"
_MANIFEST = "META-INF/manifest.xml"
_LONGEST_MANIFEST = 1 << 20
_STYLES = 100_000
_CLOCK = re.compile(r"PT(\d{1,2})H(\d{1,2})M(\d{1,2})S")
_ERROR = re.compile(
    r"#(DIV/0!|N/[AD]|REF!|¡?REF!|¡?VALOR!|VALUE!|NAME\?|¿NOMBRE\?|NUM!|NULL!)|Err:\d+"
)
_COLLAPSED = ("collapse", "filter")
#: Number of the sheet, and a sheet's name, whether it is hidden and what else it carries, or a
#: row, how often it stands there, its cells, and how many characters it has.
_Found = tuple[int, Any, Any, int]


def ods_sheets(package: Package, budget: Budget) -> Iterator[Sheet]:
    """Yield the sheets of a spreadsheet."""
    _refuse_encrypted(package)
    for _, found in groupby(_stream(package, budget), key=itemgetter(0)):
        _, (name, hidden), seen, _ = next(found)
        yield Sheet(name, hidden, _rows(found, budget), seen)  # noqa: B031  # goes on after it


def _stream(package: Package, budget: Budget) -> Iterator[_Found]:
    struck = Struck()
    package.parse_all("styles.xml", struck.start)
    content = _Content(budget, struck)
    for _ in package.parse("content.xml", content.start, content.end, content.text):
        yield from content.take()


def _rows(found: Iterator[_Found], budget: Budget) -> Iterator[Row]:
    for _, (number, times), cells, characters in found:
        for again in range(times):
            budget.row(number + again, len(cells), characters)
            yield number + again, list(cells)


def _refuse_encrypted(package: Package) -> None:
    manifest = b""
    for piece in package.pieces(_MANIFEST):
        manifest += piece
        if b"encryption-data" in manifest:
            raise FileRefused("password")
        if len(manifest) > _LONGEST_MANIFEST:
            return


def _times(attributes: dict[str, str], name: str) -> int:
    """Return how often something is repeated; as far as a sheet goes at most."""
    text = attributes.get(name, "1")
    if not text.isdecimal() or len(text) > 19:
        raise FileRefused("broken-workbook")
    return min(int(text), LONGEST_SHEET + 1)


def _time_of_day(text: str) -> Value:
    """Return the time of day that a length of time is, or its text where it is none."""
    found = _CLOCK.fullmatch(text)
    if not found:
        return text
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    if hours > 23 or minutes > 59 or seconds > 59:
        return text
    return dt.time(hours, minutes, seconds)


class _Content:
    """Takes the events of a spreadsheet's XML; rows with a value wait until they are taken."""

    def __init__(self, budget: Budget, struck: Struck) -> None:
        self._budget, self._struck = budget, struck
        self._is_struck = False
        self._ready: list[_Found] = []
        self._hidden: set[str] = set()
        self._styles = self._sheet = 0
        self._style = ""
        self._depth = self._inside = self._aside = 0
        self._in_sheet = self._in_row = self._collapsed = False
        self._seen, self._columns = Seen(), 0
        self._number = self._times = 1
        self._cells: list[Value] = []
        self._column = self._characters = self._length = 0
        self._attributes: dict[str, str] = {}
        self._pieces: list[str] | None = None
        self._paragraphs = 0

    def take(self) -> list[_Found]:
        """Return what was found since the last time."""
        ready, self._ready = self._ready, []
        return ready

    def start(self, tag: str, attributes: dict[str, str]) -> None:  # noqa: C901  # one choice
        """Begin an element."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise FileRefused("broken-workbook")
        if self._inside:
            self._start_in_cell(tag, attributes)
        elif tag in _CELLS and self._in_row:
            self._begin_cell(attributes)
        elif tag == "table:table-row" and self._in_sheet:
            if self._in_row:
                raise FileRefused("broken-workbook")
            self._in_row = True
            self._times = _times(attributes, "table:number-rows-repeated")
            self._collapsed = attributes.get("table:visibility") in _COLLAPSED
            self._cells, self._column, self._characters = [], 0, 0
        elif tag == "table:table-column" and self._in_sheet:
            self._begin_column(attributes)
        elif tag == "table:table":
            self._begin_sheet(attributes)
        elif tag == "style:style":
            self._style = attributes.get("style:name", "")
            self._struck.start(tag, attributes)
        elif tag == "style:text-properties":
            self._struck.start(tag, attributes)
        elif tag == "style:table-properties" and attributes.get("table:display") == "false":
            self._hidden.add(self._style)
            if len(self._hidden) > _STYLES:
                raise FileRefused("broken-workbook")

    def _begin_sheet(self, attributes: dict[str, str]) -> None:
        if self._in_sheet:
            raise FileRefused("broken-workbook")
        self._budget.sheet()
        self._in_sheet, self._sheet, self._number = True, self._sheet + 1, 1
        hidden = attributes.get("table:style-name") in self._hidden
        self._seen, self._columns = Seen(), 0
        self._struck.columns.clear()
        self._ready.append((self._sheet, (attributes.get("table:name", ""), hidden), self._seen, 0))

    def _begin_column(self, attributes: dict[str, str]) -> None:
        times = _times(attributes, "table:number-columns-repeated")
        if attributes.get("table:visibility") in _COLLAPSED:
            self._seen.hide_columns(self._columns, self._columns + times - 1)
        style = attributes.get("table:default-cell-style-name", "")
        self._struck.add_columns(self._columns, self._columns + times - 1, style)
        self._columns += times

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        self._inside, self._aside, self._paragraphs, self._length = 1, 0, 0, 0
        self._attributes = attributes
        self._is_struck = self._struck.strikes(attributes.get("table:style-name"), self._column)
        kind = attributes.get("office:value-type")
        said = kind == "string" and "office:string-value" not in attributes
        # What is shown: of errors, and of numbers with zeros before them.
        looked_at = kind in ("float", "currency") or "table:formula" in attributes
        self._pieces = [] if said or looked_at else None
        if (
            "table:number-rows-spanned" in attributes
            or "table:number-columns-spanned" in attributes
        ):
            rows = _times(attributes, "table:number-rows-spanned")
            columns = _times(attributes, "table:number-columns-spanned")
            last_row, last = self._number + rows - 1, self._column + columns - 1
            self._seen.merge(self._number, self._column, last_row, last)

    def _start_in_cell(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in _CELLS:
            self._inside += 1
        elif tag == _ASIDE:
            self._aside += 1
            self._seen.comments.add(self._number, self._column, self._times)
        elif self._aside or self._pieces is None:
            return
        elif tag == "text:span":
            name = attributes.get("text:style-name", "")
            self._is_struck = self._is_struck or name in self._struck.names
        elif tag == "text:p":
            self._paragraphs += 1
            if self._paragraphs > 1:
                self.text("\n")
        elif tag == "text:line-break":
            self.text("\n")
        elif tag == "text:tab":
            self.text("\t")
        elif tag == "text:s":
            spaces = _times(attributes, "text:c")
            self._budget.text(self._length + spaces)
            self.text(" " * spaces)

    def text(self, text: str) -> None:
        """Take a piece of text."""
        if self._inside and self._pieces is not None and not self._aside:
            self._length += len(text)
            self._budget.text(self._length)
            self._pieces.append(text)

    def end(self, tag: str) -> None:
        """End an element."""
        self._depth -= 1
        if self._inside:
            if tag == _ASIDE:
                self._aside -= 1
            elif tag in _CELLS:
                self._inside -= 1
                if not self._inside:
                    self._end_cell()
        elif tag == "table:table-row" and self._in_row:
            self._end_row()
        elif tag == "table:table":
            self._in_sheet = False

    def _end_row(self) -> None:
        self._in_row = False
        if self._cells:
            place = (self._number, self._times)
            self._ready.append((self._sheet, place, self._cells, self._characters))
            self._seen.hidden_rows += self._times * self._collapsed
        self._number += self._times

    def _end_cell(self) -> None:
        times = _times(self._attributes, "table:number-columns-repeated")
        value = self._value()
        first, self._column = self._column, self._column + times
        if value is None:
            return
        if not self._budget.wants(first + times - 1):
            times = self._budget.limits.columns - first
        if times > 0:
            if self._is_struck:
                self._seen.struck.add(self._number, first, times * self._times)
            self._cells.extend([None] * (first - len(self._cells)))
            self._cells.extend([value] * times)
            self._characters += times * len(value) if isinstance(value, str) else 0

    def _value(self) -> Value:
        """Return the value of a cell; None for what is blank or an error."""
        attributes = self._attributes
        said = "".join(self._pieces or ())
        if attributes.get("calcext:value-type") == "error" or (
            "table:formula" in attributes and _ERROR.fullmatch(said.strip())
        ):
            self._seen.errors.add(self._number, self._column, self._times)
            return None
        if (number := attributes.get("office:value")) is not None:
            return self._number_of(number, said.strip())
        if (day := attributes.get("office:date-value")) is not None:
            return iso(day)
        if (time := attributes.get("office:time-value")) is not None:
            return _time_of_day(time)
        if (answer := attributes.get("office:boolean-value")) is not None:
            return answer.lower() == "true"
        text = attributes.get("office:string-value")
        if text is None:
            text = said
            if not text and "table:formula" in attributes and "office:value-type" not in attributes:
                self._seen.unsaid.add(self._number, self._column, self._times)
        self._budget.text(len(text))
        return text if text and not text.isspace() else None

    def _number_of(self, number: str, said: str) -> Value:
        """Return a number as it is shown, of percentages and of codes with their zeros."""
        try:
            # All digits of a whole number stay; one with a point has sixteen at most.
            value: float = int(number) if _WHOLE.fullmatch(number) else float(number)
        except ValueError as error:
            raise FileRefused("broken-workbook") from error
        if self._attributes.get("office:value-type") == "percentage":
            self._seen.percents.update(self._own_columns())
            return as_percent(value)
        zeros = said.startswith("0") and said.isdecimal() and 1 < len(said) <= MOST_ZEROS
        if zeros and float(said) == value:
            return with_zeros(value, len(said))
        if code_shown(said, value):
            return shown_as(value, said)
        before, behind = unit_shown(said)
        if not (before or behind):
            return value
        for column in self._own_columns():
            self._seen.units.setdefault(column, set()).add((before, behind))
        return with_unit(value, before, behind)

    def _own_columns(self) -> range:
        """Return the columns in which the cell stands."""
        times = _times(self._attributes, "table:number-columns-repeated")
        return range(self._column, min(self._column + times, self._budget.limits.columns))
