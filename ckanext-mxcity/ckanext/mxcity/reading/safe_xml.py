"""XML without entities, DTD or network, through lxml."""

from __future__ import annotations

import re

from lxml import etree

from ckanext.mxcity.ground.errors import DangerousDocumentError, NotWhatItSaysError, ReadError
from ckanext.mxcity.ground.messages import N_
from ckanext.mxcity.reading.decode import decode, is_html
from ckanext.mxcity.reading.records import Document

_DECLARATION = re.compile(r"^\s*<\?xml\b[^>]*\?>", re.IGNORECASE)
_ENCODING = re.compile(rb"^[^>]{0,200}encoding=[\"']([\w.-]+)")
_DOCTYPE = re.compile(r"<!DOCTYPE\b", re.IGNORECASE)


def xml_text(document: Document) -> str:
    """Return the text of an XML document, without declaration, marks or blanks before it.

    Raises:
        NotWhatItSaysError: it is a web page, or empty.
        DangerousDocumentError: it defines entities. (A DTD that only names itself is dropped:
            nothing of it is ever read.)

    """
    content = document.content()
    if is_html(content):
        raise NotWhatItSaysError(record=document.name, expected="XML", found=N_("a web page"))
    declared = _ENCODING.match(content.lstrip())
    charset = document.charset or (declared.group(1).decode("ascii") if declared else "")
    text, _warning = decode(content, charset)
    text = _DECLARATION.sub("", text.lstrip("\ufeff \t\r\n"), count=1).lstrip()
    if not text:
        raise NotWhatItSaysError(record=document.name, expected="XML", found=N_("empty"))
    found = _DOCTYPE.search(text)
    if found:
        raise DangerousDocumentError(
            record=document.name, reason=N_("it has a document type (DTD)")
        )
    return text


def parse_xml(document: Document) -> etree._Element:
    """Return the root of an XML document.

    Raises:
        ReadError: it is not XML, or not safe; see :func:`xml_text`.

    """
    text = xml_text(document)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
        huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        reason = N_("it is not valid XML ({detail})")
        raise ReadError(record=document.name, reason=reason, detail=error.msg) from error
