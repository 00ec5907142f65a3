"""Number formats of workbooks: what they write around a number, and between its digits."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ckanext.mxcity.files.workbooks.seen import MOST_ZEROS

PERCENT, ZEROS, MASK, UNIT = "percent", "zeros:", "mask:", "unit:"
_LONGEST_FORMAT = 1_000
#: A text in quotation marks, a sign that is escaped, a space or filling, what is in brackets, the
#: word for a plain number, any other sign.
_TOKEN = re.compile(r'"([^"]*)"?|\\(.)|[_*].|\[([^\]]*)\]?|(General)|(.)', re.DOTALL)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)(-?\d+(?:\.\d+)?)")
_CURRENCY = re.compile(r"\$([^-]*)")
_DIGITS = "0#?"
#: Signs around a number that say nothing of what it counts.
_SILENT = " -+()\u00a0"


@dataclass(frozen=True)
class Section:
    """A part of a format: texts, and places of digits between them."""

    #: Each a text, and whether it is places of digits.
    pieces: tuple[tuple[str, bool], ...]
    condition: tuple[str, float] | None = None
    percent: bool = False
    #: Whether it shows another number: a fraction, a power of ten, thousands of it.
    other: bool = False

    @property
    def places(self) -> str:
        """The places of digits, run together with the marks between them."""
        return "".join(text for text, digits in self.pieces if digits)

    def around(self) -> tuple[str, str, str]:
        """Return the texts before, between and behind the digits."""
        at = [number for number, (_, digits) in enumerate(self.pieces) if digits]
        if not at:
            return "", "", ""
        first, last = at[0], at[-1]
        texts = [("" if digits else text) for text, digits in self.pieces]
        parts = texts[:first], texts[first:last], texts[last:]
        before, between, behind = ("".join(part) for part in parts)
        return before.strip(_SILENT), between, behind.strip(_SILENT)


def sections(code: str) -> list[Section]:
    """Return the parts of a format: of numbers above, below and at zero, or of conditions."""
    found: list[Section] = []
    pieces: list[tuple[str, bool]] = []
    condition, percent, other = None, False, False
    for token in _TOKEN.finditer(code[:_LONGEST_FORMAT]):
        quoted, escaped, bracket, general, sign = token.groups()
        if sign == ";":
            found.append(Section(tuple(pieces), condition, percent, other or _scales(pieces)))
            pieces, condition, percent, other = [], None, False, False
        elif bracket is not None:
            if said := _CONDITION.fullmatch(bracket):
                condition = said[1], float(said[2])
            elif currency := _CURRENCY.match(bracket):
                _add(pieces, currency[1], digits=False)
        elif general or (sign and sign in f"{_DIGITS}.,"):
            _add(pieces, general or sign, digits=True)
        elif sign == "%":
            percent = True
        elif sign in ("E", "e", "/", "@"):
            other = True
        else:
            _add(pieces, quoted or escaped or sign or "", digits=False)
    found.append(Section(tuple(pieces), condition, percent, other or _scales(pieces)))
    return found


def _add(pieces: list[tuple[str, bool]], text: str, *, digits: bool) -> None:
    if pieces and pieces[-1][1] == digits:
        pieces[-1] = pieces[-1][0] + text, digits
    elif text:
        pieces.append((text, digits))


def _scales(pieces: list[tuple[str, bool]]) -> bool:
    """Say whether a comma behind the last digit shows thousands."""
    places = [text for text, digits in pieces if digits]
    return bool(places) and places[-1].endswith(",")


def shape_of_format(code: str) -> str:
    """Return what a number format makes of a number: see the constants; nothing is ""."""
    first = sections(code)[0]
    if first.percent:
        return PERCENT
    if first.other or not first.places:
        return ""
    before, between, behind = first.around()
    plain = all(sign in _DIGITS for sign in first.places)
    zeros = len(first.places.lstrip("#?"))
    if plain and between and not (between.isspace() and first.places.startswith("#")):
        return f"{MASK}{code}"
    if between or not plain or zeros < 2:
        said = f"{before}\t{behind}"
        return f"{UNIT}{said}" if any(map(_says, said)) and not between else ""
    if before or behind:
        return f"{MASK}{code}"
    return f"{ZEROS}{zeros}" if zeros <= MOST_ZEROS else ""


def _says(sign: str) -> bool:
    return sign.isalpha() or sign in "$€£¥"


def masked(value: float, code: str) -> str | None:
    """Return a whole number with its digits in the places of a format; None for any other."""
    if value < 0 or value != int(value) or value >= 1e15:
        return None
    found = sections(code)
    section = next((part for part in found if _holds(part, value)), found[-1])
    if section.other or section.percent or section.places.strip(_DIGITS):
        return None
    left = str(int(value))
    shown: list[str] = []
    waiting = len(section.places)
    for text, digits in reversed(section.pieces):
        for place in reversed(text):
            if not digits:
                shown.append(place)
                continue
            waiting -= 1
            # What has no place of its own stands before the first.
            taken = left if not waiting else left[-1:]
            left = left[: len(left) - len(taken)]
            shown.append(taken[::-1] or {"0": "0", "?": " "}.get(place, ""))
    return "".join(shown)[::-1].strip()


def _holds(section: Section, value: float) -> bool:
    if section.condition is None:
        return True
    sign, bound = section.condition
    return {
        "<=": value <= bound, ">=": value >= bound, "<>": value != bound,
        "<": value < bound, ">": value > bound, "=": value == bound,
    }[sign]  # fmt: skip
