"""How the letters of a Shapefile are written: by the bytes, then by what the file says."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass

from ckanext.mxcity.files.encodings import ENCODINGS
from ckanext.mxcity.files.maps.dbf import Dbf
from ckanext.mxcity.files.model import Note

#: By the number in a ``.dbf``: those of America and Western Europe.
_LANGUAGES = {
    **dict.fromkeys((0x01, 0x09, 0x0B, 0x0D, 0x0F, 0x11, 0x15, 0x18, 0x19, 0x1B), "cp437"),
    **dict.fromkeys((0x02, 0x0A, 0x0E, 0x10, 0x12, 0x14, 0x16, 0x1A, 0x1D, 0x25, 0x37), "cp850"),
    **dict.fromkeys((0x03, 0x57, 0x58, 0x59), "cp1252"),
}
#: Where nothing is said: the second has a letter for every byte.
_USUAL = ("cp1252", "cp850")
#: Encodings of one byte a letter, as Python calls them; others are of no Shapefile.
_TABLES = ("cp", "iso8859-", "mac-")
_SEVERAL = re.compile(r"(?:iso)?[ _-]?8859[ _-]?(\d{1,2})")


@dataclass(frozen=True)
class Letters:
    """How to decode the texts of a table, and what has to be said of it."""

    decode: Callable[[bytes], str]
    notes: tuple[Note, ...] = ()


def letters_of(table: Dbf, said: str, chosen: str = "") -> Letters:
    """Return how the texts of a table are written.

    Texts in another encoding are hardly ever UTF-8 by chance: where more of them are UTF-8 than
    not, it is UTF-8 whatever the file says, and the others are taken one by one.

    Args:
        table: the ``.dbf``.
        said: what the ``.cpg`` says, empty without one.
        chosen: what a person says, who comes before the ``.cpg``.

    """
    good, first = 0, 0
    others: list[bytes] = []
    for row, cell in table.letters():
        if _is_utf8(cell):
            good += 1
        else:
            first = first if others else row
            others.append(cell)
    if not others and not good:
        return Letters(_strict("ascii"))
    if not others or good > len(others) or chosen == "utf-8":
        return _in_utf8(said, chosen, len(others), first)
    return _in_a_table(others, said, _LANGUAGES.get(table.language), chosen)


def _in_utf8(said: str, chosen: str, others: int, first: int) -> Letters:
    notes = []
    if codec_of(said) not in (None, "utf-8"):
        params = {"said": said.strip()[:40], "encoding": "UTF-8"}
        notes.append(Note("encoding-said-otherwise", params))
    if others:
        notes.append(Note("letters-mixed", {"count": others, "row": first}))
    if chosen not in ("", "utf-8"):
        notes.append(Note("recipe-encoding", {"encoding": chosen, "taken": "UTF-8"}))
    return Letters(utf8_or_other, tuple(notes))


def _in_a_table(cells: list[bytes], said: str, language: str | None, chosen: str) -> Letters:
    """Return the encoding of one byte a letter in which all texts can be read."""
    declared = codec_of(said)
    ways = [chosen, declared, language, *_USUAL]
    way = next(way for way in ways if way and _decodes(cells, way))
    if way in (chosen, declared):
        return Letters(_strict(way), (Note("encoding", {"encoding": way}),))
    notes = [Note("recipe-encoding", {"encoding": chosen, "taken": way})] if chosen else []
    params: dict[str, object] = {"encoding": way}
    if declared:
        params["said"] = said.strip()[:40]
    elif way != language and not chosen:
        names = [name for name in ENCODINGS if name != "utf-8" and _decodes(cells, name)]
        params["words"] = {name: cells[0].decode(name) for name in names}
    notes.append(Note("encoding-said-otherwise" if declared else "encoding-assumed", params))
    return Letters(_strict(way), tuple(notes))


def codec_of(said: str) -> str | None:
    """Return Python's name of the encoding that a ``.cpg`` names, None for one unknown."""
    text = said.strip().lower()
    several = _SEVERAL.fullmatch(text)
    digits = re.search(r"\d{3,5}", text)
    names = [text, f"iso8859-{several[1]}" if several else "", f"cp{digits[0]}" if digits else ""]
    if text in ("88591", "iso 88591", "iso-88591"):
        names = ["iso8859-1"]
    for name in names:
        try:
            found = codecs.lookup(name).name
        except (LookupError, ValueError):
            continue
        if found in ("utf-8", "utf-8-sig", "cp65001"):
            return "utf-8"
        if found.startswith(_TABLES):
            return found
    return None


def _is_utf8(cell: bytes) -> bool:
    """Say whether a text is UTF-8, perhaps with its last letter cut off at the width."""
    try:
        cell.decode()
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data" and error.start > 0
    return True


def _decodes(cells: list[bytes], encoding: str) -> bool:
    try:
        for cell in cells:
            cell.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _strict(encoding: str) -> Callable[[bytes], str]:
    return lambda cell: cell.decode(encoding, "replace")


def utf8_or_other(cell: bytes) -> str:
    """Decode UTF-8, or the cell that is in another encoding."""
    if _is_utf8(cell):
        return cell.decode(errors="ignore")
    return cell.decode(next(way for way in _USUAL if _decodes([cell], way)))
