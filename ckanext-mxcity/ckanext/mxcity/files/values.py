"""How values are written in Mexican tables: patterns for DuckDB's regular expressions.

Every pattern describes a whole value, trimmed. No Python runs per cell.
"""

from __future__ import annotations

#: What people write where there is no value, in small letters.
MISSING = (
    *("", "-", "--", "---", ".", "...", "n/d", "n.d.", "nd", "s/d", "s.d.", "sd", "n/a", "n.a."),
    *("na", "nan", "null", "none", "sin dato", "sin datos", "no disponible", "no aplica", "#n/d"),
    *("#n/a", "no especificado", "s/i"),
)
_SIGN = r"[+-]?"
_MONEY = r"(\$ ?)?"
_PERCENT = r"( ?%)?"
#: A share: the number is published, the sign is not.
PERCENT = r".*[0-9] ?%"
_SPACE = "[ \u00a0\u202f]"
_START = rf"{_SIGN}{_MONEY}{_SIGN}"
_SPACED = rf"([0-9]{{1,3}}({_SPACE}[0-9]{{3}})+|[0-9]+)"
#: A place in an order is a whole number: "1º", "23.ª", "3er".
ORDINAL = r"[0-9]+ ?[.]? ?([ºª°]|er|ro|ra|do|da|to|ta|mo|ma|vo|va|no|na|st|nd|rd|th)"
#: Ways to write numbers, most certain first; the name is the column's ``format``.
NUMBERS = {
    "": rf"{_SIGN}[0-9]+([.][0-9]+)?([eE][+-]?[0-9]{{1,3}})?",
    "thousands-comma": rf"{_START}([0-9]{{1,3}}(,[0-9]{{3}})+|[0-9]+)([.][0-9]+)?{_PERCENT}",
    "decimal-comma": rf"{_START}([0-9]{{1,3}}([.][0-9]{{3}})+|[0-9]+)(,[0-9]+)?{_PERCENT}",
    "thousands-space": rf"{_START}{_SPACED}([.][0-9]+)?{_PERCENT}",
    "thousands-space-decimal-comma": rf"{_START}{_SPACED}(,[0-9]+)?{_PERCENT}",
    "ordinal": rf"[0-9]+|{ORDINAL}",
}
#: A number that is a bound keeps its word: "más de 230" is not 230.
BOUND = (
    r"(?i)([<>≤≥]=?|m[aá]s de|menos de|al menos|cerca de|alrededor de|aprox[.]?|hasta|m[ií]nimo"
    r"|m[aá]ximo|~|±) ?[$]? ?[0-9][0-9., ]*%?|[0-9][0-9., ]* ?[+]|[0-9][0-9., ]* o m[aá]s"
)
_DAY, _MONTH, _YEAR = r"(0?[1-9]|[12][0-9]|3[01])", r"(0?[1-9]|1[0-2])", r"(1[89]|20|21)[0-9]{2}"
_CLOCK = r"([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?"
#: Ways to write days; the name is what DuckDB's ``strptime`` takes.
DATES = {
    "%Y-%m-%d": rf"{_YEAR}-{_MONTH}-{_DAY}",
    "%d/%m/%Y": rf"{_DAY}/{_MONTH}/{_YEAR}",
    "%m/%d/%Y": rf"{_MONTH}/{_DAY}/{_YEAR}",
    "%d-%m-%Y": rf"{_DAY}-{_MONTH}-{_YEAR}",
    "%d.%m.%Y": rf"{_DAY}[.]{_MONTH}[.]{_YEAR}",
    "%d/%m/%y": rf"{_DAY}/{_MONTH}/[0-9]{{2}}",
    "%Y/%m/%d": rf"{_YEAR}/{_MONTH}/{_DAY}",
}
#: Ways to write moments: a day, a gap, a time of the day.
MOMENTS = {
    f"{name}{gap}": rf"{pattern}{gap}{_CLOCK}(Z|[+-][0-9]{{2}}:?[0-9]{{2}})?"
    for name, pattern in DATES.items()
    for gap in (" ", "T")
    if gap == " " or name == "%Y-%m-%d"
}
BOOLEANS = {"si-no": r"(?i)(s[ií]|no)", "true-false": r"(?i)(true|false|verdadero|falso)"}
TIME = _CLOCK
#: Codes keep their zeros: what begins with one and goes on with digits is no number.
CODE = r"0[0-9]+"
#: More digits than a number keeps exactly.
LONG = r"[0-9]{16,}"
