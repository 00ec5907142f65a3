"""Compare a table with its schema, all rows at once."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import duckdb

from ckanext.mxcity.checks import closed
from ckanext.mxcity.checks.examples import example, proven
from ckanext.mxcity.checks.model import CellError, CheckReport
from ckanext.mxcity.checks.rules import Rule, rules_of
from ckanext.mxcity.files.source import ONCE, engine, sparingly
from ckanext.mxcity.files.sql import identifier, literal

#: Characters of a value that an error shows.
_SHOWN = 120


def check_table(table: Path, schema: dict[str, Any], limit: int = 1000) -> CheckReport:
    """Check the canonical CSV of a table (see ``files.canonical``) against a Table Schema.

    The report names at most ``limit`` errors, the first of each cause among them, and counts all.
    """
    header = header_of(table)
    errors = _column_errors(header, schema)
    rules = [rule for rule in rules_of(schema) if rule.column in header]
    with engine() as connection:
        _open(connection, table, header)
        rows, bad, counted = _count(connection, rules)
        counts: dict[str, dict[str, int]] = {}
        for error in errors:
            counts.setdefault(error.column, {})[error.code] = 1
        wrong = [(rule, count) for rule, count in zip(rules, counted, strict=True) if count]
        share = max(1, limit // max(len(wrong), 1))
        for rule, count in wrong:
            counts.setdefault(rule.column, {})[rule.code] = count
            errors += _errors(connection, rule, schema, share)
    errors.sort(key=lambda error: (error.row, error.column))
    return CheckReport(rows, rows - bad, bad, tuple(errors[:limit]), counts)


def split_table(table: Path, schema: dict[str, Any], good: Path, bad: Path) -> tuple[int, int]:
    """Write the rows without an error to ``good``, the others to ``bad``; return how many."""
    header = header_of(table)
    rules = [rule for rule in rules_of(schema) if rule.column in header]
    with engine() as connection:
        _open(connection, table, header)
        # A rule that compares rows puts them in another order.
        source = "checked"
        if any(rule.windowed for rule in rules):
            source = "(SELECT *, row_number() OVER () AS place_ FROM checked)"
        ordered = "ORDER BY place_" if source != "checked" else ""
        marked = f"SELECT *, {_any(rules)} AS wrong_ FROM {source}"  # noqa: S608
        left_out = "wrong_, place_" if ordered else "wrong_"
        written = []
        for path, condition in ((good, "NOT wrong_"), (bad, "wrong_")):
            row = connection.execute(
                f"COPY (SELECT * EXCLUDE ({left_out}) FROM ({marked}) "  # noqa: S608
                f"WHERE {condition} {ordered}) "
                f"TO {literal(str(path))} (FORMAT csv, HEADER true, NULLSTR '')"
            ).fetchone()
            written.append(int(row[0]) if row else 0)
    return written[0], written[1]


def rows_at(table: Path, rows: list[int]) -> dict[int, list[str]]:
    """Return some rows of a canonical CSV by their number, its header being 1."""
    with engine() as connection:
        _open(connection, table, header_of(table))
        wanted = ", ".join(str(int(row)) for row in rows) or "0"
        found = connection.execute(
            f"SELECT * FROM (SELECT row_number() OVER () + 1, * FROM checked) "  # noqa: S608
            f"AS numbered(row_) WHERE row_ IN ({wanted})"
        ).fetchall()
    return {int(row[0]): [str(cell or "")[:_SHOWN] for cell in row[1:]] for row in found}


def header_of(table: Path) -> list[str]:
    """Return the names of the columns of a canonical CSV."""
    with table.open(encoding="utf-8-sig", newline="") as file:
        return next(csv.reader(file), [])


def _column_errors(header: list[str], schema: dict[str, Any]) -> list[CellError]:
    expected = [field["name"] for field in schema["fields"]]
    optional = {field["name"] for field in schema["fields"] if field.get("mxcity:optional")}
    missing = [name for name in expected if name not in header and name not in optional]
    shut = closed.closed_columns(header, schema)
    unknown = [name for name in header if name not in expected and name not in shut]
    shows = {field["name"] for field in schema["fields"] if "mxcity:open" in field}
    found = {
        "missing-column": [name for name in missing if name not in shows],
        closed.MISSING: [name for name in missing if name in shows],
        closed.COLUMN: shut,
        "unknown-column": unknown,
    }
    return [CellError(0, name, "", code) for code, names in found.items() for name in names]


def _open(connection: duckdb.DuckDBPyConnection, table: Path, header: list[str]) -> None:
    """Let the connection see the CSV as ``checked``, every value as text."""
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in header)
    connection.execute(
        f"CREATE VIEW checked AS SELECT * FROM read_csv({literal(str(table))}, "  # noqa: S608
        f"columns = {{{columns}}}, auto_detect = false, header = true, delim = ',', "
        f"quote = '\"', escape = '\"', {ONCE})"
    )


def _any(rules: list[Rule]) -> str:
    return " OR ".join(f"({rule.condition})" for rule in rules) or "false"


def _count(connection: duckdb.DuckDBPyConnection, rules: list[Rule]) -> tuple[int, int, list[int]]:
    """Return the number of rows, of those with an error, and of cells that each rule names."""
    # Each rule is looked at once: what follows reads its mark.
    marks = "".join(f", {rule.condition} AS w{n}_" for n, rule in enumerate(rules))
    source = f"(SELECT 0 AS zero_{marks} FROM checked)"  # noqa: S608
    wrong = " OR ".join(f"w{n}_" for n in range(len(rules))) or "false"
    asked = ["count(*)", f"count(*) FILTER ({wrong})"]
    asked += [f"count(*) FILTER (w{n}_)" for n in range(len(rules))]
    (row,) = sparingly(connection, f"SELECT {', '.join(asked)} FROM {source}")  # noqa: S608
    counts = [int(value) for value in row]
    return counts[0], counts[1], counts[2:]


def _errors(
    connection: duckdb.DuckDBPyConnection, rule: Rule, schema: dict[str, Any], limit: int
) -> list[CellError]:
    """Return the first cells that a rule names."""
    column = identifier(rule.column)
    rows = connection.execute(
        f"SELECT row_, value_ FROM (SELECT row_number() OVER () + 1 AS row_, "  # noqa: S608
        f"{column} AS value_, {rule.condition} AS wrong_ FROM checked) "
        f"WHERE wrong_ ORDER BY row_ LIMIT {int(limit)}"
    ).fetchall()
    item = next(field for field in schema["fields"] if field["name"] == rule.column)
    found = [example(rule.code, str(value or ""), item) for _, value in rows]
    right = proven(connection, found, schema, rule.column)
    return [
        CellError(
            int(row),
            rule.column,
            str(value or "")[:_SHOWN],
            rule.code,
            rule.params,
            shown if shown in right else None,
        )
        for (row, value), shown in zip(rows, found, strict=True)
    ]
