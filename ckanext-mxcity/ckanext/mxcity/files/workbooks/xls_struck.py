"""Which cells of an old workbook have letters that are struck out, by the font of their style."""

from __future__ import annotations

import struct
from collections.abc import Iterator

_FONT, _STYLE, _MANY_NUMBERS = 0x31, 0xE0, 0xBD
#: Kinds of cells: each begins with its row, its column and the number of its style.
_CELLS = frozenset((0x203, 0x27E, 0xFD, 0x204, 0xD6, 0x205, 0x06, 0x206, 0x406))
_STRIKES = 0x08
#: No font has this number.
_LEFT_OUT = 4


class StruckCells:
    """Takes the records of a workbook in their order; fonts and styles come before cells."""

    def __init__(self) -> None:
        self._fonts: list[bool] = []
        self._styles: list[bool] = []
        self._some = False

    def take(self, code: int, content: bytes) -> Iterator[tuple[int, int]]:
        """Yield the row and column, from 0, of each cell of a record that is struck out."""
        if code == _FONT and len(content) >= 4:
            if len(self._fonts) == _LEFT_OUT:
                self._fonts.append(False)
            self._fonts.append(bool(content[2] & _STRIKES))
        elif code == _STYLE and len(content) >= 2:
            (font,) = struct.unpack_from("<H", content)
            self._styles.append(font < len(self._fonts) and self._fonts[font])
            self._some = self._some or self._styles[-1]
        elif self._some and code in _CELLS and len(content) >= 6:
            row, column, style = struct.unpack_from("<3H", content)
            if self._strikes(style):
                yield row, column
        elif self._some and code == _MANY_NUMBERS:
            row, first = struct.unpack_from("<HH", content) if len(content) >= 4 else (0, 0)
            for number, place in enumerate(range(4, len(content) - 6, 6)):
                if self._strikes(struct.unpack_from("<H", content, place)[0]):
                    yield row, first + number

    def _strikes(self, style: int) -> bool:
        return style < len(self._styles) and self._styles[style]
