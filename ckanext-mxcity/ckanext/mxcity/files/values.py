"""How values are written in Mexican tables: patterns for DuckDB's regular expressions.

Every pattern describes a whole value, trimmed. No Python runs per cell.
"""

from __future__ import annotations

#: What people write where there is no value, in small letters. So it is in columns of numbers,
#: days or hours alone: among words, "No especificado" is a category, and NA may be a code.
MISSING = (
    *("", "-", "--", "---", ".", "...", "…", "n/d", "n.d.", "nd", "s/d", "s.d.", "sd", "n/a"),
    *("n.a.", "na", "nan", "null", "none", "sin dato", "sin datos", "no disponible", "no aplica"),
    *("#n/d", "#n/a", "no especificado", "s/i", "n/e", "ne", "sin información", "sin informacion"),
)
#: What statistics put in the place of a number: confidential, not significant, not published.
#: INEGI's census by localities has "*".
STATISTICAL = ("*", "**", "***", "c", "n.s.", "ns", "n/s", "n.p.", "n/p")

_SIGN = "[+-]?"
#: Words and signs of a unit, before and after a number.
_BEFORE = r"((us[$]|mx[$]|usd|mxn|eur|[$]|€) ?)?"
_AFTER = r"( ?(%|€|eur|euros?|usd|d[oó]lares|d[oó]lar|dlls[.]?|mxn|m[.] ?n[.]|pesos?))"
#: What tells units apart, in small letters; the first that is found counts.
UNITS = {
    "percent": "%",
    "dollars": "us[$]|usd|d[oó]lar|dlls",
    "euros": "€|eur",
    "pesos": "[$]|mxn|m[.] ?n[.]|peso",
}
#: A share: the number is published, the sign is not.
PERCENT = r".*[0-9] ?%"
SPACE = "[ \u00a0\u202f]"
_DIGITS, _COMMAS = "[0-9]+", "[1-9][0-9]{0,2}(,[0-9]{3})+"
_POINTS, _SPACES = "[1-9][0-9]{0,2}([.][0-9]{3})+", f"[1-9][0-9]{{0,2}}({SPACE}[0-9]{{3}})+"
#: The digits of a number, with whatever stands between them.
DIGITS = rf"[0-9]([0-9.,]|{SPACE})*[0-9]|[0-9]"


def _number(digits: str) -> str:
    """Return the pattern of a number with its sign and unit.

    In parentheses it is negative, and so it is with a minus behind, as SAP writes it.
    """
    return (
        rf"(?i)({_SIGN}{_BEFORE}|{_BEFORE}{_SIGN})({digits}){_AFTER}{{0,2}}"
        rf"|{_BEFORE}[(] ?{_BEFORE}({digits}){_AFTER}{{0,2}} ?[)]{_AFTER}?"
        rf"|{_BEFORE}({digits})-"
    )


#: A place in an order is a whole number: "1º", "23.ª", "3er".
ORDINAL = r"[0-9]+ ?[.]? ?([ºª°]|er|ro|ra|do|da|to|ta|mo|ma|vo|va|no|na|st|nd|rd|th)"
#: Ways to write numbers, most certain first; the name is the column's ``format``.
NUMBERS = {
    # A power of ten has a point before it or a sign: 5E1 and 12E3 are codes.
    "": rf"{_SIGN}[0-9]+([.][0-9]+([eE][+-]?[0-9]{{1,3}})?|[eE][+-][0-9]{{1,3}})?",
    "thousands-comma": _number(rf"({_COMMAS}|{_DIGITS})([.][0-9]+)?"),
    "decimal-comma": _number(rf"({_POINTS}|{_DIGITS})(,[0-9]+)?"),
    "thousands-space": _number(rf"({_SPACES}|{_DIGITS})([.][0-9]+)?"),
    "thousands-space-decimal-comma": _number(rf"({_SPACES}|{_DIGITS})(,[0-9]+)?"),
    "ordinal": rf"[0-9]+|{ORDINAL}",
}
#: Percentages among numbers without a sign that are shares of one: 0.12 is 12 %.
SHARE = "|share"
NUMBERS |= {f"{way}{SHARE}": NUMBERS[way] for way in ("thousands-comma", "decimal-comma")}
#: Any of them; which one, the digits of the whole column tell: see ``numbers``.
NUMBER = rf"{_number(DIGITS)}|{NUMBERS['']}|{ORDINAL}"
#: What the digits of a number say of the marks between them, the first that fits counting:
#: "comma3" is 1,234, which may be a thousand or one and a bit.
SHAPES = {
    "whole": _DIGITS,
    "comma3": "[1-9][0-9]{0,2},[0-9]{3}",
    "comma-groups": "[1-9][0-9]{0,2}(,[0-9]{3}){2,}",
    "comma-decimal": "[0-9]+,[0-9]+",
    "point3": "[1-9][0-9]{0,2}[.][0-9]{3}",
    "point-groups": "[1-9][0-9]{0,2}([.][0-9]{3}){2,}",
    "point-decimal": "[0-9]+[.][0-9]+",
    "comma-groups-point": rf"{_COMMAS}[.][0-9]+",
    "point-groups-comma": rf"{_POINTS},[0-9]+",
    "spaces": _SPACES,
    "spaces-point": rf"{_SPACES}[.][0-9]+",
    "spaces-comma": rf"{_SPACES},[0-9]+",
}
#: A number that is a bound keeps its word: "más de 230" is not 230.
BOUND = (
    r"(?i)([<>≤≥]=?|m[aá]s de|menos de|al menos|cerca de|alrededor de|aprox[.]?|hasta|m[ií]nimo"
    r"|m[aá]ximo|~|±) ?[$]? ?[0-9][0-9., ]*%?|[0-9][0-9., ]* ?[+]|[0-9][0-9., ]* o m[aá]s"
)
_DAY, _MONTH, _YEAR = r"(0?[1-9]|[12][0-9]|3[01])", r"(0?[1-9]|1[0-2])", r"(1[89]|20|21)[0-9]{2}"
#: The months by their first letters, in Spanish and, where it differs, in English.
MONTHS = {
    "ene": 1,
    "feb": 2,
    "mar": 3,
    "abr": 4,
    "may": 5,
    "jun": 6,
    "jul": 7,
    "ago": 8,
    "sep": 9,
    "oct": 10,
    "nov": 11,
    "dic": 12,
    "jan": 1,
    "apr": 4,
    "aug": 8,
    "set": 9,
    "dec": 12,
}
_WORDS = (
    "ene(ro)?|jan(uary)?|feb(rero|ruary)?|mar(zo|ch)?|abr(il)?|apr(il)?|mayo?|june?|junio|july?"
    "|julio|ago(sto)?|aug(ust)?|sept?|sept?iembre|september|set(iembre)?|oct(ubre|ober)?"
    "|nov(iembre|ember)?|dic(iembre)?|dec(ember)?"
)
_WEEKDAY = "((lunes|martes|mi[eé]rcoles|jueves|viernes|s[aá]bado|domingo),? )?"
_WORDED = rf"(?i){_WEEKDAY}{_DAY}(-|/|[.]| | de )({_WORDS})[.]?(-|/|[.]| | de | del )"
CLOCK = r"([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,9})?)?"
#: What tells the zone of a moment.
ZONE = r"( ?(Z|z|[+-][0-9]{2}(:?[0-9]{2})?))"
#: Ways to write days; the name is what DuckDB's ``strptime`` takes once ``moments`` has made
#: digits of a month that is a word.
DATES = {
    "%Y-%m-%d": rf"{_YEAR}-{_MONTH}-{_DAY}",
    "%d/%m/%Y": rf"{_DAY}/{_MONTH}/{_YEAR}",
    "%m/%d/%Y": rf"{_MONTH}/{_DAY}/{_YEAR}",
    "%d-%m-%Y": rf"{_DAY}-{_MONTH}-{_YEAR}",
    "%m-%d-%Y": rf"{_MONTH}-{_DAY}-{_YEAR}",
    "%d.%m.%Y": rf"{_DAY}[.]{_MONTH}[.]{_YEAR}",
    "%d/%m/%y": rf"{_DAY}/{_MONTH}/[0-9]{{2}}",
    "%m/%d/%y": rf"{_MONTH}/{_DAY}/[0-9]{{2}}",
    "%Y/%m/%d": rf"{_YEAR}/{_MONTH}/{_DAY}",
    "%d-%b-%Y": rf"{_WORDED}{_YEAR}",
    "%d-%b-%y": rf"{_WORDED}[0-9]{{2}}",
}
#: Days as spreadsheets count them, by the way: the day that is 0. The first has a 29th of February
#: 1900, so that its numbers are days from March on.
SERIALS = {"serial": "1899-12-30", "serial-1904": "1904-01-01"}
SERIAL = "[1-9][0-9]{1,6}"
#: Ways that differ by the order of day and month alone.
TWINS = {"%d/%m/%Y": "%m/%d/%Y", "%d-%m-%Y": "%m-%d-%Y", "%d/%m/%y": "%m/%d/%y"}
#: Ways to write moments: a day, a gap, a time of the day, perhaps a zone. In a column's ``format``
#: "%z" stands behind where every value has a zone.
MOMENTS = {
    f"{name}{gap}": rf"{pattern}{gap}{CLOCK}{ZONE}?"
    for name, pattern in DATES.items()
    for gap in (" ", "T")
    if "%b" not in name and (gap == " " or name == "%Y-%m-%d")
}
#: The same, with days alone among them.
MOMENTS_OR_DAYS = {way: f"(?:{MOMENTS[way]})|{DATES[way[:-1]]}" for way in MOMENTS}
BOOLEANS = {"si-no": r"(?i)(s[ií]|no)", "true-false": r"(?i)(true|false|verdadero|falso)"}
TIME = CLOCK
#: Codes keep their zeros: what begins with one and goes on with digits is no number.
CODE = r"0[0-9]+"
#: More digits than a number keeps exactly.
LONG = r"[0-9]{16,}"
