"""Excel's workbooks of today: a part for each sheet, and one for the texts that cells share."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from ckanext.mxcity.files.model import FileRefused
from ckanext.mxcity.files.workbooks.counting import Budget, Row, Sheet
from ckanext.mxcity.files.workbooks.dates import BUILT_IN, kind_of_format
from ckanext.mxcity.files.workbooks.figures import BUILT_IN_SHAPES, LEVELS
from ckanext.mxcity.files.workbooks.formats import shape_of_format
from ckanext.mxcity.files.workbooks.package import DEEPEST, LocalNames, Package, beside
from ckanext.mxcity.files.workbooks.seen import Seen, column_of
from ckanext.mxcity.files.workbooks.xlsx_rows import Book, Rows, is_on, unescaped

_BOOK = "xl/workbook.xml"
#: Formats and styles that a workbook may have; Excel takes some 65,000.
_STYLES = 100_000
_SHAPES = BUILT_IN | BUILT_IN_SHAPES
_PLACE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")


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
    rows = Rows(book, budget, seen)
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
    styles = _Styles(book)
    package.parse_all(_part(leads, "styles", "xl/styles.xml"), styles.start, styles.end)


class _Styles:
    """Takes the formats and fonts that the cells of a workbook have by number."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._names = LocalNames()
        self._formats: dict[str, str] = {}
        #: Whether each font strikes its letters out.
        self._fonts: list[bool] = []
        #: The list that is open, of those that are read.
        self._open = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin an element."""
        name = self._names[tag]
        if name in ("cellXfs", "fonts"):
            self._open = name
        elif name == "font" and self._open == "fonts":
            self._fonts.append(False)
        elif name == "strike" and self._open == "fonts" and self._fonts:
            self._fonts[-1] = is_on(attributes)
        elif name == "numFmt":
            code = attributes.get("formatCode", "")
            shape = kind_of_format(code) or shape_of_format(code)
            self._formats[attributes.get("numFmtId", "")] = shape
        elif name == "xf" and self._open == "cellXfs":
            self._add(attributes)
        if max(len(self._formats), len(self._book.styles), len(self._fonts)) > _STYLES:
            raise FileRefused("broken-workbook")

    def _add(self, attributes: dict[str, str]) -> None:
        """Add the style of the next number."""
        number, font = attributes.get("numFmtId", ""), attributes.get("fontId", "")
        known = _SHAPES.get(int(number), "") if number.isdecimal() and len(number) < 6 else ""
        place = int(font) if font.isdecimal() and len(font) < 6 else len(self._fonts)
        if place < len(self._fonts) and self._fonts[place]:
            self._book.struck_styles.add(str(len(self._book.styles)))
        self._book.styles.append(self._formats.get(number, known))

    def end(self, tag: str) -> None:
        """End an element."""
        if self._names[tag] == self._open:
            self._open = ""


def _read_texts(
    package: Package, book: Book, budget: Budget, leads: dict[str, tuple[str, str]]
) -> None:
    part = _part(leads, "sharedStrings", "xl/sharedStrings.xml")
    texts = Texts(book, budget)
    package.parse_all(part, texts.start, texts.end, texts.text)


class Texts:
    """The texts that cells share, in the order of their numbers, without their readings aloud."""

    def __init__(self, book: Book, budget: Budget) -> None:
        self._names = LocalNames()
        self._found, self._struck = book.texts, book.struck_texts
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
        elif name == "strike" and is_on(attributes):
            self._struck.add(len(self._found))
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
