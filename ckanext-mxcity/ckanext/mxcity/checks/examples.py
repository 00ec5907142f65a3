"""What a wrong value would be if it were right, where that can be worked out."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from typing import Any

from ckanext.mxcity.areas import MUNICIPALITY_DIGITS, STATE_DIGITS, areas

_DAYS = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d", "%d/%m/%y", "%m/%d/%Y")
_ANSWERS = {"si": "true", "sí": "true", "verdadero": "true", "no": "false", "falso": "false"}


def example(code: str, value: str, field: dict[str, Any]) -> str | None:
    """Return the right form of a value, or the field's own example, or None."""
    text = value.strip()
    found = None
    if code in ("integer", "number"):
        found = _number(text, code)
    elif code == "date":
        found = _day(text)
    elif code == "boolean":
        found = _ANSWERS.get(text.lower())
    elif code == "area":
        found = _area(text)
    elif code == "enum":
        values = [str(item) for item in field.get("constraints", {}).get("enum", ())]
        near = difflib.get_close_matches(text.lower(), [item.lower() for item in values], 1, 0.6)
        found = next((item for item in values if near and item.lower() == near[0]), None)
    given = field.get("example")
    return found if found is not None else (str(given) if given is not None else None)


def _number(text: str, code: str) -> str | None:
    bare = re.sub(r"[$%\s\u00a0]", "", text)
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", bare):
        bare = bare.replace(",", "")
    elif re.fullmatch(r"[+-]?(\d{1,3}(\.\d{3})+|\d+),\d+", bare):
        bare = bare.replace(".", "").replace(",", ".")
    if not re.fullmatch(r"[+-]?\d+(\.\d+)?", bare):
        return None
    if code == "integer":
        whole, _, rest = bare.partition(".")
        return whole if not rest.strip("0") else None
    return bare


def _day(text: str) -> str | None:
    day = text.split(" ")[0].split("T")[0]
    for form in _DAYS:
        try:
            return dt.datetime.strptime(day, form).date().isoformat()  # noqa: DTZ007  # a day
        except ValueError:
            continue
    return None


def _area(text: str) -> str | None:
    for digits in (STATE_DIGITS, MUNICIPALITY_DIGITS):
        if text.isdigit() and len(text) < digits and text.zfill(digits) in areas():
            return text.zfill(digits)
    return None
