"""What a workbook carries beside its sheets: properties of the document, pictures, other files."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from ckanext.mxcity.files.model import Limits, Note
from ckanext.mxcity.files.workbooks.counting import Budget
from ckanext.mxcity.files.workbooks.package import LocalNames, Package

#: Properties that tell of persons or say something, by what they are called in the files.
_TOLD = frozenset(
    (
        *("title", "subject", "creator", "initial-creator", "keywords", "keyword", "description"),
        *("lastModifiedBy", "category", "Manager", "Company", "user-defined", "property"),
        "printed-by",
    )
)
#: Programs that write their own name where a person's is expected.
_PROGRAMS = ("openpyxl", "xlsxwriter", "apache poi", "pandas", "microsoft excel", "libreoffice")
_PARTS = ("docProps/core.xml", "docProps/app.xml", "docProps/custom.xml", "meta.xml")
#: The parts of a workbook that are looked at, or say nothing, by how their names begin.
_KNOWN = (
    *("[content_types].xml", "_rels/", "docprops/", "xl/_rels/", "xl/workbook.", "xl/styles."),
    *("xl/worksheets/", "xl/sharedstrings.", "xl/theme/", "xl/calcchain.", "xl/metadata."),
    *("xl/printersettings/", "xl/tables/", "xl/comments", "xl/threadedcomments/", "xl/persons/"),
    "xl/vbaproject",
    *("mimetype", "content.xml", "styles.xml", "meta.xml", "settings.xml", "manifest.rdf"),
    *("meta-inf/manifest.xml", "thumbnails/", "configurations2/"),
)
#: Numbers of the properties of an old document that tell something.
_OLD = {
    2: "title",
    3: "subject",
    4: "creator",
    5: "keywords",
    6: "description",
    8: "lastModifiedBy",
}
_NAMED = 10
_TEXT = 0x1E


def notes_beside(path: Path, limits: Limits) -> list[Note]:
    """Return what a workbook carries that no sheet shows."""
    with path.open("rb") as file:
        zipped = file.read(4).startswith(b"PK")
        file.seek(0)
        if not zipped:
            return _notes(_old_properties(file), [])
        with Package(file, Budget(limits, path.stat().st_size)) as package:
            parts = (name for name in package.names() if not name.endswith("/"))
            # Where comments stand is drawn in VML.
            others = sorted(
                name for name in parts if not (name.startswith(_KNOWN) or name.endswith(".vml"))
            )
            return _notes(_properties(package), others)


def _notes(properties: list[str], others: list[str]) -> list[Note]:
    return [
        Note(code, {"names": ", ".join(names[:_NAMED])})
        for code, names in (("document-properties", properties), ("other-parts", others))
        if names
    ]


def _properties(package: Package) -> list[str]:
    """Return the names of the properties that say something."""
    names = LocalNames()
    found: dict[str, None] = {}
    open_one, said = "", ""

    def start(tag: str, _attributes: dict[str, str]) -> None:
        nonlocal open_one, said
        if names[tag] in _TOLD and len(found) < _NAMED:
            open_one, said = names[tag], ""

    def text(piece: str) -> None:
        nonlocal said
        if open_one and len(said) < 1_000:
            said += piece

    def end(tag: str) -> None:
        nonlocal open_one
        if open_one and names[tag] == open_one:
            if says_something(said):
                found[open_one] = None
            open_one = ""

    for part in _PARTS:
        package.parse_all(part, start, end, text)
    return list(found)


def says_something(text: str) -> bool:
    """Say whether the text of a property tells more than which program wrote the file."""
    plain = text.strip().lower()
    return bool(plain) and not plain.startswith(_PROGRAMS)


def _old_properties(file: BinaryIO) -> list[str]:
    """Return the names of the properties of an old workbook that say something."""
    from ckanext.mxcity.files.workbooks.xls import part_of

    content = part_of(file.read(), "\x05SummaryInformation")
    read: Callable[..., tuple[int, ...]] = struct.unpack_from
    found = []
    try:
        (start,) = read("<I", content, 44)
        (count,) = read("<I", content, start + 4)
        for place in range(min(count, 100)):
            number, at = read("<II", content, start + 8 + 8 * place)
            kind, length = read("<II", content, start + at)
            if number in _OLD and kind == _TEXT:
                text = content[start + at + 8 : start + at + 8 + min(length, 1_000)]
                if says_something(text.rstrip(b"\0").decode("latin-1")):
                    found.append(_OLD[number])
    except struct.error:
        # Not readable, so that nobody can say what it tells.
        return ["SummaryInformation"] if content else []
    return found
