"""What a file is, by its content: a name only says what it claims to be."""

from __future__ import annotations

import zipfile
from pathlib import Path, PurePath

from ckanext.mxcity.files.model import FileRefused, Limits

#: Ends of a name, and the kinds that may be under them.
CLAIMS = {
    "csv": {"csv"},
    "tsv": {"csv"},
    "tab": {"csv"},
    "txt": {"csv"},
    "xlsx": {"xlsx"},
    "xlsm": {"xlsx"},
    "xls": {"xls"},
    "ods": {"ods"},
    "json": {"json"},
    "geojson": {"json"},
    "gpkg": {"gpkg"},
    "zip": {"shp"},
    "kml": {"kml"},
    "parquet": {"parquet"},
}
_HEAD = 4096
#: Bytes that no text has, but for a stray one.
_CONTROLS = (*range(1, 9), *range(14, 27), *range(28, 32))
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURES = (
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"%PDF",
    b"RIFF",
    b"\x1f\x8b",
    b"7z\xbc\xaf",
    b"Rar!",
)


def kind_of(path: Path, name: str, limits: Limits) -> str:
    """Return csv, xlsx, xls, ods, json, gpkg, shp, kml or parquet.

    FileRefused for an empty or too large file, one of another kind, or one whose name claims
    something else.
    """
    kind = content_kind(path, limits)
    claimed = CLAIMS.get(PurePath(name.replace("\\", "/")).suffix.lower().lstrip("."))
    if claimed is None:
        raise FileRefused("unknown-extension", name=PurePath(name).name[-80:])
    if kind not in claimed:
        raise FileRefused("other-content", claimed=sorted(claimed)[0], found=kind)
    return kind


def content_kind(path: Path, limits: Limits) -> str:
    """Return the kind of a file by its content alone; FileRefused as of ``kind_of``."""
    size = path.stat().st_size
    if size == 0:
        raise FileRefused("empty")
    if size > limits.size:
        raise FileRefused("too-large", size=size, limit=limits.size)
    with path.open("rb") as file:
        head = file.read(_HEAD)
    return _kind(path, head, limits)


def _kind(path: Path, head: bytes, limits: Limits) -> str:
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _archive(path, limits)
    if head.startswith(_OLE):
        return _ole(path)
    if head.startswith(b"SQLite format 3\x00"):
        return "gpkg"
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(_PICTURES):
        raise FileRefused("not-a-table")
    return _text(head)


def _text(head: bytes) -> str:
    """Tell the kinds of text apart by how they begin."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "csv"
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    lowered = start[:1024].lower()
    if start.startswith((b"{", b"[")):
        return "json"
    if start.startswith(b"<"):
        if b"<kml" in lowered:
            return "kml"
        if b"<svg" in lowered:
            raise FileRefused("not-a-table")
        raise FileRefused("web-page" if b"<html" in lowered or b"<!doctype" in lowered else "xml")
    controls = sum(head.count(bytes([code])) for code in _CONTROLS)
    if controls > len(head) / 100 or head.count(0) > len(head) / 20:
        raise FileRefused("binary")
    return "csv"


def _ole(path: Path) -> str:
    """Tell an old workbook from an encrypted new one; both are compound files."""
    with path.open("rb") as file:
        content = file.read(2_000_000)
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise FileRefused("password")
    return "xls"


def _archive(path: Path, limits: Limits) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise FileRefused("broken-archive") from error
    _refuse_bombs(path, entries, limits)
    names = {entry.filename for entry in entries}
    if "[Content_Types].xml" in names:
        if not any(name.startswith("xl/") for name in names):
            raise FileRefused("not-a-table")
        return "xlsx"
    if "content.xml" in names and "mimetype" in names:
        return "ods"
    if any(name.lower().endswith(".shp") for name in names):
        return "shp"
    raise FileRefused("archive-without-table")


def _refuse_bombs(path: Path, entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    total = sum(entry.file_size for entry in entries)
    if any(entry.flag_bits & 1 for entry in entries):
        raise FileRefused("password")
    if total > limits.unpacked or total > limits.ratio * max(path.stat().st_size, 100_000):
        raise FileRefused("unpacks-too-large", size=total)
    for entry in entries:
        parts = PurePath(entry.filename.replace("\\", "/")).parts
        if ".." in parts or entry.filename.startswith(("/", "\\")):
            raise FileRefused("path-in-archive", name=entry.filename[:80])
