"""What a cell of OpenDocument shows beside its value: a unit, a code, letters struck out."""

from __future__ import annotations

import re

#: What stands before and behind the digits of a number; a text in parentheses is negative.
_AROUND = re.compile(r"([^\d]*)\d[\d.,\s]*(?<=\d)([^\d]*)|([^\d]*)\d([^\d]*)")
#: Digits with more between them than divides thousands or decimals.
_CODE = re.compile(r"[^\s.,]*\d[^\n]*\d[^\s.,]*")
_BETWEEN = re.compile(r"\d([^\d.,\s][^\d]*|\s+[^\d\s][^\d]*)(?=\d)")
_SILENT = " -+()\u00a0\u202f"
_STYLES = 100_000


def unit_shown(said: str) -> tuple[str, str]:
    """Return what is shown before and behind a number, where it says something."""
    found = _AROUND.fullmatch(said)
    if not found:
        return "", ""
    before, behind = ((found[n] or found[n + 2] or "").strip(_SILENT) for n in (1, 2))
    told = any(sign.isalpha() or sign in "$€£¥" for sign in before + behind)
    return (before, behind) if told else ("", "")


def code_shown(said: str, value: float) -> bool:
    """Say whether a whole number is shown as a code: its digits, with signs between them."""
    if value < 0 or value != int(value) or not _CODE.fullmatch(said) or not _BETWEEN.search(said):
        return False
    digits = "".join(sign for sign in said if sign.isdigit())
    return bool(digits) and digits.isascii() and int(digits) == value


class Struck:
    """The styles whose letters are struck out, and the columns that have such a style."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        #: First and last column, and the style of their cells.
        self.columns: list[tuple[int, int, str]] = []
        self._style = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take the beginning of an element; a style has what its parent has."""
        if tag == "style:style":
            self._style = attributes.get("style:name", "")
            if attributes.get("style:parent-style-name") in self.names:
                self._add()
        elif tag == "style:text-properties":
            kind = attributes.get("style:text-line-through-style")
            kind = kind or attributes.get("style:text-line-through-type")
            if kind == "none":
                self.names.discard(self._style)
            elif kind:
                self._add()

    def _add(self) -> None:
        if self._style and len(self.names) < _STYLES:
            self.names.add(self._style)

    def add_columns(self, first: int, last: int, style: str) -> None:
        """Take columns of a sheet, if their cells are struck out."""
        if style in self.names and len(self.columns) < _STYLES:
            self.columns.append((first, last, style))

    def strikes(self, style: str | None, column: int) -> bool:
        """Say whether a cell with a style, or that of its column, is struck out."""
        if style is not None:
            return style in self.names
        return any(first <= column <= last for first, last, _ in self.columns)
