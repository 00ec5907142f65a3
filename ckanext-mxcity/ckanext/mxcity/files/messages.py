"""What is said of a file, in plain words, in the portal and off line alike. No CKAN import."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ckanext.mxcity.ground.messages import N_, said

#: How the names of Unicode's encodings of several bytes end.
_ENDS = ("", "-le", "-be")
#: By code: what is the matter, and what to do.
MESSAGES: dict[str, tuple[str, str]] = {
    # Files that are refused.
    "empty": (N_("The file is empty."), N_("Choose the file that has the data.")),
    "only-header": (
        N_("The table has a header and no row of data."),
        N_("Add at least one row, or choose another sheet."),
    ),
    "too-large": (
        N_("The file has {size} bytes; at most {limit} are taken."),
        N_("Divide it by year or by area."),
    ),
    "unknown-extension": (
        N_("“{name}” does not end like a kind of file that can be read."),
        N_("CSV, TSV, Excel, ODS, JSON, GeoJSON, GeoPackage, zipped Shapefile, KML or Parquet."),
    ),
    "other-content": (
        N_("The name says {claimed}, but the content is {found}."),
        N_("Change the end of the name, or save the file again in the kind that its name says."),
    ),
    "not-a-table": (
        N_("The file is a picture or a document, not a table."),
        N_("Export the table from the program that made it."),
    ),
    "web-page": (
        N_("The file is a web page, not a table."),
        N_("Download the file itself: the page may be a notice of an error or of a session."),
    ),
    "xml": (N_("The file is XML of a kind that is not read."), N_("Export the table as CSV.")),
    "not-kml": (
        N_("The file is not a KML map: its first element is “{root}”."),
        N_("Export the map again as KML, GeoJSON or GeoPackage."),
    ),
    "not-geopackage": (
        N_("The file is a database, but not a GeoPackage."),
        N_("Export the layer as GeoPackage, or the table as CSV."),
    ),
    "maps-closed": (
        N_("This portal does not read maps."),
        N_("Send the table as CSV or Excel, or ask the portal's team."),
    ),
    "room-time": (
        N_("Reading the file took longer than is allowed."),
        N_("Divide it by year or by area, or save it as CSV."),
    ),
    "room-memory": (
        N_("Reading the file took more memory than is allowed."),
        N_("Divide it by year or by area, or save it as CSV."),
    ),
    "room-disk": (
        N_("The file grows to more than is allowed while it is read."),
        N_("Divide it by year or by area, or save it as CSV."),
    ),
    "room-answer": (
        N_("The file has more tables and columns than can be described."),
        N_("Send each table in a file of its own."),
    ),
    "room-full": (
        N_("The portal has no room left on its disk."),
        N_("Your file is kept. Tell the portal's team, and try again later."),
    ),
    "room-busy": (
        N_("Other files are being read at this moment."),
        N_("Your file is kept. Try again in a minute."),
    ),
    "room-ended": (
        N_("The file is damaged in a way that stops its reader."),
        N_("Open it with the program that made it, and save it again, or save it as CSV."),
    ),
    "binary": (
        N_("The file is not text and not a kind of table that is known."),
        N_("Export the table as CSV or Excel."),
    ),
    "password": (
        N_("The file is protected by a password."),
        N_("Open it, take the password away and save it again."),
    ),
    "broken-archive": (
        N_("The file is damaged: it cannot be unpacked."),
        N_("Save it or download it again."),
    ),
    "archive-without-table": (
        N_("The archive holds no Shapefile."),
        N_("Zip the .shp, .shx, .dbf and .prj together; send any other file without zipping it."),
    ),
    "unpacks-too-large": (
        N_("The archive would grow to {size} bytes."),
        N_("Send the table itself, without compressing it."),
    ),
    "path-in-archive": (
        N_("The archive has a name that leads elsewhere: {name}."),
        N_("Make the archive anew, from one folder."),
    ),
    "broken-workbook": (
        N_("The workbook cannot be read: it is damaged."),
        N_("Open it with a spreadsheet program and save it again."),
    ),
    "quote-open": (
        N_("A quotation mark is left open in row {row}: the rows after it would be lost."),
        N_("Close it in that row, or take it out, and send the file again."),
    ),
    "rows-wider": (
        N_(
            "{count} rows have more cells than the header has columns ({columns}); the first is "
            "row {row}."
        ),
        N_("Put the texts that have the delimiter inside between quotation marks."),
    ),
    "broken-csv": (
        N_("The rows of the file cannot be told apart: a quotation mark is left open."),
        N_("Save the table again as CSV in UTF-8."),
    ),
    "broken-json": (
        N_("The JSON is cut short or wrong."),
        N_("Export it again, and check that it arrived whole."),
    ),
    "deep-json": (
        N_("The JSON has more than {levels} levels."),
        N_("A list of objects is expected, one for each row."),
    ),
    "json-without-list": (
        N_("The JSON holds no list of rows."),
        N_("A list of objects is expected, one for each row."),
    ),
    "json-without-objects": (
        N_("The JSON's list does not hold objects."),
        N_("Each row must be an object, with the names of the columns."),
    ),
    "broken-parquet": (N_("The Parquet file is damaged."), N_("Write it again.")),
    "broken-map": (N_("The {format} file cannot be read: it is damaged."), N_("Export it again.")),
    "unsafe-xml": (
        N_("The XML declares entities, which are not read."),
        N_("Export the map again from the program that made it."),
    ),
    "shapefile-incomplete": (
        N_("The Shapefile is not whole: {missing} is missing."),
        N_("Zip the .shp, .shx, .dbf and .prj together."),
    ),
    "crs-missing": (
        N_("The map does not say its reference system, and its coordinates are not degrees."),
        N_("Add the .prj, or export the map in WGS 84 (EPSG:4326)."),
    ),
    "too-many-columns": (
        N_("The table has {columns} columns; at most {limit} are taken."),
        N_(
            "Turn the columns of years or areas into rows. If the table is narrower, something "
            "stands far to its right: delete it."
        ),
    ),
    "too-many-rows": (
        N_("The table has row {rows}; at most {limit} rows are taken."),
        N_("Divide it by year or by area."),
    ),
    "too-many-cells": (
        N_("The tables of the file have {cells} cells; at most {limit} are taken."),
        N_("Divide it by year or by area, and take away columns without data."),
    ),
    "too-sparse": (
        N_("The table would have {cells} cells, and only {filled} of them have a value."),
        N_("Check that each row has the same columns, and send other rows in a file of their own."),
    ),
    "too-much-text": (
        N_("The tables of the file would grow to more than {limit} bytes."),
        N_("Divide it by year or by area, or send the table as CSV."),
    ),
    "too-many-texts": (
        N_("The texts of the workbook take more than {limit} bytes of memory."),
        N_("Send the table as CSV, or divide it by year or by area."),
    ),
    "too-many-sheets": (
        N_("The workbook has more than {limit} sheets."),
        N_("Put the rows of all sheets in one, with a column that tells them apart."),
    ),
    "too-many-members": (
        N_("The archive declares more than {limit} files."),
        N_("Send only the files of the table."),
    ),
    "long-cell": (
        N_("A cell has more than {limit} characters."),
        N_("Put long texts in a document, and its address in the table."),
    ),
    "rows-far-apart": (
        N_("Row {row} stands below more than {limit} blank rows."),
        N_("Delete what is written by mistake far below the table, and save the file again."),
    ),
    "unsafe-workbook": (
        N_("The workbook declares entities, which are not read."),
        N_("Open it with a spreadsheet program and save it again."),
    ),
    "long-row": (
        N_("A row of the JSON has more than {limit} parts."),
        N_("A list of objects is expected, one for each row."),
    ),
    "long-number": (
        N_("A number of the JSON has more than {limit} digits."),
        N_("Write it as text if it is a code, or round it."),
    ),
    "unreadable": (N_("The table cannot be read."), N_("Save it again as CSV in UTF-8.")),
    "coordinates-infinite": (
        N_("{count} figures of the map have coordinates that are no place; the first is {row}."),
        N_("Check the reference system of the map, or correct those figures."),
    ),
    # What was noticed.
    "encoding": (N_("The file is in {encoding}; it is published in UTF-8."), ""),
    "letters-lost": (
        N_("{count} letters cannot be read, and are published as “�”."),
        N_("Find the sign in the table, and write the right letter in your file."),
    ),
    "sheets-without-rows": (
        N_("{count} sheets have no table with rows, and are left out: {names}."),
        N_("If one has data, check that they stand below a header."),
    ),
    "nul-removed": (N_("Characters that no text has (NUL) were taken out."), ""),
    "controls-removed": (
        N_(
            "{count} characters that nobody sees ({signs}) were taken out; the first is in line "
            "{row}."
        ),
        N_("Check the words around them."),
    ),
    "short-rows": (
        N_("{count} rows have fewer cells than the header; the first is row {row}."),
        N_("What is missing at their end stays empty. Check that nothing was lost there."),
    ),
    "long-rows": (
        N_("{count} rows have more cells than the header; the first is row {row}."),
        N_("What is beyond it is in a column without a name. Check those rows."),
    ),
    "quotes-inside": (
        N_("{count} rows have quotation marks inside a cell; the first is row {row}."),
        N_("They stay in the text. Check those rows."),
    ),
    "blank-rows": (N_("{count} blank rows among the data were left out."), ""),
    "empty-columns": (N_("{count} columns without a name and without data were left out."), ""),
    "encoding-guessed": (
        N_("The file does not tell its encoding: {encoding} was taken, which gives “{text}”."),
        N_("If that is wrong, save the table as CSV in UTF-8."),
    ),
    "mixed-encoding": (
        N_(
            "{count} rows were pasted from a file in another encoding; the first is line {row}. "
            "They were read as those of Windows (cp1252), which gives “{text}”."
        ),
        N_("Check those rows, and save the table as CSV in UTF-8."),
    ),
    "delimiter-guessed": (
        N_("“{delimiter}” and “{other}” both divide the rows evenly: “{delimiter}” was taken."),
        N_("If that is wrong, save the table with another delimiter."),
    ),
    "title-rows": (
        N_("{rows} rows above the header were left out: “{text}”."),
        N_("Write what they say in the description of the data."),
    ),
    "totals-left-out": (
        N_(
            "{rows} rows of totals at the end were left out, from row {row} on: “{text}”. Whoever "
            "uses the data adds them up."
        ),
        "",
    ),
    "macros": (N_("The workbook has macros: they are neither run nor published."), ""),
    "hidden-sheets": (
        N_("The workbook hides sheets ({names}): they are neither read nor published."),
        N_("Show those that have data, or take them out."),
    ),
    "column-without-name": (
        N_("Column {number} has no name."),
        N_("Give it one that says what it holds."),
    ),
    "column-repeated": (
        N_("“{title}” names more than one column; this one is called {name}."),
        N_("Give each column a name of its own."),
    ),
    "types-of-file": (N_("The types are those that the file itself says."), ""),
    "crs-assumed": (N_("The map does not say its reference system: WGS 84 was taken."), ""),
    "crs-changed": (
        N_(
            "The map came in {crs}; it is published in WGS 84, with seven decimals (a centimetre "
            "on the ground)."
        ),
        "",
    ),
    "ambiguous-dates": (
        N_("Day and month cannot be told apart in any date: day/month/year was taken."),
        N_("Write dates as 2024-12-31."),
    ),
    "month-first": (
        N_("The dates are written month/day/year."),
        N_("Check them, or write dates as 2024-12-31."),
    ),
    "zeros-lost": (
        N_("The codes lost their zeros, as {value}: they are published as {right}."),
        N_("Give the column the format of text in the spreadsheet."),
    ),
    "unknown-areas": (
        N_("{count} codes are not INEGI's, such as: {codes}."),
        N_("Check them in INEGI's catalogue of areas."),
    ),
    "ordinals": (N_("Places in an order (1º, 2ª) are published as whole numbers."), ""),
    "percents": (N_("Percentages are published as numbers, without their sign."), ""),
    "bounds": (
        N_("Some values are bounds (“more than 230”): they stay text, so that none is lost."),
        N_("To add them up, give the figure a column and its word (more than, about) another."),
    ),
    "coordinates-swapped": (
        N_("Latitude and longitude stand in each other's column: they are read the right way."),
        N_("Check the headers."),
    ),
    "coordinates-not-degrees": (
        N_("The coordinates are not degrees; they look like metres (UTM), and are not on the map."),
        N_("Export them in degrees (WGS 84), or send the map with its reference system."),
    ),
    "other-values": (
        N_("{count} values are not of the type {type}; the first is “{value}”, in row {row}."),
        N_("Correct them, or say that the column is text."),
    ),
    # How values are written.
    "numbers-ambiguous": (
        N_("“{value}”, in row {row}, can be {taken} or {other}: it was read as {taken}."),
        N_(
            "No number of the column tells which. If the other is right, write the numbers with a "
            "point before the decimals and nothing between the thousands."
        ),
    ),
    "numbers-contradict": (
        N_(
            "“{value}” (row {row}) and “{other}” (row {other_row}) are written in two ways: the "
            "column stays text."
        ),
        N_("Write all numbers of the column in one way."),
    ),
    "percents-mixed": (
        N_(
            "“{value}” (row {row}) is a percentage and “{other}” (row {other_row}) has no sign: "
            "the column stays text."
        ),
        N_("Write all of them as percentages, or none."),
    ),
    "percents-without-sign": (
        N_("Numbers without the sign %, such as “{value}” in row {row}, are percentages too."),
        "",
    ),
    "shares-as-percents": (
        N_(
            "Numbers without the sign %, such as “{value}” in row {row}, are shares of one: they "
            "are published as percentages, a hundred times as large."
        ),
        "",
    ),
    "units-mixed": (
        N_(
            "“{value}” (row {row}) and “{other}” (row {other_row}) have different units: the "
            "column stays text."
        ),
        N_("Give each unit a column of its own, or write the unit in another column."),
    ),
    "units-left-out": (
        N_("The numbers are published without their unit, as that of “{value}”."),
        N_("Say in the description of the column which unit it is."),
    ),
    "parentheses": (
        N_(
            "Numbers in parentheses or with a minus behind, such as “{value}” in row {row}, are "
            "published as negative."
        ),
        "",
    ),
    "zeros-kept": (
        N_(
            "{count} values begin with a zero, the first “{value}” in row {row}: the column stays "
            "text, so that no zero is lost."
        ),
        N_("If they are no codes, take the zeros away."),
    ),
    "marks-as-missing": (
        N_("{count} cells have a mark in the place of a value and are published empty: {marks}."),
        "",
    ),
    "keys-mixed": (
        N_("The column has keys of different areas, of {lengths} digits."),
        N_("Filter the rows by the length of the key before adding them up."),
    ),
    "dates-mixed": (
        N_(
            "“{value}” (row {row}) and “{other}” (row {other_row}) are dates written in two ways: "
            "the column stays text."
        ),
        N_("Write dates as 2024-12-31."),
    ),
    "zones-mixed": (
        N_(
            "“{value}” (row {row}) says its time zone and “{other}” (row {other_row}) does not: "
            "the column stays text."
        ),
        N_("Write the zone in all rows, as 2024-12-31T10:30:00-06:00, or in none."),
    ),
    "short-years": (
        N_("Years have two digits, as “{value}” in row {row}: they are of {first} to {last}."),
        N_("Write years with four digits if some are of another century."),
    ),
    "century-supposed": (
        N_("Years have two digits, as “{value}” in row {row}: they are of {first} to {last}."),
        N_("Write years with four digits if some are of another century."),
    ),
    "midnight-supposed": (
        N_("Some moments have no time, as “{value}” in row {row}: they are published as 00:00."),
        N_("If their time is not known, say that the column is text."),
    ),
    "zone-supposed": (
        N_(
            "Some moments tell no time zone, as “{value}” in row {row}: they are published in the "
            "zone {zone}."
        ),
        "",
    ),
    "zone-unsaid": (
        N_("The moments tell no time zone: they are published without one."),
        N_("Write the zone in all rows, as 2024-12-31T10:30:00-06:00, if it matters."),
    ),
    # Of headers, sheets and what they carry.
    "too-many-merged": (
        N_("A sheet has more than {limit} groups of merged cells."),
        N_("Separate the cells, or save the table as CSV."),
    ),
    "no-header": (
        N_("The table has no header: row {row} was taken for data."),
        N_("Give each column a name that says what it holds."),
    ),
    "header-guessed": (
        N_("Row {row} was taken for the header: nothing in the table proves it."),
        N_("Check that the row names the columns; if it is data, add a header above it."),
    ),
    "header-repeated": (
        N_("{count} rows repeat the header and were left out; the first is row {row}."),
        "",
    ),
    "header-again": (
        N_("{count} rows repeat the header and stay as data; the first is row {row}."),
        "",
    ),
    "merged-filled": (
        N_(
            "{count} blank cells got the value of the cell that is merged over them; the first is "
            "in row {row}."
        ),
        N_("Check that the value counts for each of those rows."),
    ),
    "merged-across": (
        N_(
            "{count} values stand in cells merged over several columns, and are published in the "
            "first of them; the first is in row {row}."
        ),
        N_("Separate those cells if the value counts for each column."),
    ),
    "foot-left-out": (
        N_("{rows} rows below the table were left out, from row {row} on: “{text}”."),
        N_("Write their source and notes in the description of the data."),
    ),
    "total-kept": (
        N_(
            "Row {row} is called a total and stays as data: no figure in it is the sum of those "
            "above, or there are more rows called so."
        ),
        N_("Delete the row if it adds up the others, or correct its figures."),
    ),
    "formulas-without-value": (
        N_("{count} formulas have no stored value ({cells}): their cells are blank."),
        N_("Open the file with a spreadsheet program, save it, and send it again."),
    ),
    "error-cells": (
        N_("{count} cells show an error ({cells}): they are blank; the first is in row {row}."),
        N_("Correct their formulas and save the file again."),
    ),
    "percent-shown": (
        N_("“{column}” holds percentages: they are published as they are shown, 12% as 12."),
        "",
    ),
    "percent-mixed": (
        N_("“{column}” mixes percentages and plain numbers; the first plain one is in row {row}."),
        N_("Write all of them in the same way."),
    ),
    "column-unit": (N_("Unit: {unit}"), ""),
    "unit-shown": (
        N_("“{column}” shows its numbers in “{unit}”: they are published without it."),
        N_("The unit goes into the description of the column."),
    ),
    "units-shown": (
        N_(
            "“{column}” shows numbers in different units ({units}): they are published as they are "
            "shown."
        ),
        N_("Give each unit a column of its own, or write the unit in another column."),
    ),
    "struck-out": (
        N_(
            "{count} cells have letters that are struck out ({cells}): they are published as any "
            "other; the first is in row {row}."
        ),
        N_("Delete them if they do not count any more."),
    ),
    "days-early": (
        N_(
            "{count} dates are before March 1900 ({cells}), of which spreadsheet programs disagree "
            "by a day; the first is in row {row}."
        ),
        N_("Compare them with what the dates were taken from."),
    ),
    "days-of-1904": (
        N_(
            "The workbook counts its days from 1904, as Excel does on a Mac: {count} dates were "
            "read so; the first is in row {row}."
        ),
        N_("If they are four years off, dates were pasted from another workbook."),
    ),
    "dates-as-serials": (
        N_("“{column}” holds whole numbers where dates are expected: {value} would be {day}."),
        N_("Give the column the format of a date in the spreadsheet, and save it again."),
    ),
    "side-tables": (
        N_("A blank column divides the sheet: a second table may begin at “{column}”."),
        N_("Put each table on a sheet of its own."),
    ),
    "comments": (
        N_("{count} cells have comments ({cells}): they are not published."),
        N_("Read them: delete those that nobody else should see."),
    ),
    "hidden-columns": (
        N_("The sheet hides {count} columns ({names}); they are published unless left out."),
        N_("Delete those that nobody else should see."),
    ),
    "hidden-rows": (
        N_("The sheet hides {count} rows; they are published unless left out."),
        N_("Show them and check them; delete those that nobody else should see."),
    ),
    "document-properties": (
        N_("The properties of the file tell more ({names}): they are not published."),
        "",
    ),
    "other-parts": (
        N_(
            "The file holds more than its sheets ({names}): nobody looked at it, and it is not "
            "published."
        ),
        N_("Take it out if the file itself should be published."),
    ),
    # What a person chose.
    "recipe-lost": (
        N_("How the earlier version was read is not known any more: it is read as any other file."),
        N_("Look at it with care: columns that were left out then are here."),
    ),
    "rows-not-there": (
        N_("None of the rows to leave out is a row of data: nothing was left out."),
        N_("Rows are counted as the file counts them, its titles and header among them."),
    ),
    "rows-left-out": (N_("{count} rows were left out, as was asked."), ""),
    "recipe-columns": (
        N_("The table has no column called so: {names}. What was said of it is not followed."),
        N_("Check whether the columns changed their names."),
    ),
    "recipe-tables": (
        N_("The file has no table called so: {names}. What was said of it is not followed."),
        N_("Check whether the sheets or layers changed their names."),
    ),
    "recipe-header": (
        N_("Row {row} was said to end the header, and no table begins there: it was looked for."),
        N_("Check which row names the columns."),
    ),
    "recipe-foot": (
        N_("{rows} rows were said to stand below the table, and it has no more: it was read anew."),
        N_("Check how the table ends."),
    ),
    "recipe-encoding": (
        N_("The file tells that it is in {taken}: it was not read as {encoding}, as was asked."),
        N_("Check some words with accents."),
    ),
    "recipe-delimiter": (
        N_("“{delimiter}” was said to divide the columns and is not in the file: “{taken}” does."),
        N_("Check the columns."),
    ),
    "recipe-other-kind": (
        N_(
            "What was chosen of the header, the foot, the delimiter or the letters is not "
            "followed: a file of this kind says it itself."
        ),
        "",
    ),
    "all-left-out": (
        N_("Everything was left out: no row or no column of the table is left."),
        N_("Take back some of what was left out."),
    ),
    # Questions, and the answers to choose from.
    "question-encoding": (N_("Which of these is written with its right letters?"), ""),
    "option-encoding": (N_("Read as {encoding}"), ""),
    "question-delimiter": (N_("What divides the columns of the file?"), ""),
    "option-delimiter": (N_("This sign: {delimiter}"), ""),
    "question-header": (N_("Does row {row} name the columns?"), ""),
    "option-header": (N_("Yes: it is the header"), ""),
    "option-record": (N_("No: it is a row of data, and the columns have no names"), ""),
    "option-title": (N_("No: it stands above the table, and the next row is the header"), ""),
    "question-total": (N_("Is row {row} (“{text}”) a total of the others?"), ""),
    "option-row-of-data": (N_("No: it is a row of data, and is published"), ""),
    "option-row-of-totals": (N_("Yes: it is left out, with what stands below it"), ""),
    "question-repeated": (
        N_("{count} rows say the same as the header; the first is row {row}. Are they data?"),
        "",
    ),
    "option-repeated-header": (N_("No: they repeat the header, and are left out"), ""),
    "option-repeated-data": (N_("Yes: they are rows of data, and are published"), ""),
    "question-numbers": (N_("How are the numbers of “{column}” written?"), ""),
    "option-decimal-comma": (
        N_("The comma begins the decimals, and the point divides thousands"),
        "",
    ),
    "option-decimal-point": (
        N_("The point begins the decimals, and the comma divides thousands"),
        "",
    ),
    "question-dates": (N_("What comes first in the dates of “{column}”?"), ""),
    "option-day-first": (N_("The day"), ""),
    "option-month-first": (N_("The month"), ""),
    "question-percents": (
        N_("In “{column}” some values have the sign % and others do not. What are the others?"),
        "",
    ),
    "option-as-written": (N_("Nobody knows: the column is text, as it is written"), ""),
    "option-percents": (N_("Percentages too: 12 is 12%"), ""),
    "option-shares": (N_("Shares of one: 0.12 is 12%"), ""),
    "question-century": (N_("Of which years are the dates of “{column}”?"), ""),
    "option-century": (N_("Of {first} to {last}"), ""),
    "question-midnight": (
        N_("In “{column}” some moments have no time. Are they of 00:00, midnight?"),
        "",
    ),
    "option-midnight": (N_("Yes: they are of midnight"), ""),
    "question-zone": (N_("Of which time zone are the moments of “{column}” that tell none?"), ""),
    "option-local": (N_("Of the local time: they are published without a zone"), ""),
    "option-zone": (N_("Of the zone {zone} (Z is that of Greenwich, UTC)"), ""),
    "question-serials": (
        N_("Are the whole numbers of “{column}” days, as spreadsheets count them?"),
        "",
    ),
    "option-plain-number": (N_("No: they are numbers"), ""),
    "option-day-number": (N_("Yes: each is a date"), ""),
    "question-key": (N_("Are the values of “{column}” codes or numbers?"), ""),
    "option-code": (N_("Codes: they keep the zeros they begin with"), ""),
    "option-number": (N_("Numbers: the zeros before them are left out"), ""),
    # Of maps, and of documents that name their columns.
    "coordinates-exchanged": (
        N_(
            "Latitude and longitude stand in each other's place in {count} figures; the first is "
            "in row {row}."
        ),
        N_("Export the map with longitude first, as -100.3, 25.6."),
    ),
    "coordinates-beyond": (
        N_("{count} figures have coordinates that are not degrees; the first is in row {row}."),
        N_("Export the map in WGS 84 (EPSG:4326), or correct those figures."),
    ),
    "figures-broken": (
        N_("{count} figures of the map cannot be read; the first is in row {row}."),
        N_("Correct them in the program that made the map, and export it again."),
    ),
    "shapefile-rows-differ": (
        N_("The Shapefile has {figures} figures and {rows} rows: they do not belong together."),
        N_("Export the map again, and zip the .shp, .shx, .dbf and .prj of the same export."),
    ),
    "json-lines": (
        N_("The JSON has more than one document, one below the other."),
        N_("Put the objects in one list: [ … , … ], or export the table as CSV."),
    ),
    "json-name-twice": (
        N_("An object of the JSON has the name “{name}” twice."),
        N_("Give each value of a row a name of its own."),
    ),
    "coordinates-look-swapped": (
        N_(
            "{count} figures would lie in Mexico if latitude and longitude were exchanged; the "
            "first is in row {row}. They are published as they are written."
        ),
        N_("Check the map. If they are wrong, export it with longitude first."),
    ),
    "coordinates-lost-sign": (
        N_(
            "{count} figures would lie in Mexico if their longitude were negative; the first is in "
            "row {row}. They are published as they are written."
        ),
        N_("Check the map: longitudes in Mexico begin with a minus sign."),
    ),
    "heights-left-out": (N_("The heights (third coordinate) of figures are left out."), ""),
    "members-left-out": (
        N_(
            "{count} files of the archive are not read nor published: {names}. The archive itself "
            "stays private."
        ),
        N_("Send those that have data each by itself."),
    ),
    "companions-left-out": (
        N_(
            "{count} files that programs put beside a Shapefile are not read: {names}. The archive "
            "itself stays private."
        ),
        "",
    ),
    "encoding-said-otherwise": (
        N_("The .cpg says {said}, but the texts are in {encoding}: they are read so."),
        N_("Check some names with accents."),
    ),
    "encoding-assumed": (
        N_("The map does not say how its letters are written: {encoding} was taken."),
        N_("Check some names with accents."),
    ),
    "letters-mixed": (
        N_(
            "{count} texts are written in another encoding than the others; the first is in row "
            "{row}. They are read so that they have letters."
        ),
        N_("Check their accents."),
    ),
    "deleted-rows": (
        N_("{count} rows are marked as deleted: they are left out. The file itself stays private."),
        "",
    ),
    "fields-not-read": (
        N_("{count} columns are of a kind that is not read, and are left out: {names}."),
        N_("Turn them into text or numbers in the program that made the map."),
    ),
    "tables-left-out": (
        N_("{count} tables of the GeoPackage are no layers, and are left out: {names}."),
        N_("Send those that have data each by itself."),
    ),
    "layers-empty": (N_("{count} layers have no rows, and are left out: {names}."), ""),
    "columns-left-out": (
        N_("{count} columns that only say how the map is drawn are left out: {names}."),
        "",
    ),
    "kml-left-out": (
        N_("Parts of the KML that are no rows are left out: {names}. The file stays private."),
        "",
    ),
    "json-members-left-out": (
        N_(
            "Parts of the JSON that are not in its rows are left out: {names}. The file stays "
            "private."
        ),
        "",
    ),
    "not-a-number": (
        N_("{count} values of “{column}” are NaN, which is no number: they are left empty."),
        "",
    ),
}


#: Types of columns, as they are called in a sentence.
_TYPES = {
    "string": N_("text"),
    "integer": N_("whole number"),
    "number": N_("number"),
    "boolean": N_("yes or no"),
    "date": N_("date"),
    "datetime": N_("date and time"),
    "time": N_("time of day"),
    "geojson": N_("shape on the map"),
}
#: Encodings, by what people know of them.
_ENCODINGS = {
    "utf-8": "Unicode (UTF-8)",
    "utf-8-sig": "Unicode (UTF-8)",
    "cp1252": "Windows (cp1252)",
    "cp1250": "Windows (cp1250)",
    "iso8859_15": "Windows, Linux (ISO 8859-15)",
    "iso8859-1": "Windows, Linux (ISO 8859-1)",
    "iso8859-15": "Windows, Linux (ISO 8859-15)",
    "mac_roman": "Mac (mac_roman)",
    "mac-roman": "Mac (mac_roman)",
    "cp850": "MS-DOS (cp850)",
    "cp437": "MS-DOS (cp437)",
    **{f"utf-{bits}{end}": f"Unicode (UTF-{bits})" for bits in (16, 32) for end in _ENDS},
}


def text(code: str, params: Mapping[str, Any] | None = None, lang: str = "es") -> str:
    """Return the sentence of a code, with its hint, in Spanish or English."""
    sentence, hint = MESSAGES[code]
    told = _in_words(params or {}, lang)
    return " ".join(part for part in (said(sentence, told, lang), said(hint, {}, lang)) if part)


def _in_words(params: Mapping[str, Any], lang: str) -> dict[str, Any]:
    """Return params with the names of types and encodings in words that a person knows."""
    told = dict(params)
    if told.get("type") in _TYPES:
        told["type"] = said(_TYPES[told["type"]], {}, lang)
    for name in ("encoding", "taken"):
        if isinstance(told.get(name), str):
            told[name] = _ENCODINGS.get(told[name].lower(), told[name])
    return told
