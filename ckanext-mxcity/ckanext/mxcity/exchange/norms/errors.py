"""Why a sheet of metadata cannot be read, as data.

::

    SheetRefusedError
    ├── EmptySheetError
    ├── LargeSheetError
    ├── WebPageError
    ├── BrokenXmlError
    ├── BrokenJsonError
    ├── UnsafeSheetError       entities, a document type, or nesting without end
    ├── NotASheetError         XML or JSON of another kind
    ├── FgdcError              the norm of the United States
    ├── LifecycleError         the other DDI
    ├── SeveralRecordsError    a catalogue's answer with more than one sheet
    ├── UnfinishedSheetError   its reading took more than is allowed
    └── NothingSaidError       the sheet has no title

The ``template`` of each is an English message id; ``messages.said`` gives it in Spanish.
"""

from __future__ import annotations

from ckanext.mxcity.ground.errors import ReadError
from ckanext.mxcity.ground.messages import N_


class SheetRefusedError(ReadError):
    """A sheet that cannot be read; catch this to catch them all."""

    slug = "sheet-refused"
    template = N_("The sheet cannot be read. Export it again.")


class EmptySheetError(SheetRefusedError):
    """Nothing was sent."""

    slug = "sheet-empty"
    template = N_("The file is empty. Choose the one that has the metadata.")


class LargeSheetError(SheetRefusedError):
    """More than is read. Params: ``limit`` (MB)."""

    slug = "sheet-too-large"
    template = N_("The file is too large for a sheet of metadata: at most {limit} MB are read.")


class WebPageError(SheetRefusedError):
    """An error or login page, most often."""

    slug = "sheet-web-page"
    template = N_(
        "The file is a web page, not a sheet of metadata. Download the XML itself: the page may be "
        "a notice of an error or of a session."
    )


class BrokenXmlError(SheetRefusedError):
    """Not well-formed. Params: ``line``."""

    slug = "sheet-broken-xml"
    template = N_("The XML is cut short or badly written at line {line}. Export the sheet again.")


class BrokenJsonError(SheetRefusedError):
    """Not JSON. Params: ``line``."""

    slug = "sheet-broken-json"
    template = N_("The JSON is cut short or badly written at line {line}. Export the sheet again.")


class UnsafeSheetError(SheetRefusedError):
    """What our parsers refuse to open."""

    slug = "sheet-unsafe"
    template = N_(
        "The file has a document type (DTD), entities or too many levels, and was not opened. "
        "Export the sheet again without them."
    )


class NotASheetError(SheetRefusedError):
    """Well-formed, and of another kind. Params: ``found``."""

    slug = "sheet-unknown"
    template = N_(
        "This is not a sheet of metadata that is known: it begins with “{found}”. What is read: "
        "DDI Codebook (codeBook), NTM 2010 or ISO 19139 (MD_Metadata) and the JSON of INEGI's SIM."
    )


class FgdcError(SheetRefusedError):
    """The norm of the United States."""

    slug = "sheet-fgdc"
    template = N_("The sheet follows FGDC, the norm of the United States. Export it as ISO 19139.")


class LifecycleError(SheetRefusedError):
    """The other DDI."""

    slug = "sheet-ddi-lifecycle"
    template = N_("The sheet is DDI Lifecycle (3.x), which is not read. Export it as DDI Codebook.")


class SeveralRecordsError(SheetRefusedError):
    """A catalogue's answer with more than one sheet. Params: ``count``."""

    slug = "sheet-several"
    template = N_("The file has {count} sheets. Save the one of this dataset in a file of its own.")


class UnfinishedSheetError(SheetRefusedError):
    """Its reading took more time or memory than is allowed, or ended."""

    slug = "sheet-unfinished"
    template = N_(
        "The sheet could not be read to its end: it is damaged, or asks for more than is allowed. "
        "Export it again."
    )


class NothingSaidError(SheetRefusedError):
    """The sheet has no title."""

    slug = "sheet-without-title"
    template = N_(
        "The sheet has no title: nothing can be proposed. Fill it in and export it again."
    )
