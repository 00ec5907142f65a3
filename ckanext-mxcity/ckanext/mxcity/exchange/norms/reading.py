"""From the bytes of a file to what is understood of it: which norm it follows, and its reader."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from ckanext.mxcity.exchange.norms import ddi, ntm, sim
from ckanext.mxcity.exchange.norms.errors import (
    BrokenJsonError,
    BrokenXmlError,
    EmptySheetError,
    FgdcError,
    LargeSheetError,
    LifecycleError,
    NotASheetError,
    SeveralRecordsError,
    SheetRefusedError,
    UnsafeSheetError,
    WebPageError,
)
from ckanext.mxcity.exchange.norms.model import MetadataReading, shown
from ckanext.mxcity.ground.errors import DangerousDocumentError, NotWhatItSaysError, ReadError
from ckanext.mxcity.reading import iso
from ckanext.mxcity.reading.decode import is_html, load_json
from ckanext.mxcity.reading.records import Document
from ckanext.mxcity.reading.safe_xml import parse_xml

#: Bytes of a sheet; the codebook of a large survey of INEGI has a tenth of it.
LIMIT = 20_000_000
_MEGABYTE = 1_000_000
_FGDC = re.compile(rb"<metadata[\s>].{0,400}?<idinfo", re.DOTALL)
_JSON = re.compile(rb"^(\xef\xbb\xbf)?\s*[\[{]")
#: Elements that hold sheets: answers of catalogues, OAI-PMH and DDI's own.
_HOLDERS = frozenset(
    {"GetRecordsResponse", "GetRecordByIdResponse", "OAI-PMH", "metadata", "MetadataCollection"}
)


def read_metadata(content: bytes, name: str = "") -> MetadataReading:  # noqa: ARG001
    """Return what a sheet of metadata says, in our terms.

    Args:
        content: the file.
        name: what to call it; what it is, is seen from its content.

    Raises:
        SheetRefusedError: it is not a sheet that can be read; one class for each reason.

    """
    if not content.strip():
        raise EmptySheetError()
    if len(content) > LIMIT:
        raise LargeSheetError(limit=LIMIT // _MEGABYTE)
    if is_html(content):
        raise WebPageError()
    document = Document(content)
    if _JSON.match(content):
        return sim.read(_json(document))
    if _FGDC.search(content[:4096]):
        raise FgdcError()
    root = _sheet(_xml(document))
    try:
        return ddi.read(root) if _name(root) == ddi.ROOT else ntm.read(root)
    except RecursionError as error:
        raise UnsafeSheetError() from error


def _json(document: Document) -> Any:
    try:
        return load_json(document)[0]
    except DangerousDocumentError as error:
        raise UnsafeSheetError() from error
    except NotWhatItSaysError as error:
        raise EmptySheetError() from error
    except ReadError as error:
        raise BrokenJsonError(line=getattr(error.__cause__, "lineno", 1)) from error


def _xml(document: Document) -> etree._Element:
    try:
        return parse_xml(document)
    except DangerousDocumentError as error:
        raise UnsafeSheetError() from error
    except NotWhatItSaysError as error:
        raise EmptySheetError() from error
    except ReadError as error:
        raise _broken(document, error.__cause__) from error


def _broken(document: Document, cause: BaseException | None) -> SheetRefusedError:
    start = document.content().lstrip(b"\xef\xbb\xbf \t\r\n")[:40]
    if not start.startswith((b"<", b"\xff\xfe", b"\xfe\xff")):
        return NotASheetError(found=shown(start.decode("utf-8", "replace")))
    return BrokenXmlError(line=getattr(cause, "lineno", None) or 1)


def _sheet(root: etree._Element) -> etree._Element:
    """Return the sheet of a document: its root, or the one that an answer holds."""
    name = _name(root)
    if name == ddi.ROOT or name in iso.ROOTS:
        return root
    if name in ("DDIInstance", "StudyUnit", "FragmentInstance"):
        raise LifecycleError()
    if name in _HOLDERS:
        kinds = (ddi.ROOT, *iso.ROOTS)
        found = [element for kind in kinds for element in root.iter(f"{{*}}{kind}")]
        if len(found) > 1:
            raise SeveralRecordsError(count=len(found))
        if found:
            return found[0]
    raise NotASheetError(found=name)


def _name(element: etree._Element) -> str:
    return str(etree.QName(element).localname)
