"""The parts of a workbook that is an archive, unpacked piece by piece, and their XML."""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO
from xml.parsers import expat

from ckanext.mxcity.files.archives import open_archive
from ckanext.mxcity.files.model import FileRefused
from ckanext.mxcity.files.workbooks.counting import Budget

_PIECE = 1 << 16
#: Bytes of one mark-up, such as a tag with its attributes: no program writes so many.
_LONGEST_TAG = 1 << 24
#: Levels of a part; a cell of a sheet is the fifth.
DEEPEST = 100
_BROKEN = (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError)

Start = Callable[[str, dict[str, str]], None]


class Package:
    """An archive whose parts are known by small letters, as spreadsheet programs know them."""

    def __init__(self, file: BinaryIO, budget: Budget) -> None:
        self.budget = budget
        self._archive = open_archive(file, budget.limits)
        self._parts = {
            entry.filename.replace("\\", "/").lower(): entry for entry in self._archive.infolist()
        }

    def __enter__(self) -> Package:
        return self

    def __exit__(self, *_error: object) -> None:
        self._archive.close()

    def has(self, name: str) -> bool:
        """Say whether there is a part of a name."""
        return name.lower() in self._parts

    def names(self) -> list[str]:
        """Return the names of all parts, in small letters."""
        return list(self._parts)

    def pieces(self, name: str) -> Iterator[bytes]:
        """Yield the content of a part; nothing if there is none."""
        entry = self._parts.get(name.lower())
        if entry is None:
            return
        try:
            with self._archive.open(entry) as part:
                while piece := part.read(_PIECE):
                    self.budget.unpacked(len(piece))
                    yield piece
        except _BROKEN as error:
            raise FileRefused("broken-workbook") from error

    def parse(
        self,
        name: str,
        start: Start,
        end: Callable[[str], None] | None = None,
        text: Callable[[str], None] | None = None,
    ) -> Iterator[None]:
        """Parse a part; yield after each piece, so that what was found can be taken."""
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.StartElementHandler = start
        if end:
            parser.EndElementHandler = end
        if text:
            parser.CharacterDataHandler = text
        fed = 0
        try:
            for piece in self.pieces(name):
                parser.Parse(piece, False)
                fed += len(piece)
                if fed - parser.CurrentByteIndex > _LONGEST_TAG:
                    raise FileRefused("broken-workbook")
                yield
            if fed:
                parser.Parse(b"", True)
                yield
        except (expat.ExpatError, ValueError, KeyError) as error:
            raise FileRefused("broken-workbook") from error

    def parse_all(
        self,
        name: str,
        start: Start,
        end: Callable[[str], None] | None = None,
        text: Callable[[str], None] | None = None,
    ) -> None:
        """Parse a part from its beginning to its end."""
        for _ in self.parse(name, start, end, text):
            pass


def _refuse_doctype(*_declared: object) -> None:
    raise FileRefused("unsafe-workbook")


class LocalNames(dict[str, str]):
    """Names of elements without their prefix, each worked out once."""

    def __missing__(self, tag: str) -> str:
        name = tag.rpartition(":")[2]
        if len(self) < 10_000:
            self[tag] = name
        return name


def beside(part: str, target: str) -> str:
    """Return the name of the part that another one leads to."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(part), target)).lstrip("/")
