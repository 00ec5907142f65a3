"""What is said of a cell, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ckanext.mxcity.ground.messages import N_, said

MESSAGES: dict[str, str] = {
    "integer": N_("“{value}” is not a whole number."),
    "number": N_("“{value}” is not a number: digits with a point for the decimals."),
    "boolean": N_("“{value}” is neither true nor false."),
    "date": N_("“{value}” is not a day: year-month-day is expected."),
    "datetime": N_("“{value}” is not a day and time: 2024-12-31T10:30:00 is expected."),
    "time": N_("“{value}” is not a time of the day: 10:30:00 is expected."),
    "year": N_("“{value}” is not a year of four digits."),
    "yearmonth": N_("“{value}” is not a month: 2024-12 is expected."),
    "geopoint": N_("“{value}” is not a point: longitude and latitude with a comma between."),
    "geojson": N_("“{value}” is not GeoJSON."),
    "area": N_("“{value}” is not a code of INEGI's."),
    "required": N_("The cell is empty and “{column}” has to be filled."),
    "unique": N_("“{value}” is repeated and “{column}” may hold each value once."),
    "minimum": N_("“{value}” is less than {limit}."),
    "maximum": N_("“{value}” is more than {limit}."),
    "minLength": N_("“{value}” is shorter than {limit} characters."),
    "maxLength": N_("“{value}” is longer than {limit} characters."),
    "pattern": N_("“{value}” is not written as it has to be: {limit}"),
    "enum": N_("“{value}” is not one of: {limit}"),
    "primaryKey": N_("The row repeats the key of another: {limit}."),
    "missing-column": N_("The column “{column}” is missing."),
    "closed": N_("The law does not let this row be published (“{value}” in “{column}”)."),
    "closed-column": N_("The law does not let the column “{column}” be published: take it out."),
    "closed-missing": N_(
        "The law lets such a table be published only if “{column}” says of each row that it may "
        "be: add that column."
    ),
    "closed-person": N_(
        "“{column}” holds an RFC or a CURP, which may not be published: “{value}”."
    ),
    "unknown-column": N_("The column “{column}” is not in the schema."),
}


#: Of a cell that the check of another plugin refuses by a code of its own.
OTHER = N_("“{value}” in “{column}” is refused by a check of this portal: {code}.")


def text(code: str, params: Mapping[str, Any], lang: str = "es") -> str:
    """Return the sentence of a code in Spanish or English."""
    return said(MESSAGES.get(code, OTHER), {**params, "code": code}, lang)
