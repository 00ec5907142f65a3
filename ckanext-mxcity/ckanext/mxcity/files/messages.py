"""What is said of a file, in plain words, in the portal and off line alike. No CKAN import."""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import Any

DOMAIN = "ckanext-mxcity"
#: Whole numbers above it are written with commas.
_PLAIN = 9_999


def _(text: str) -> str:
    """Mark a text for translation; ``text`` below translates it."""
    return text


#: By code: what is the matter, and what to do.
MESSAGES: dict[str, tuple[str, str]] = {
    # Files that are refused.
    "empty": (_("The file is empty."), _("Choose the file that has the data.")),
    "only-header": (
        _("The table has a header and no row of data."),
        _("Add at least one row, or choose another sheet."),
    ),
    "too-large": (
        _("The file has {size} bytes; at most {limit} are taken."),
        _("Divide it by year or by area."),
    ),
    "unknown-extension": (
        _("“{name}” does not end like a kind of file that can be read."),
        _("CSV, TSV, Excel, ODS, JSON, GeoJSON, GeoPackage, zipped Shapefile, KML or Parquet."),
    ),
    "other-content": (
        _("The name says {claimed}, but the content is {found}."),
        _("Change the end of the name, or save the file again in the kind that its name says."),
    ),
    "not-a-table": (
        _("The file is a picture or a document, not a table."),
        _("Export the table from the program that made it."),
    ),
    "web-page": (
        _("The file is a web page, not a table."),
        _("Download the file itself: the page may be a notice of an error or of a session."),
    ),
    "xml": (_("The file is XML of a kind that is not read."), _("Export the table as CSV.")),
    "not-kml": (
        _("The file is not a KML map: its first element is “{root}”."),
        _("Export the map again as KML, GeoJSON or GeoPackage."),
    ),
    "not-geopackage": (
        _("The file is a database, but not a GeoPackage."),
        _("Export the layer as GeoPackage, or the table as CSV."),
    ),
    "maps-closed": (
        _("This portal does not read maps."),
        _("Send the table as CSV or Excel, or ask the portal's team."),
    ),
    "room-time": (
        _("Reading the file took longer than is allowed."),
        _("Divide it by year or by area, or save it as CSV."),
    ),
    "room-memory": (
        _("Reading the file took more memory than is allowed."),
        _("Divide it by year or by area, or save it as CSV."),
    ),
    "room-disk": (
        _("The file grows to more than is allowed while it is read."),
        _("Divide it by year or by area, or save it as CSV."),
    ),
    "room-answer": (
        _("The file has more tables and columns than can be described."),
        _("Send each table in a file of its own."),
    ),
    "room-full": (
        _("The portal has no room left on its disk."),
        _("Your file is kept. Tell the portal's team, and try again later."),
    ),
    "room-busy": (
        _("Other files are being read at this moment."),
        _("Your file is kept. Try again in a minute."),
    ),
    "room-ended": (
        _("The file is damaged in a way that stops its reader."),
        _("Open it with the program that made it, and save it again, or save it as CSV."),
    ),
    "binary": (
        _("The file is not text and not a kind of table that is known."),
        _("Export the table as CSV or Excel."),
    ),
    "password": (
        _("The file is protected by a password."),
        _("Open it, take the password away and save it again."),
    ),
    "broken-archive": (
        _("The file is damaged: it cannot be unpacked."),
        _("Save it or download it again."),
    ),
    "archive-without-table": (
        _("The archive holds no Shapefile."),
        _("Zip the .shp, .shx, .dbf and .prj together; send any other file without zipping it."),
    ),
    "unpacks-too-large": (
        _("The archive would grow to {size} bytes."),
        _("Send the table itself, without compressing it."),
    ),
    "path-in-archive": (
        _("The archive has a name that leads elsewhere: {name}."),
        _("Make the archive anew, from one folder."),
    ),
    "broken-workbook": (
        _("The workbook cannot be read: it is damaged."),
        _("Open it with a spreadsheet program and save it again."),
    ),
    "broken-csv": (
        _("The rows of the file cannot be told apart: a quotation mark is left open."),
        _("Save the table again as CSV in UTF-8."),
    ),
    "broken-json": (
        _("The JSON is cut short or wrong."),
        _("Export it again, and check that it arrived whole."),
    ),
    "deep-json": (
        _("The JSON has more than {levels} levels."),
        _("A list of objects is expected, one for each row."),
    ),
    "json-without-list": (
        _("The JSON holds no list of rows."),
        _("A list of objects is expected, one for each row."),
    ),
    "json-without-objects": (
        _("The JSON's list does not hold objects."),
        _("Each row must be an object, with the names of the columns."),
    ),
    "broken-parquet": (_("The Parquet file is damaged."), _("Write it again.")),
    "broken-map": (_("The {format} file cannot be read: it is damaged."), _("Export it again.")),
    "unsafe-xml": (
        _("The XML declares entities, which are not read."),
        _("Export the map again from the program that made it."),
    ),
    "shapefile-incomplete": (
        _("The Shapefile is not whole: {missing} is missing."),
        _("Zip the .shp, .shx, .dbf and .prj together."),
    ),
    "crs-missing": (
        _("The map does not say its reference system, and its coordinates are not degrees."),
        _("Add the .prj, or export the map in WGS 84 (EPSG:4326)."),
    ),
    "too-many-columns": (
        _("The table has {columns} columns; at most {limit} are taken."),
        _(
            "Turn the columns of years or areas into rows. If the table is narrower, something "
            "stands far to its right: delete it."
        ),
    ),
    "too-many-rows": (
        _("The table has row {rows}; at most {limit} rows are taken."),
        _("Divide it by year or by area."),
    ),
    "too-many-cells": (
        _("The tables of the file have {cells} cells; at most {limit} are taken."),
        _("Divide it by year or by area, and take away columns without data."),
    ),
    "too-sparse": (
        _("The table would have {cells} cells, and only {filled} of them have a value."),
        _("Check that each row has the same columns, and send other rows in a file of their own."),
    ),
    "too-much-text": (
        _("The tables of the file would grow to more than {limit} bytes."),
        _("Divide it by year or by area, or send the table as CSV."),
    ),
    "too-many-texts": (
        _("The texts of the workbook take more than {limit} bytes of memory."),
        _("Send the table as CSV, or divide it by year or by area."),
    ),
    "too-many-sheets": (
        _("The workbook has more than {limit} sheets."),
        _("Put the rows of all sheets in one, with a column that tells them apart."),
    ),
    "too-many-members": (
        _("The archive declares more than {limit} files."),
        _("Send only the files of the table."),
    ),
    "long-cell": (
        _("A cell has more than {limit} characters."),
        _("Put long texts in a document, and its address in the table."),
    ),
    "rows-far-apart": (
        _("Row {row} stands below more than {limit} blank rows."),
        _("Delete what is written by mistake far below the table, and save the file again."),
    ),
    "unsafe-workbook": (
        _("The workbook declares entities, which are not read."),
        _("Open it with a spreadsheet program and save it again."),
    ),
    "long-row": (
        _("A row of the JSON has more than {limit} parts."),
        _("A list of objects is expected, one for each row."),
    ),
    "long-number": (
        _("A number of the JSON has more than {limit} digits."),
        _("Write it as text if it is a code, or round it."),
    ),
    "unreadable": (_("The table cannot be read."), _("Save it again as CSV in UTF-8.")),
    "coordinates-infinite": (
        _("{count} figures of the map have coordinates that are no place; the first is {row}."),
        _("Check the reference system of the map, or correct those figures."),
    ),
    # What was noticed.
    "encoding": (_("The file is in {encoding}; it is published in UTF-8."), ""),
    "nul-removed": (_("Characters that no text has (NUL) were taken out."), ""),
    "ragged-rows": (
        _("{count} rows have another number of cells; the first is row {row}."),
        _("Check whether a delimiter or a quotation mark is missing there."),
    ),
    "rows-left-out": (
        _("{count} rows could not be read and are left out; the first is line {row}."),
        _("Check whether a delimiter or a quotation mark is missing there."),
    ),
    "title-rows": (_("{rows} rows above the header were left out."), ""),
    "totals-left-out": (
        _("{rows} rows of totals at the end were left out: whoever uses the data adds them up."),
        "",
    ),
    "macros": (_("The workbook has macros: they are neither run nor published."), ""),
    "hidden-sheets": (
        _("The workbook hides sheets ({names}): they are neither read nor published."),
        _("Show those that have data, or take them out."),
    ),
    "column-without-name": (
        _("Column {number} has no name."),
        _("Give it one that says what it holds."),
    ),
    "column-repeated": (
        _("“{title}” names more than one column; this one is called {name}."),
        _("Give each column a name of its own."),
    ),
    "types-of-file": (_("The types are those that the file itself says."), ""),
    "crs-assumed": (_("The map does not say its reference system: WGS 84 was taken."), ""),
    "crs-changed": (_("The map came in {crs}; it is published in WGS 84."), ""),
    "ambiguous-dates": (
        _("Day and month cannot be told apart in any date: day/month/year was taken."),
        _("Write dates as 2024-12-31."),
    ),
    "month-first": (
        _("The dates are written month/day/year."),
        _("Check them, or write dates as 2024-12-31."),
    ),
    "zeros-lost": (
        _("The codes lost their zeros, as {value}: they are published as {right}."),
        _("Give the column the format of text in the spreadsheet."),
    ),
    "unknown-areas": (
        _("{count} codes are not INEGI's, such as: {codes}."),
        _("Check them in INEGI's catalogue of areas."),
    ),
    "ordinals": (_("Places in an order (1º, 2ª) are published as whole numbers."), ""),
    "percents": (_("Percentages are published as numbers, without their sign."), ""),
    "bounds": (
        _("Some values are bounds (“more than 230”): they stay text, so that none is lost."),
        _("To add them up, give the figure a column and its word (more than, about) another."),
    ),
    "coordinates-swapped": (
        _("Latitude and longitude stand in each other's column: they are read the right way."),
        _("Check the headers."),
    ),
    "coordinates-not-degrees": (
        _("The coordinates are not degrees; they look like metres (UTM), and are not on the map."),
        _("Export them in degrees (WGS 84), or send the map with its reference system."),
    ),
    "other-values": (
        _("{count} values are not of the type {type}; the first is “{value}”, in row {row}."),
        _("Correct them, or say that the column is text."),
    ),
}


def text(code: str, params: Mapping[str, Any] | None = None, lang: str = "es") -> str:
    """Return the sentence of a code, with its hint, in Spanish or English."""
    sentence, hint = MESSAGES[code]
    return " ".join(part for part in (said(sentence, params, lang), said(hint, {}, lang)) if part)


def said(message: str, params: Mapping[str, Any] | None, lang: str) -> str:
    """Return a message in a language, with its parameters; it is not cut where one is missing."""
    if not message:
        return ""
    translated = message if lang.startswith("en") else _catalogue().gettext(message)
    return translated.format_map(_Params(params or {}))


class _Params(dict[str, Any]):
    def __getitem__(self, key: str) -> Any:
        value = super().__getitem__(key)
        large = isinstance(value, int) and not isinstance(value, bool) and value > _PLAIN
        return f"{value:,}" if large else value

    def __missing__(self, key: str) -> str:
        return "?"


@lru_cache(maxsize=1)
def _catalogue() -> gettext.NullTranslations:
    folder = resources.files("ckanext.mxcity") / "i18n"
    return gettext.translation(DOMAIN, str(folder), languages=["es_MX"], fallback=True)
