"""What a file is, by its content: a name only says what it claims to be."""

from __future__ import annotations

import zipfile
from itertools import islice
from pathlib import Path, PurePath
from xml.etree.ElementTree import ParseError

import ijson
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from ckanext.mxcity.files.archives import open_archive
from ckanext.mxcity.files.controls import count_controls
from ckanext.mxcity.files.encodings import wide
from ckanext.mxcity.files.model import FileRefused, Limits
from ckanext.mxcity.files.source import past_mark

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
    "jsonl": {"json"},
    "ndjson": {"json"},
    "geojson": {"json"},
    "gpkg": {"gpkg"},
    "zip": {"shp"},
    "kml": {"kml"},
    "parquet": {"parquet"},
}
_HEAD = 4096
#: What bytes that are no UTF-8 are decoded as.
_ODD = frozenset(map(chr, range(0xDC80, 0xDD00)))
#: What stands in the header of a database that is a GeoPackage (OGC 12-128r19, 1.1.1.1.1).
_GEOPACKAGE = (b"GPKG", b"GP10", b"GP11")
_KML_SPACES = ("{http://www.opengis.net/kml/", "{http://earth.google.com/kml/")
#: Shares of a text's bytes that may be NUL, control characters (of a short text, many), and no
#: letters of UTF-8 beside more than a few of those: no text in Spanish has so many.
_NULS, _FEW, _MANY, _BEYOND = 0.05, 0.01, 0.25, 0.1
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

    A file without a name is what its content is. FileRefused for an empty or too large file, one
    of another kind, or one whose name claims something else.
    """
    claimed = CLAIMS.get(PurePath(name.replace("\\", "/")).suffix.lower().lstrip("."))
    may_be_text = not name or claimed == {"csv"}
    try:
        kind = content_kind(path, limits)
    except FileRefused as error:
        if error.code == "xml" and claimed == {"kml"}:
            raise FileRefused("not-kml", **error.params) from error
        if error.code != "xml" or error.params["root"] or not may_be_text:
            raise
        kind = "csv"  # a header that begins so: "<5 años"
    if kind == "json" and may_be_text and not _begins_as_json(path):
        kind = "csv"
    if not name:
        return kind
    if claimed is None:
        raise FileRefused("unknown-extension", name=PurePath(name).name[-80:])
    if kind not in claimed:
        raise FileRefused("other-content", claimed=min(claimed), found=kind)
    return kind


def is_lines(path: Path, name: str) -> bool:
    """Say whether a name says that each line of its file is an object of JSON, and it may be so."""
    with path.open("rb") as file:
        an_object = file.read(_HEAD).lstrip().startswith(b"{")
    return an_object and PurePath(name).suffix.lower() in (".jsonl", ".ndjson")


def _begins_as_json(path: Path) -> bool:
    """Say whether a file that begins with a bracket goes on as JSON does: "[grupo],n" does not."""
    with path.open("rb") as file:
        past_mark(file)
        try:
            return len(list(islice(ijson.basic_parse(file, use_float=True, buf_size=_HEAD), 2))) > 1
        except (ijson.JSONError, UnicodeDecodeError, ValueError):
            return False


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
        return _database(head)
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(_PICTURES):
        raise FileRefused("not-a-table")
    return _text(path, head)


def _database(head: bytes) -> str:
    """Tell a GeoPackage, which says so in the header of the database, from any other."""
    if head[68:72] not in _GEOPACKAGE:
        raise FileRefused("not-geopackage")
    return "gpkg"


def _text(path: Path, head: bytes) -> str:
    """Tell the kinds of text apart by how they begin."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")) or wide(head):
        return "csv"
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith((b"{", b"[")):
        return "json"
    if start.startswith(b"<"):
        return _markup(path, start[:1024].lower())
    if _is_binary(head):
        raise FileRefused("binary")
    return "csv"


def _is_binary(head: bytes) -> bool:
    """Say whether bytes are no text: one may have control characters, but few other odd bytes."""
    controls = count_controls(head) / len(head)
    beyond = sum(sign in _ODD for sign in head.decode("utf-8", "surrogateescape")) / len(head)
    odd = controls > _MANY or (controls > _FEW and beyond > _BEYOND)
    return odd or head.count(0) > _NULS * len(head)


def _markup(path: Path, start: bytes) -> str:
    """Tell KML, whose root element says so, from all other XML and from web pages."""
    try:
        with path.open("rb") as file:
            root = next(iter(iterparse(file, events=("start",), forbid_dtd=True)))[1].tag
    except DefusedXmlException as error:
        code = "web-page" if b"<!doctype html" in start else "unsafe-xml"
        raise FileRefused(code) from error
    except (ParseError, StopIteration, ValueError, LookupError) as error:
        if b"<html" in start or b"<!doctype" in start:
            raise FileRefused("web-page") from error
        raise FileRefused("xml", root="") from error
    space, _, name = str(root).rpartition("}")
    if name == "kml" and (not space or space.startswith(_KML_SPACES)):
        return "kml"
    if name.lower() in ("html", "svg"):
        raise FileRefused("web-page" if name.lower() == "html" else "not-a-table")
    raise FileRefused("xml", root=name[:40])


def _ole(path: Path) -> str:
    """Tell an old workbook from an encrypted new one; both are compound files."""
    with path.open("rb") as file:
        content = file.read(2_000_000)
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise FileRefused("password")
    return "xls"


def _archive(path: Path, limits: Limits) -> str:
    with path.open("rb") as file, open_archive(file, limits) as archive:
        entries = archive.infolist()
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
