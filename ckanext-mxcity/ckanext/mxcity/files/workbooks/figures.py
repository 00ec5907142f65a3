"""Numbers that a workbook shows as percentages, as codes or with a unit."""

from __future__ import annotations

import math
from decimal import Context, Decimal

from ckanext.mxcity.files.workbooks.formats import MASK, PERCENT, UNIT, ZEROS, masked
from ckanext.mxcity.files.workbooks.seen import Seen, shown_as

#: Built-in formats of percentages, and of the currency of who looks at them.
BUILT_IN_SHAPES = {9: PERCENT, 10: PERCENT, **dict.fromkeys((5, 6, 7, 8, 42, 44), f"{UNIT}$\t")}
#: Digits that stand above or below the line, as letters that do so without a format.
LEVELS = {
    "superscript": str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ"),
    "subscript": str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎"),
}
#: Digits that Excel shows at most.
_DIGITS = Context(prec=15)


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


def with_unit(value: float, before: str, behind: str) -> float:
    """Return a number, with every digit of it, and what its sheet shows around it."""
    digits = format(Decimal(repr(abs(value))), "f")
    digits = digits.removesuffix(".0")
    sign = "-" if value < 0 else ""
    gap = " " if before[-1:].isalpha() else ""
    return shown_as(value, f"{sign}{before}{gap}{digits}{' ' if behind else ''}{behind}")


def shaped(value: float, shape: str, seen: Seen, column: int) -> float:
    """Return a number as a shape of ``formats`` shows it; ``seen`` keeps what its column has."""
    if shape == PERCENT:
        seen.percents.add(column)
        return as_percent(value)
    if not math.isfinite(value):
        return value
    if shape.startswith(ZEROS):
        return with_zeros(value, int(shape.removeprefix(ZEROS)))
    if shape.startswith(MASK):
        text = masked(value, shape.removeprefix(MASK))
        return value if text is None else shown_as(value, text)
    before, _, behind = shape.removeprefix(UNIT).partition("\t")
    seen.units.setdefault(column, set()).add((before, behind))
    return with_unit(value, before, behind)
