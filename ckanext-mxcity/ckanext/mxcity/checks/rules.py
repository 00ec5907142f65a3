"""A Table Schema as conditions that DuckDB looks for: each names the cells that are wrong.

Types and constraints as in Frictionless Table Schema (specs.frictionlessdata.io/table-schema);
``mxcity:role: area`` adds that a code has to be one of INEGI's, ``mxcity:open`` which values the
law lets be published (see ``closed``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ckanext.mxcity.checks import closed
from ckanext.mxcity.files import keys
from ckanext.mxcity.files.sql import identifier, literal
from ckanext.mxcity.ground.areas import MUNICIPALITY_DIGITS, STATE_DIGITS


@dataclass(frozen=True, eq=False)
class Rule:
    """Cells of a column that are wrong: ``condition`` is SQL over ``"column"``."""

    column: str
    code: str
    condition: str
    params: dict[str, Any] = field(default_factory=dict)
    #: Whether the condition looks at other rows.
    windowed: bool = False


_INTEGER = r"[+-]?[0-9]+"
_REGULAR = {
    "year": r"-?[0-9]{4}",
    "yearmonth": r"-?[0-9]{4}-(0[1-9]|1[0-2])",
    "geopoint": r"-?[0-9]{1,3}([.][0-9]+)?, ?-?[0-9]{1,2}([.][0-9]+)?",
}
_CASTS = {"number": "DOUBLE", "date": "DATE", "datetime": "TIMESTAMP", "time": "TIME"}
#: Types whose values have an order, for ``minimum`` and ``maximum``, as DuckDB compares them.
ORDERED = {
    "integer": "HUGEINT",
    "number": "DOUBLE",
    "date": "DATE",
    "datetime": "TIMESTAMP",
    "time": "TIME",
    "year": "INTEGER",
}
#: The lengths of the keys of areas that a field's ``mxcity:level`` allows.
_LEVELS = {"state": (STATE_DIGITS,), "municipality": (MUNICIPALITY_DIGITS,)}
_TRUE = ("true", "True", "TRUE", "1")
_FALSE = ("false", "False", "FALSE", "0")


def rules_of(schema: dict[str, Any]) -> list[Rule]:
    """Return the rules of every field, and that of the primary key."""
    missing = schema.get("missingValues", [""])
    rules = [rule for item in schema["fields"] for rule in _field_rules(item, missing)]
    if "mxcity:closed" in schema:
        rules += [_no_identity(item) for item in schema["fields"]]
    key = schema.get("primaryKey") or []
    names = [key] if isinstance(key, str) else list(key)
    if names:
        columns = ", ".join(map(identifier, names))
        condition = f"count(*) OVER (PARTITION BY {columns}) > 1"
        rules.append(Rule(names[0], "primaryKey", condition, {"limit": ", ".join(names)}, True))
    return rules


def _field_rules(item: dict[str, Any], missing: list[str]) -> list[Rule]:
    name, kind = item["name"], item.get("type", "string")
    column = identifier(name)
    filled = f"({column} IS NOT NULL AND {column} NOT IN ({', '.join(map(literal, missing))}))"
    wrong = _wrong_type(column, kind, item)
    found = [Rule(name, kind, f"{filled} AND ({wrong})")] if wrong else []
    if item.get("mxcity:role") == "area":
        lengths = _LEVELS.get(item.get("mxcity:level", ""), keys.LENGTHS)
        found.append(Rule(name, "area", f"{filled} AND NOT {keys.is_known(column, lengths)}"))
    if "mxcity:open" in item:
        public = literal(str(item["mxcity:open"]))
        shut = f"NOT regexp_full_match(coalesce({column}, ''), {public})"
        found.append(Rule(name, closed.VALUE, shut))
    constraints = item.get("constraints", {})
    if constraints.get("required"):
        found.append(Rule(name, "required", f"NOT {filled}"))
    if constraints.get("unique"):
        condition = f"{filled} AND count(*) OVER (PARTITION BY {column}) > 1"
        found.append(Rule(name, "unique", condition, windowed=True))
    for code, condition in _limits(column, kind, constraints):
        limit = constraints[code]
        shown = ", ".join(map(str, limit)) if isinstance(limit, list) else limit
        found.append(Rule(name, code, f"{filled} AND {condition}", {"limit": shown}))
    return found


def _no_identity(item: dict[str, Any]) -> Rule:
    """Return the rule that no cell holds an RFC or a CURP."""
    found = (
        f"regexp_matches(upper({identifier(item['name'])}), {literal(closed.identity_of(item))})"
    )
    return Rule(item["name"], closed.PERSON, f"coalesce({found}, false)")


def _wrong_type(column: str, kind: str, item: dict[str, Any]) -> str | None:
    """Return SQL that is true for a filled cell that is not of a type; None for text."""
    form = str(item.get("format", "default"))
    if kind in ("date", "datetime", "time") and form.startswith("%"):
        special = "('infinity', '-infinity', 'epoch')"
        return f"lower({column}) IN {special} OR try_strptime({column}, {literal(form)}) IS NULL"
    if kind == "integer":
        # A number that is the same when it is written again needs no pattern: quicker for most.
        same = f"CAST(TRY_CAST({column} AS BIGINT) AS VARCHAR) = {column}"
        other = f"NOT regexp_full_match({column}, {literal(_INTEGER)})"
        return f"CASE WHEN {same} THEN false ELSE {other} END"
    if kind in _REGULAR:
        return f"NOT regexp_full_match({column}, {literal(_REGULAR[kind])})"
    if kind == "number":
        bare = _bare_number(column, item)
        return f"NOT coalesce(isfinite(TRY_CAST({bare} AS DOUBLE)), false)"
    if kind == "date":
        # The cast alone takes 2024/12/31, too.
        shape = f"length({column}) <> 10 OR {column}[5] <> '-' OR {column}[8] <> '-'"
        return f"{shape} OR {_as_moment(column, 'DATE')} IS NULL"
    if kind in _CASTS:
        return f"{_as_moment(column, _CASTS[kind])} IS NULL"
    if kind == "boolean":
        true, false = item.get("trueValues", _TRUE), item.get("falseValues", _FALSE)
        return f"{column} NOT IN ({', '.join(map(literal, (*true, *false)))})"
    if kind in ("geojson", "object", "array"):
        return f"NOT json_valid({column})"
    return None


def _as_moment(column: str, cast: str) -> str:
    """Return the SQL of a day or time; words that a database takes for one are none."""
    return f"CASE WHEN {column} >= '0' AND {column} < ':' THEN TRY_CAST({column} AS {cast}) END"


def _bare_number(column: str, item: dict[str, Any]) -> str:
    bare = column
    if group := item.get("groupChar"):
        bare = f"replace({bare}, {literal(group)}, '')"
    if (decimal := item.get("decimalChar", ".")) != ".":
        bare = f"replace({bare}, {literal(decimal)}, '.')"
    return bare


def _limits(column: str, kind: str, constraints: dict[str, Any]) -> list[tuple[str, str]]:
    found = []
    cast = ORDERED.get(kind)
    for code, sign in (("minimum", "<"), ("maximum", ">")):
        if code in constraints and cast:
            limit = f"TRY_CAST({literal(str(constraints[code]))} AS {cast})"
            found.append((code, f"TRY_CAST({column} AS {cast}) {sign} {limit}"))
    for code, sign in (("minLength", "<"), ("maxLength", ">")):
        if code in constraints:
            found.append((code, f"length({column}) {sign} {int(constraints[code])}"))
    if "pattern" in constraints:
        pattern = literal(str(constraints["pattern"]))
        found.append(("pattern", f"NOT regexp_full_match({column}, {pattern})"))
    if "enum" in constraints:
        values = ", ".join(literal(str(value)) for value in constraints["enum"])
        found.append(("enum", f"{column} NOT IN ({values})"))
    return found
