"""Control characters: signs that a text does not show, and that no table keeps."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ckanext.mxcity.files.model import Note

#: All below 32 but tabs and ends of lines, and 127; NUL is told apart.
CONTROLS = bytes((*range(1, 9), 11, 12, *range(14, 32), 127))
_BREAKS = "\x0b\x0c"
#: A new page of a printer beside the end of a line; between words it stands for a space.
_PAGE = re.compile(rf"(?:\A|(?<=[\r\n]))[{_BREAKS}]+|[{_BREAKS}]+(?=[\r\n]|\Z)")
_TAKEN_OUT = {**dict.fromkeys(CONTROLS), **dict.fromkeys(map(ord, _BREAKS), " ")}
_NUL = "\0"
#: Signs that a note names.
_NAMED = 5


def count_controls(content: bytes) -> int:
    """Return how many control characters a text of one byte a sign, or of UTF-8, has."""
    return len(content) - len(content.translate(None, CONTROLS))


class WithoutControls:
    """Takes control characters out of the parts of a text, and counts them."""

    def __init__(self) -> None:
        self.nul = False
        self.count = 0
        self._lines, self._first = 1, 0
        self._signs: dict[str, None] = {}

    def clean(self, part: str) -> str:
        """Return the next part of the text without them."""
        if _NUL in part:
            self.nul, part = True, part.replace(_NUL, "")
        found = [sign for sign in map(chr, CONTROLS) if sign in part]
        if found:
            self.count += sum(map(part.count, found))
            self._signs.update(dict.fromkeys(found))
            place = min(map(part.index, found))
            self._first = self._first or self._lines + _ends(part[:place])
            self._lines += _ends(part)
            return _PAGE.sub("", part).translate(_TAKEN_OUT)
        self._lines += _ends(part)
        return part

    def notes(self) -> list[Note]:
        """Return what has to be said of what was taken out."""
        notes = [Note("nul-removed")] if self.nul else []
        if self.count:
            params = {"count": self.count, "row": self._first, "signs": _shown(self._signs)}
            notes.append(Note("controls-removed", params))
        return notes


def _ends(text: str) -> int:
    return text.count("\n") + text.count("\r") - text.count("\r\n")


def _shown(signs: Iterable[str]) -> str:
    """Return control characters by the keys that give them."""
    named = ["DEL" if sign == "\x7f" else f"Ctrl-{chr(ord(sign) + 64)}" for sign in signs]
    return ", ".join(named[:_NAMED])
