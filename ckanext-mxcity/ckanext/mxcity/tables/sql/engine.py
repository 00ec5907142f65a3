"""What a statement names of the engine itself: its settings, catalogues and files. No CKAN import.

A statement is about copies of tables. Where these lie, and how the engine is set, is told by
functions and views of the engine; the tree of the statement shows them under whatever spelling.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

#: What makes rows of values alone; any other function in place of a table reads something else.
_OF_VALUES = frozenset({
    "generate_series", "histogram", "histogram_values", "json_each", "json_tree", "range",
    "repeat", "repeat_row", "summary", "unnest",
})  # fmt: skip
#: Functions that tell how the engine is set or its views are made, or that write its log.
_TELLING = frozenset({
    "current_setting", "getenv", "getvariable", "parse_duckdb_log_message", "pg_get_viewdef",
    "write_log",
})  # fmt: skip
_CATALOGUES = re.compile(r"(duckdb|pg|pragma|sqlite)_", re.IGNORECASE)
_SCHEMAS = frozenset({"information_schema", "pg_catalog"})


def tree_of(connection: Any, query: str) -> Any:
    """Return the tree of a statement that reads, as DuckDB understands it; None if it has none."""
    (text,) = connection.execute("SELECT json_serialize_sql(?)", [query]).fetchall()[0]
    try:
        tree = json.loads(text)
    except RecursionError:
        return None
    return None if tree.get("error") else tree


def of_the_engine(tree: Any, copies: set[str]) -> bool:
    """Tell whether the tree of a statement names something of the engine; True without a tree."""
    return tree is None or any(_is_own(node, copies) for node in _nodes(tree))


def _is_own(node: dict[str, Any], copies: set[str]) -> bool:
    kind = node.get("type")
    if kind == "TABLE_FUNCTION":
        return str(node["function"].get("function_name")).lower() not in _OF_VALUES
    if "function_name" in node:
        return str(node["function_name"]).lower() in _TELLING
    if kind == "BASE_TABLE":
        schema = str(node.get("schema_name")).lower()
        return schema in _SCHEMAS or bool(_CATALOGUES.match(str(node.get("table_name"))))
    # ``SHOW name`` is of a table, or else of a setting.
    return (
        kind == "SHOW_REF"
        and node.get("show_type") != "SHOW_SPECIAL"
        and bool(node.get("table_name"))
        and str(node["table_name"]).strip('"') not in {*copies, "__show_tables_expanded"}
    )


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    left = [tree]
    while left:
        one = left.pop()
        if isinstance(one, dict):
            yield one
            left += one.values()
        elif isinstance(one, list):
            left += one
