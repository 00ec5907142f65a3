"""The files that a codebook describes, and their columns as a Table Schema."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from ckanext.mxcity.exchange.norms import messages
from ckanext.mxcity.exchange.norms.model import DescribedFile
from ckanext.mxcity.exchange.norms.sheet import Sheet
from ckanext.mxcity.reading import values
from ckanext.mxcity.reading.records import Draft

#: The most columns of a sheet, and categories of a column, that are read.
MOST_COLUMNS, MOST_CATEGORIES = 20_000, 300
#: Endings of the names that Nesstar gives its own files.
_NESSTAR = re.compile(r"\.(nsdstat|nesstar)$", re.IGNORECASE)
#: What Nesstar writes where an address should be.
_OWN_ADDRESS = re.compile(r"\.Nesstar\?", re.IGNORECASE)
_WHOLE = re.compile(r"-?(0|[1-9]\d*)")


def read_files(draft: Draft, sheet: Sheet) -> tuple[DescribedFile, ...]:
    """Return the files of data with their columns, then the other documents."""
    files = {values.text(element.get("ID")): element for element in sheet.find("fileDscr")}
    columns: dict[str, list[dict[str, Any]]] = {key: [] for key in files}
    for element in _columns(draft, sheet):
        named = [key for key in values.text(element.get("files")).split() if key in files]
        only = list(files) if len(files) == 1 else [""]
        column = _column(draft, sheet, element)
        for key in named or only:
            columns.setdefault(key, []).append(column)
    if columns.get("") and "" not in files:
        draft.warn("columns-without-file", messages.NO_COLUMNS_FILE)
    described = [
        DescribedFile(
            _resource(sheet, files[key], "fileTxt/fileName", "fileTxt/fileCont")
            if key in files
            else {},
            {"fields": listed} if listed else {},
        )
        for key, listed in columns.items()
    ]
    others = (
        DescribedFile(_resource(sheet, element, "labl", "txt"))
        for place in ("otherMat", "dataDscr/otherMat")
        for element in sheet.find(place)
    )
    return tuple(file for file in (*described, *others) if file.resource or file.schema)


def _resource(sheet: Sheet, element: etree._Element, name: str, about: str) -> dict[str, Any]:
    address = values.web_address(element.get("URI"))
    if address or _OWN_ADDRESS.search(values.text(element.get("URI"))):
        sheet.text(element, "URI")
    found = {
        "name": _NESSTAR.sub("", " ".join(_inner(sheet, element, name).split())),
        "description": _inner(sheet, element, about),
        "url": address,
        "format": values.file_format("", "", address) if address else "",
    }
    return {key: value for key, value in found.items() if value}


def _inner(sheet: Sheet, element: etree._Element, path: str) -> str:
    return next(filter(None, (sheet.text(found) for found in sheet.under(element, path))), "")


def _columns(draft: Draft, sheet: Sheet) -> Iterator[etree._Element]:
    found = sheet.find("dataDscr/var")
    if len(found) > MOST_COLUMNS:
        told = {"count": len(found), "limit": MOST_COLUMNS}
        draft.warn("many-columns", messages.MANY_COLUMNS, **told)
    return iter(found[:MOST_COLUMNS])


def _column(draft: Draft, sheet: Sheet, element: etree._Element) -> dict[str, Any]:
    """Return a column as a field of a Table Schema."""
    name = values.text(element.get("name")) or values.text(element.get("ID"))
    question, text = (_inner(sheet, element, path) for path in ("qstn/qstnLit", "txt"))
    field: dict[str, Any] = {
        "name": name,
        "title": " ".join(_inner(sheet, element, "labl").split()),
        "description": "\n\n".join(dict.fromkeys(filter(None, (question, text)))),
        **_categories(draft, sheet, element, name),
    }
    formats = sheet.under(element, "varFormat")
    field["type"] = _type(element, formats, field["categories"])
    return {key: value for key, value in field.items() if value}


def _categories(
    draft: Draft, sheet: Sheet, element: etree._Element, name: str
) -> dict[str, list[Any]]:
    found = sheet.under(element, "catgry")
    if len(found) > MOST_CATEGORIES:
        told = {"column": name, "count": len(found), "limit": MOST_CATEGORIES}
        draft.warn("many-categories", messages.MANY_CATEGORIES, **told)
    categories, missing = [], []
    for category in found[:MOST_CATEGORIES]:
        value = _inner(sheet, category, "catValu")
        categories.append({"value": value, "label": _inner(sheet, category, "labl") or value})
        if value and category.get("missing") == "Y":
            missing.append(value)
    return {
        "categories": [entry for entry in categories if entry["value"]],
        "missingValues": missing,
    }


def _type(
    element: etree._Element, formats: list[etree._Element], categories: list[dict[str, str]]
) -> str:
    """Return the type of a column; codes that begin with a zero are text."""
    kind = values.text(formats[0].get("type")) if formats else ""
    codes = [entry["value"] for entry in categories]
    if kind != "numeric" or not all(_WHOLE.fullmatch(code) for code in codes):
        return "string"
    return "number" if element.get("dcml") not in (None, "0") else "integer"
