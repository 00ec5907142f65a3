"""Numbers that a workbook shows as percentages or with zeros before them."""

from __future__ import annotations

import math
import re
from decimal import Context, Decimal

from ckanext.mxcity.files.workbooks.seen import MOST_ZEROS, shown_as

PERCENT = "percent"
#: Built-in formats of percentages.
BUILT_IN_PERCENT = {9: PERCENT, 10: PERCENT}
_LONGEST_FORMAT = 1_000
#: Digits that stand above or below the line, as letters that do so without a format.
LEVELS = {
    "superscript": str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ"),
    "subscript": str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎"),
}
#: What a format writes as it is, and what it says in brackets.
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
#: Digits that Excel shows at most.
_DIGITS = Context(prec=15)


def shape_of_format(code: str) -> str:
    """Return what a number format makes of a number: PERCENT, "zeros:5" or nothing ("")."""
    first = _LITERAL.sub("", code[:_LONGEST_FORMAT]).split(";")[0].strip()
    if "%" in first:
        return PERCENT
    if re.fullmatch(r"0{2,}", first) and len(first) <= MOST_ZEROS and '"' not in code:
        return f"zeros:{len(first)}"
    return ""


def as_percent(value: float) -> float:
    """Return a number with its percentage, exactly: 0.12 is 12%."""
    if not math.isfinite(value):
        return value
    hundredfold = _DIGITS.create_decimal(repr(value)).scaleb(2)
    text = format(hundredfold.normalize(), "f")
    return shown_as(value, f"{'0' if hundredfold == Decimal(0) else text}%")


def with_zeros(value: float, width: int) -> float:
    """Return a whole number with the zeros before it; any other number as it is."""
    if value < 0 or value != int(value) or value >= 1e15:
        return value
    return shown_as(value, str(int(value)).zfill(width))


def shaped(value: float, shape: str) -> float:
    """Return a number as a shape of ``shape_of_format`` shows it."""
    if shape == PERCENT:
        return as_percent(value)
    return with_zeros(value, int(shape.rpartition(":")[2])) if math.isfinite(value) else value
