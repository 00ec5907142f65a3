"""How the numbers of a column are written, told by every one of them.

"1,234" is a thousand in Mexico and one and a bit in Spain. The other numbers of the column decide:
none of them may say the contrary. Where nothing decides, the more likely reading is taken and the
clerk is told of both; where they contradict each other, the column stays text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import duckdb

from ckanext.mxcity.files import canonical, values
from ckanext.mxcity.files.guessed import ENOUGH, Guess
from ckanext.mxcity.files.model import Note
from ckanext.mxcity.files.sql import literal
from ckanext.mxcity.ground.columns import LATITUDES, LONGITUDES

#: Finds the first value for which a condition holds (see ``labelled``), and its row in the file.
First = Callable[[str], tuple[str, int]]

#: Shapes that prove what a mark is; those of both kinds in a column contradict each other.
_COMMA_GROUPS = ("comma-groups", "comma-groups-point")
_COMMA_DECIMAL = ("comma-decimal", "point-groups-comma", "spaces-comma")
_POINT_GROUPS = ("point-groups", "point-groups-comma")
_POINT_DECIMAL = ("point-decimal", "comma-groups-point", "spaces-point", "exponent")
_SPACES = ("spaces", "spaces-point", "spaces-comma")
_UNIT = (
    "CASE "
    + " ".join(
        f"WHEN regexp_matches(lower(v), {literal(pattern)}) THEN '{unit}'"
        for unit, pattern in values.UNITS.items()
    )
    + " ELSE '' END"
)
_EXPONENT = f"regexp_matches(v, '[eE]') AND regexp_full_match(v, {literal(values.NUMBERS[''])})"
_SHAPE = (
    f"CASE WHEN regexp_full_match(v, {literal(values.CODE)}) THEN 'code' "
    f"WHEN regexp_full_match(v, {literal(values.LONG)}) THEN 'long' "
    f"WHEN regexp_full_match(v, {literal(values.ORDINAL)}) THEN 'ordinal' "
    f"WHEN NOT number THEN 'other' WHEN {_EXPONENT} THEN 'exponent' "
    + " ".join(
        f"WHEN regexp_full_match(digits, {literal(pattern)}) THEN '{shape}'"
        for shape, pattern in values.SHAPES.items()
    )
    + " ELSE 'other' END"
)


def labelled(source: str) -> str:
    """Return SQL of the values ``v`` of a table with their shape, unit and sign."""
    cut = f"regexp_extract(v, {literal(values.DIGITS)}) AS digits"
    number = f"regexp_full_match(v, {literal(values.NUMBER)}) AS number"
    return (
        f"(SELECT *, {_SHAPE} AS shape, CASE WHEN number THEN {_UNIT} ELSE '' END AS unit, "  # noqa: S608
        "number AND (contains(v, '(') OR ends_with(v, '-')) AS parentheses, "
        "ltrim(v, '0.,') = '' AS zero "
        f"FROM (SELECT *, {cut}, {number} FROM {source}))"
    )


@dataclass(frozen=True)
class Evidence:
    """How many values of a column have each shape, unit and sign."""

    shapes: Counter[str] = field(default_factory=Counter)
    units: Counter[str] = field(default_factory=Counter)
    parentheses: int = 0
    total: int = 0
    #: Cells with the letter that statistics put in the place of a number, or that is a class.
    letters: int = 0

    @property
    def numbers(self) -> int:
        """How many are numbers, written in any way."""
        return self.total - self.shapes["other"]

    def any(self, *shapes: str) -> bool:
        """Whether a value has one of the shapes."""
        return any(self.shapes[shape] for shape in shapes)

    @property
    def mark(self) -> str:
        """The mark of the decimals that is proved: "comma", "point" or, without a proof, none."""
        comma = self.any(*_COMMA_DECIMAL, *_POINT_GROUPS)
        point = self.any(*_POINT_DECIMAL, *_COMMA_GROUPS)
        return "" if comma == point else "comma" if comma else "point"


def evidence(connection: duckdb.DuckDBPyConnection, view: str, column: str) -> Evidence:
    """Look at every value of a column of text; what stands for no value is left out."""
    rows = connection.execute(
        "SELECT shape, unit, parentheses, zero, count(*) "  # noqa: S608
        f"FROM {labelled(filled(view, column, 'number'))} GROUP BY ALL"
    ).fetchall()
    found = Evidence(total=sum(row[4] for row in rows))
    parentheses = 0
    for shape, unit, in_parentheses, zero, count in rows:
        found.shapes[shape] += count
        # Nothing is nothing in any unit.
        found.units["zero" if zero and not unit else unit] += count if shape != "other" else 0
        parentheses += count if in_parentheses else 0
    letters = connection.execute(
        f"SELECT count(*) FROM {view} WHERE lower(trim({column})) = 'c'"  # noqa: S608
    ).fetchone()
    return replace(found, parentheses=parentheses, letters=letters[0] if letters else 0)


def filled(view: str, column: str, kind: str) -> str:
    """Return SQL of the values ``v`` of a column, without those that stand for no value."""
    return (
        f"(SELECT trim({column}) AS v FROM {view} "  # noqa: S608
        f"WHERE NOT {canonical.is_missing(column, kind)})"
    )


def decide(found: Evidence, delimiter: str, hint: str, name: str, first: First) -> Guess:
    """Return what a column of numbers is.

    Args:
        found: what its values say.
        delimiter: what parts the columns of the file; a semicolon does so where the comma is taken
            by the decimals.
        hint: the decimal mark that another column of the table proves, if one does.
        name: the clean name of the column.
        first: finds the row that a note names.

    """
    if found.any("code", "long"):
        return _code(found, delimiter, hint, first)
    if found.numbers < ENOUGH * found.total or found.letters > found.numbers:
        return Guess()
    contrary = _contradiction(found)
    if contrary:
        code, conditions = contrary
        (one, row), (other, other_row) = map(first, conditions)
        params = {"value": one, "row": row, "other": other, "other_row": other_row}
        if code == "percents-mixed":
            params["format"] = _form(found, delimiter, hint, name)[0]
        return Guess(notes=(Note(code, params, name),))
    if found.any("ordinal"):
        whole = found.shapes["ordinal"] + found.shapes["whole"] >= ENOUGH * found.total
        notes = left_out(found, "ordinal", name, first)
        return Guess("integer", "ordinal", notes=tuple(notes)) if whole else Guess()
    if found.parentheses == found.total and not found.units["pesos"]:
        return Guess()  # (1), (2), (3): notes or a list, not what is owed
    form, doubt = _form(found, delimiter, hint, name)
    notes = left_out(found, form, name, first)
    if doubt:
        notes.append(_in_doubt(doubt, form, name, first))
    whole_only = form == "" and found.shapes["whole"] == found.numbers
    return Guess("integer" if whole_only else "number", form, notes=tuple(notes))


def likely(found: Evidence, delimiter: str = ",") -> str:
    """Return the way in which most numbers of a column are written, for one that has to be one."""
    if found.any("ordinal") and found.shapes["ordinal"] + found.shapes["whole"] == found.numbers:
        return "ordinal"
    comma = sum(found.shapes[shape] for shape in (*_COMMA_DECIMAL, *_POINT_GROUPS))
    point = sum(found.shapes[shape] for shape in (*_POINT_DECIMAL, *_COMMA_GROUPS))
    hint = "comma" if comma > point else "point" if point > comma else ""
    return _form(found, delimiter, hint, "", mark=hint)[0]


def _form(
    found: Evidence, delimiter: str, hint: str, name: str, mark: str | None = None
) -> tuple[str, str]:
    """Return the way of writing, and the shape of those that could be read in two ways."""
    mark = found.mark if mark is None else mark
    doubt = ""
    if not mark and found.any("comma3", "point3"):
        doubt = "comma3" if found.any("comma3") else "point3"
        mark = hint or ("comma" if delimiter == ";" else "point")
        if name in (*LATITUDES, *LONGITUDES):
            # There are no thousands of degrees.
            mark, doubt = ("comma" if doubt == "comma3" else "point"), ""
        elif doubt == "point3" and delimiter != ";" and hint != "comma":
            # Programs write 1.234 for one and a bit, and so do people in Mexico.
            mark, doubt = "point", ""
    if found.any(*_SPACES):
        return f"thousands-space{'-decimal-comma' if mark == 'comma' else ''}", doubt
    if mark == "comma":
        return "decimal-comma", doubt
    plain = not (found.parentheses or any(found.units[unit] for unit in values.UNITS))
    if plain and not found.any("comma3", *_COMMA_GROUPS):
        return "", doubt
    return "thousands-comma", doubt


def _in_doubt(shape: str, form: str, name: str, first: First) -> Note:
    """Return the note of a value that could be read in two ways, with both."""
    value, row = first(_has(shape))
    found = re.search(values.DIGITS, value)
    sign = "-" if "-" in value or "(" in value else ""
    digits = found[0] if found else value
    decimal = sign + digits.replace(",", ".")
    whole = sign + digits.replace(",", "").replace(".", "")
    as_decimal = (shape == "comma3") == ("decimal-comma" in form)
    taken, other = (decimal, whole) if as_decimal else (whole, decimal)
    params = {"value": value, "row": row, "taken": taken, "other": other}
    return Note("numbers-ambiguous", params, name)


def _contradiction(found: Evidence) -> tuple[str, tuple[str, str]] | None:
    """Return a note and conditions of two values that cannot be of one way of writing."""
    units = [unit for unit in ("percent", "dollars", "euros", "pesos") if found.units[unit]]
    if len(units) > 1:
        return "units-mixed", (_of_unit(units[0]), _of_unit(units[1]))
    some = units and units != ["pesos"] and found.units[""]
    conditions = (_of_unit(units[0]), f"{_of_unit('')} AND NOT zero") if some else ("", "")
    if some and units != ["percent"]:
        return "units-mixed", conditions
    return _marks_contradict(found) or (("percents-mixed", conditions) if some else None)


def _marks_contradict(found: Evidence) -> tuple[str, tuple[str, str]] | None:
    """Return a note and conditions of two values in which a mark means two things."""
    comma, point = (*_COMMA_DECIMAL, *_POINT_GROUPS), (*_POINT_DECIMAL, *_COMMA_GROUPS)
    pairs = [(comma, point), (_SPACES, (*_COMMA_GROUPS, *_POINT_GROUPS))]
    if not found.any("spaces-comma", "comma-decimal"):
        pairs.append((_SPACES, ("comma3",)))
    if not found.any("spaces-point", "point-decimal"):
        pairs.append((_SPACES, ("point3",)))
    for ones, others in pairs:
        if found.any(*ones) and found.any(*others):
            return "numbers-contradict", (_has(*ones), _has(*others))
    return None


def _code(found: Evidence, delimiter: str, hint: str, first: First) -> Guess:
    """Return a column of codes; one zero among numbers is told, as it may be a slip."""
    zeros = found.shapes["code"]
    if not zeros or zeros > (1 - ENOUGH) * found.total or found.numbers < found.total:
        return Guess()
    value, row = first(_has("code"))
    params: dict[str, object] = {"value": value, "row": row, "count": zeros}
    if not (_contradiction(found) or found.any("ordinal")):
        # How they would be read as numbers, for a person to choose.
        whole = found.shapes["whole"] + zeros == found.total
        form = _form(found, delimiter, hint, "")[0] or "thousands-comma"
        params |= {"type": "integer" if whole else "number", "format": form}
    return Guess(notes=(Note("zeros-kept", params),))


def left_out(found: Evidence, form: str, name: str, first: First) -> list[Note]:
    """Return the notes of what a number loses: its unit, its parentheses, its place in an order."""
    if form == "ordinal":
        return [Note("ordinals")]
    notes = [Note("percents")] if found.units["percent"] else []
    if found.units["percent"] and found.units[""]:
        value, row = first(f"{_of_unit('')} AND NOT zero")
        code = "shares-as-percents" if form.endswith(values.SHARE) else "percents-without-sign"
        notes.append(Note(code, {"value": value, "row": row}, name))
    unit = next((unit for unit in ("pesos", "dollars", "euros") if found.units[unit]), None)
    if unit:
        value = first(_of_unit(unit))[0]
        params = {"value": value, "unit": re.sub(values.DIGITS, "", value).strip("()+- ")}
        notes.append(Note("units-left-out", params, name))
    if found.parentheses:
        value, row = first("parentheses")
        notes.append(Note("parentheses", {"value": value, "row": row}, name))
    return notes


def _has(*shapes: str) -> str:
    listed = ", ".join(map(literal, shapes))
    return f"shape IN ({listed})"


def _of_unit(unit: str) -> str:
    return f"shape <> 'other' AND unit = {literal(unit)}"
