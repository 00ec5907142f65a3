"""What is said of a cell, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ckanext.mxcity.files.messages import said


def _(text: str) -> str:
    """Mark a text for translation; ``text`` below translates it."""
    return text


MESSAGES: dict[str, str] = {
    "integer": _("“{value}” is not a whole number."),
    "number": _("“{value}” is not a number: digits with a point for the decimals."),
    "boolean": _("“{value}” is neither true nor false."),
    "date": _("“{value}” is not a day: year-month-day is expected."),
    "datetime": _("“{value}” is not a day and time: 2024-12-31T10:30:00 is expected."),
    "time": _("“{value}” is not a time of the day: 10:30:00 is expected."),
    "year": _("“{value}” is not a year of four digits."),
    "yearmonth": _("“{value}” is not a month: 2024-12 is expected."),
    "geopoint": _("“{value}” is not a point: longitude and latitude with a comma between."),
    "geojson": _("“{value}” is not GeoJSON."),
    "area": _("“{value}” is not a code of INEGI's."),
    "required": _("The cell is empty and “{column}” has to be filled."),
    "unique": _("“{value}” is repeated and “{column}” may hold each value once."),
    "minimum": _("“{value}” is less than {limit}."),
    "maximum": _("“{value}” is more than {limit}."),
    "minLength": _("“{value}” is shorter than {limit} characters."),
    "maxLength": _("“{value}” is longer than {limit} characters."),
    "pattern": _("“{value}” is not written as it has to be: {limit}"),
    "enum": _("“{value}” is not one of: {limit}"),
    "primaryKey": _("The row repeats the key of another: {limit}."),
    "missing-column": _("The column “{column}” is missing."),
    "closed": _("The law does not let this row be published (“{value}” in “{column}”)."),
    "closed-column": _("The law does not let the column “{column}” be published: take it out."),
    "closed-missing": _(
        "The law lets such a table be published only if “{column}” says of each row that it may "
        "be: add that column."
    ),
    "closed-person": _("“{column}” holds an RFC or a CURP, which may not be published: “{value}”."),
    "unknown-column": _("The column “{column}” is not in the schema."),
}


def text(code: str, params: Mapping[str, Any], lang: str = "es") -> str:
    """Return the sentence of a code in Spanish or English."""
    return said(MESSAGES[code], params, lang)
