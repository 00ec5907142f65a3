"""Excel's workbooks of today: a part for each sheet, and one for the texts that cells share."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

from ckanext.mxcity.files.model import FileRefused
from ckanext.mxcity.files.workbooks.counting import Budget, Row, Sheet
from ckanext.mxcity.files.workbooks.dates import BUILT_IN, kind_of_format
from ckanext.mxcity.files.workbooks.figures import BUILT_IN_PERCENT, LEVELS, shape_of_format
from ckanext.mxcity.files.workbooks.package import DEEPEST, LocalNames, Package, beside
from ckanext.mxcity.files.workbooks.seen import Seen, column_of
from ckanext.mxcity.files.workbooks.xlsx_rows import Rows, unescaped

_BOOK = "xl/workbook.xml"
#: Formats and styles that a workbook may have; Excel takes some 65,000.
_STYLES = 100_000
_SHAPES = BUILT_IN | BUILT_IN_PERCENT
_PLACE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")


@dataclass
class Book:
    """What the sheets of a workbook share."""

    texts: list[str] = field(default_factory=list)
    #: By number of a cell's style: what its numbers are shown as.
    styles: list[str] = field(default_factory=list)
    since_1904: bool = False
    #: Name, whether it is hidden, and the number of what leads to it.
    sheets: list[tuple[str, bool, str]] = field(default_factory=list)


def xlsx_sheets(package: Package, budget: Budget) -> Iterator[Sheet]:
    """Yield the sheets of a workbook that are tables; charts are none."""
    book = Book()
    _read_book(package, book, budget)
    if not book.sheets:
        raise FileRefused("broken-workbook")
    leads = _leads(package)
    _read_styles(package, book, leads)
    _read_texts(package, book, budget, leads)
    for name, hidden, number in book.sheets:
        kind, part = leads.get(number, ("", ""))
        if kind == "worksheet":
            seen = Seen(since_1904=book.since_1904)
            yield Sheet(name, hidden, _rows(package, part, book, budget, seen), seen)


def _rows(package: Package, part: str, book: Book, budget: Budget, seen: Seen) -> Iterator[Row]:
    if not package.has(part):
        raise FileRefused("broken-workbook")
    _read_comments(package, part, seen)
    rows = Rows(book.texts, book.styles, budget, seen)
    for _ in package.parse(part, rows.start, rows.end, rows.text):
        yield from rows.take()
    if not rows.complete:
        raise FileRefused("broken-workbook")


def _read_book(package: Package, book: Book, budget: Budget) -> None:
    names = LocalNames()

    def start(tag: str, attributes: dict[str, str]) -> None:
        name = names[tag]
        if name == "workbookPr":
            book.since_1904 = attributes.get("date1904") in ("1", "true")
        elif name == "sheet":
            budget.sheet()
            leads_by = next((attributes[key] for key in attributes if key.endswith(":id")), "")
            hidden = attributes.get("state", "visible") != "visible"
            book.sheets.append((attributes.get("name", ""), hidden, leads_by))

    package.parse_all(_BOOK, start)


def _read_comments(package: Package, part: str, seen: Seen) -> None:
    """Find the cells that have a comment, of the old kind or of that with answers."""
    names = LocalNames()
    leads = _leads(package, part)
    old = [target for kind, target in leads.values() if kind == "comments"]
    new = [target for kind, target in leads.values() if kind == "threadedComment"]

    def start(tag: str, attributes: dict[str, str]) -> None:
        if names[tag] in ("comment", "threadedComment"):
            found = _PLACE.fullmatch(attributes.get("ref", ""))
            letters, row = found.groups() if found else ("A", "1")
            seen.comments.add(int(row), column_of(letters))

    # A comment with answers has one of the old kind beside it.
    for target in old or new:
        package.parse_all(target, start)


def _leads(package: Package, part: str = _BOOK) -> dict[str, tuple[str, str]]:
    """Return what kind of part each number leads to from a part, and its name."""
    names = LocalNames()
    found: dict[str, tuple[str, str]] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        outside = attributes.get("TargetMode") == "External"
        if names[tag] == "Relationship" and not outside and len(found) < _STYLES:
            kind = attributes.get("Type", "").rpartition("/")[2]
            found[attributes.get("Id", "")] = kind, beside(part, attributes.get("Target", ""))

    folder, _, name = part.rpartition("/")
    package.parse_all(f"{folder}/_rels/{name}.rels", start)
    return found


def _part(leads: dict[str, tuple[str, str]], kind: str, usual: str) -> str:
    return next((part for found, part in leads.values() if found == kind), usual)


def _read_styles(package: Package, book: Book, leads: dict[str, tuple[str, str]]) -> None:
    names = LocalNames()
    formats: dict[str, str] = {}
    inside = False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        name = names[tag]
        if name == "numFmt":
            code = attributes.get("formatCode", "")
            formats[attributes.get("numFmtId", "")] = kind_of_format(code) or shape_of_format(code)
        elif name == "cellXfs":
            inside = True
        elif name == "xf" and inside:
            number = attributes.get("numFmtId", "")
            known = _SHAPES.get(int(number), "") if number.isdecimal() and len(number) < 6 else ""
            book.styles.append(formats.get(number, known))
        if len(formats) > _STYLES or len(book.styles) > _STYLES:
            raise FileRefused("broken-workbook")

    def end(tag: str) -> None:
        nonlocal inside
        if names[tag] == "cellXfs":
            inside = False

    package.parse_all(_part(leads, "styles", "xl/styles.xml"), start, end)


def _read_texts(
    package: Package, book: Book, budget: Budget, leads: dict[str, tuple[str, str]]
) -> None:
    part = _part(leads, "sharedStrings", "xl/sharedStrings.xml")
    texts = Texts(book.texts, budget)
    package.parse_all(part, texts.start, texts.end, texts.text)


class Texts:
    """The texts that cells share, in the order of their numbers, without their readings aloud."""

    def __init__(self, found: list[str], budget: Budget) -> None:
        self._names = LocalNames()
        self._found = found
        self._budget = budget
        self._depth = self._aside = self._length = 0
        self._runs: list[str] = []
        #: How the letters of a run stand, as its format says.
        self._level = ""
        self._pieces: list[str] | None = None
        self._keep = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin an element."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise FileRefused("broken-workbook")
        name = self._names[tag]
        if name == "si":
            self._runs, self._length, self._level = [], 0, ""
        elif name == "r":
            self._level = ""
        elif name == "vertAlign":
            self._level = attributes.get("val", "")
        elif name == "rPh":
            self._aside += 1
        elif name == "t" and not self._aside:
            self._pieces, self._keep = [], attributes.get("xml:space") == "preserve"

    def text(self, text: str) -> None:
        """Take a piece of text."""
        if self._pieces is not None:
            self._length += len(text)
            self._budget.text(self._length)
            self._pieces.append(text)

    def end(self, tag: str) -> None:
        """End an element."""
        self._depth -= 1
        name = self._names[tag]
        if name == "t" and self._pieces is not None:
            text = "".join(self._pieces)
            # A digit of a note beside a number is no digit of it.
            text = text.translate(LEVELS.get(self._level, {}))
            self._runs.append(text if self._keep else text.strip())
            self._pieces = None
        elif name == "rPh":
            self._aside -= 1
        elif name == "si":
            found = unescaped("".join(self._runs))
            self._budget.shared(sys.getsizeof(found) + 8)
            self._found.append(found)
