"""Texts as cells of Excel hold them. No CKAN import."""

from __future__ import annotations

import re

#: What XML does not allow, or gives back as another character: "\r" becomes "\n".
_LOST = r"\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff"
#: Such a character, or the first sign of what would be read as the escape of one.
_ESCAPED = re.compile(rf"[{_LOST}]|_(?=x[0-9A-Fa-f]{{4}}[_{_LOST}])")


def escaped(text: str) -> str:
    """Return a text as a workbook keeps it: "_x0001_" for a character that XML has no place for.

    The escape is Excel's own, and so is that of a text that looks like one: ``_x005F_x0041_``.
    """
    return _ESCAPED.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
